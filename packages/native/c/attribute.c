// Extended attributes of files. A file system may be far away or dead, so all of it runs in libuv's pool.
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>

#include "concerns.h"

#define VALUE_SIZE 65536

typedef enum { READ, WRITE, REMOVE } action;

typedef struct {
  napi_async_work work;
  napi_deferred deferred;
  action what;
  char *path;
  char *name;
  char *value;
  size_t length;
  bool found;
  int error;
} request;

static void read_value(request *self) {
  self->value = malloc(VALUE_SIZE + 1);
  if (self->value == NULL) {
    self->error = ENOMEM;
    return;
  }
  ssize_t length = getxattr(self->path, self->name, self->value, VALUE_SIZE);
  if (length >= 0) {
    self->found = true;
    self->value[length] = '\0';
  } else if (errno != ENODATA) {
    self->error = errno;
  }
}

static void execute(napi_env env, void *data) {
  (void)env;
  request *self = data;
  if (self->what == READ) {
    read_value(self);
  } else if (self->what == WRITE) {
    if (setxattr(self->path, self->name, self->value, self->length, 0) < 0) self->error = errno;
  } else if (removexattr(self->path, self->name) < 0 && errno != ENODATA) {
    self->error = errno;
  }
}

static void complete(napi_env env, napi_status status, void *data) {
  static const char *const calls[] = {"getxattr", "setxattr", "removexattr"};
  request *self = data;
  if (status == napi_cancelled) self->error = ECANCELED;
  if (self->error != 0) {
    napi_reject_deferred(env, self->deferred, mv_error(env, self->error, calls[self->what]));
  } else {
    bool has_text = self->what == READ && self->found;
    napi_resolve_deferred(env, self->deferred, has_text ? mv_text(env, self->value) : mv_undefined(env));
  }
  napi_delete_async_work(env, self->work);
  free(self->path);
  free(self->name);
  free(self->value);
  free(self);
}

static void discard(request *self) {
  free(self->path);
  free(self->name);
  free(self->value);
  free(self);
}

static napi_value begin(napi_env env, napi_callback_info info, action what) {
  napi_value argv[3];
  mv_args(env, info, 3, argv);
  request *self = calloc(1, sizeof *self);
  if (self == NULL) return mv_throw(env, ENOMEM, "calloc");
  self->what = what;
  self->path = mv_string(env, argv[0]);
  if (self->path != NULL) self->name = mv_string(env, argv[1]);
  if (self->name != NULL && what == WRITE) self->value = mv_string(env, argv[2]);
  if (self->name == NULL || (what == WRITE && self->value == NULL)) {
    discard(self);
    return NULL;
  }
  if (what == WRITE) self->length = strlen(self->value);
  napi_value promise;
  napi_create_promise(env, &self->deferred, &promise);
  napi_create_async_work(env, NULL, mv_text(env, "modvirt attribute"), execute, complete, self, &self->work);
  napi_queue_async_work(env, self->work);
  return promise;
}

// readAttribute(path, name) -> promise of its text or undefined
static napi_value read_attribute(napi_env env, napi_callback_info info) {
  return begin(env, info, READ);
}

// writeAttribute(path, name, text) -> promise
static napi_value write_attribute(napi_env env, napi_callback_info info) {
  return begin(env, info, WRITE);
}

// removeAttribute(path, name) -> promise; one that is not there is as good as removed
static napi_value remove_attribute(napi_env env, napi_callback_info info) {
  return begin(env, info, REMOVE);
}

const mv_function mv_attribute_functions[] = {
  {"readAttribute", read_attribute},
  {"writeAttribute", write_attribute},
  {"removeAttribute", remove_attribute},
  {NULL, NULL},
};
