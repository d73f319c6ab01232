#include "values.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

void mv_args(napi_env env, napi_callback_info info, size_t count, napi_value *argv) {
  napi_get_cb_info(env, info, &count, argv, NULL, NULL);
}

int32_t mv_int(napi_env env, napi_value value) {
  int32_t result = -1;
  napi_get_value_int32(env, value, &result);
  return result;
}

bool mv_is_nullish(napi_env env, napi_value value) {
  napi_valuetype type = napi_undefined;
  napi_typeof(env, value, &type);
  return type == napi_undefined || type == napi_null;
}

char *mv_string(napi_env env, napi_value value) {
  size_t length = 0;
  if (napi_get_value_string_utf8(env, value, NULL, 0, &length) != napi_ok) {
    mv_throw_type(env, "a string is expected");
    return NULL;
  }
  char *text = malloc(length + 1);
  if (text == NULL) {
    mv_throw(env, ENOMEM, "malloc");
    return NULL;
  }
  napi_get_value_string_utf8(env, value, text, length + 1, &length);
  if (strlen(text) != length) {
    free(text);
    mv_throw_type(env, "a string for the system must not hold a NUL");
    return NULL;
  }
  return text;
}

void mv_free_strings(char **strings) {
  if (strings == NULL) return;
  for (char **one = strings; *one != NULL; one++) free(*one);
  free(strings);
}

char **mv_strings(napi_env env, napi_value value) {
  uint32_t count = 0;
  if (napi_get_array_length(env, value, &count) != napi_ok) {
    mv_throw_type(env, "an array of strings is expected");
    return NULL;
  }
  char **strings = calloc((size_t)count + 1, sizeof(char *));
  if (strings == NULL) {
    mv_throw(env, ENOMEM, "calloc");
    return NULL;
  }
  for (uint32_t i = 0; i < count; i++) {
    napi_value item;
    napi_get_element(env, value, i, &item);
    strings[i] = mv_string(env, item);
    if (strings[i] == NULL) {
      mv_free_strings(strings);
      return NULL;
    }
  }
  return strings;
}

static size_t element_size(napi_typedarray_type type) {
  switch (type) {
    case napi_int16_array:
    case napi_uint16_array:
      return 2;
    case napi_int32_array:
    case napi_uint32_array:
    case napi_float32_array:
      return 4;
    case napi_float64_array:
    case napi_bigint64_array:
    case napi_biguint64_array:
      return 8;
    default:
      return 1;
  }
}

void *mv_bytes(napi_env env, napi_value value, size_t *byte_length) {
  napi_typedarray_type type;
  void *data = NULL;
  size_t length = 0;
  *byte_length = 0;
  if (napi_get_typedarray_info(env, value, &type, &length, &data, NULL, NULL) != napi_ok) return NULL;
  *byte_length = length * element_size(type);
  return data;
}

void *mv_copy(napi_env env, napi_value value, size_t *byte_length) {
  *byte_length = 0;
  if (mv_is_nullish(env, value)) return NULL;
  void *data = mv_bytes(env, value, byte_length);
  char *copy = malloc(*byte_length + 1);
  if (copy == NULL) {
    *byte_length = 0;
    mv_throw(env, ENOMEM, "malloc");
    return NULL;
  }
  if (*byte_length > 0) memcpy(copy, data, *byte_length);
  return copy;
}

napi_value mv_undefined(napi_env env) {
  napi_value result;
  napi_get_undefined(env, &result);
  return result;
}

napi_value mv_number(napi_env env, double value) {
  napi_value result;
  napi_create_double(env, value, &result);
  return result;
}

napi_value mv_boolean(napi_env env, bool value) {
  napi_value result;
  napi_get_boolean(env, value, &result);
  return result;
}

napi_value mv_text(napi_env env, const char *text) {
  napi_value result;
  napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &result);
  return result;
}

napi_value mv_object(napi_env env) {
  napi_value result;
  napi_create_object(env, &result);
  return result;
}

void mv_set(napi_env env, napi_value object, const char *name, napi_value value) {
  napi_set_named_property(env, object, name, value);
}

napi_value mv_pair(napi_env env, int first, int second) {
  napi_value result;
  napi_create_array_with_length(env, 2, &result);
  napi_set_element(env, result, 0, mv_number(env, first));
  napi_set_element(env, result, 1, mv_number(env, second));
  return result;
}

napi_value mv_error(napi_env env, int error, const char *syscall) {
  char text[256];
  const char *code = uv_err_name(-error);
  snprintf(text, sizeof text, "%s: %s, %s", code, strerror(error), syscall);
  napi_value result;
  napi_create_error(env, mv_text(env, code), mv_text(env, text), &result);
  mv_set(env, result, "errno", mv_number(env, -error));
  mv_set(env, result, "syscall", mv_text(env, syscall));
  return result;
}

napi_value mv_throw(napi_env env, int error, const char *syscall) {
  bool pending = false;
  napi_is_exception_pending(env, &pending);
  if (!pending) napi_throw(env, mv_error(env, error, syscall));
  return NULL;
}

napi_value mv_throw_type(napi_env env, const char *text) {
  napi_throw_type_error(env, NULL, text);
  return NULL;
}
