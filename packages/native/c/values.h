// Between JavaScript values and C: arguments, results, errors.
#ifndef MODVIRT_VALUES_H
#define MODVIRT_VALUES_H

#define NAPI_VERSION 8
#include <node_api.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
  const char *name;
  napi_callback call;
} mv_function;

// Takes exactly `count` arguments; those that are missing are undefined.
void mv_args(napi_env env, napi_callback_info info, size_t count, napi_value *argv);

int32_t mv_int(napi_env env, napi_value value);
bool mv_is_nullish(napi_env env, napi_value value);

// A string as a new C string, or NULL with an exception pending when it is none or holds a NUL. Free it.
char *mv_string(napi_env env, napi_value value);

// An array of strings as a NULL-terminated vector, or NULL with an exception pending. Free with mv_free_strings.
char **mv_strings(napi_env env, napi_value value);
void mv_free_strings(char **strings);

// The memory of a typed array; it stays the array's.
void *mv_bytes(napi_env env, napi_value value, size_t *byte_length);

// A copy of a typed array's memory, at least one byte long, or NULL for null and undefined. Free it.
void *mv_copy(napi_env env, napi_value value, size_t *byte_length);

napi_value mv_undefined(napi_env env);
napi_value mv_number(napi_env env, double value);
napi_value mv_boolean(napi_env env, bool value);
napi_value mv_text(napi_env env, const char *text);
napi_value mv_object(napi_env env);
void mv_set(napi_env env, napi_value object, const char *name, napi_value value);
napi_value mv_pair(napi_env env, int first, int second);

// An Error with code, errno (negative, as Node has it) and syscall.
napi_value mv_error(napi_env env, int error, const char *syscall);
// Throws it; returns NULL for `return mv_throw(...)`.
napi_value mv_throw(napi_env env, int error, const char *syscall);
napi_value mv_throw_type(napi_env env, const char *text);

#endif
