// Readiness of any descriptor on Node's own loop.
#include <stdlib.h>
#include <uv.h>

#include "concerns.h"

typedef struct {
  uv_poll_t handle;
  napi_env env;
  napi_ref callback;
  napi_async_cleanup_hook_handle cleanup;
  // One for the loop, which lets go when the handle is closed, one for the JavaScript object.
  int references;
  bool closing;
} watch;

static void release(watch *self) {
  if (--self->references == 0) free(self);
}

static void on_closed(uv_handle_t *handle) {
  watch *self = handle->data;
  if (self->cleanup != NULL) napi_remove_async_cleanup_hook(self->cleanup);
  release(self);
}

static void close_watch(watch *self) {
  if (self->closing) return;
  self->closing = true;
  napi_delete_reference(self->env, self->callback);
  uv_close((uv_handle_t *)&self->handle, on_closed);
}

static void on_environment_end(napi_async_cleanup_hook_handle hook, void *data) {
  (void)hook;
  close_watch(data);
}

static void on_collected(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  release(data);
}

static void on_ready(uv_poll_t *handle, int status, int events) {
  watch *self = handle->data;
  napi_env env = self->env;
  napi_handle_scope scope;
  napi_open_handle_scope(env, &scope);
  napi_value callback, receiver, argument;
  napi_get_reference_value(env, self->callback, &callback);
  napi_get_global(env, &receiver);
  // An error of poll itself: let both sides run into it with their next system call.
  napi_create_int32(env, status < 0 ? UV_READABLE | UV_WRITABLE : events, &argument);
  if (napi_make_callback(env, NULL, receiver, callback, 1, &argument, NULL) == napi_pending_exception) {
    napi_value error;
    napi_get_and_clear_last_exception(env, &error);
    napi_fatal_exception(env, error);
  }
  napi_close_handle_scope(env, scope);
}

static watch *watch_of(napi_env env, napi_value value) {
  void *data = NULL;
  napi_get_value_external(env, value, &data);
  return data;
}

// pollOpen(descriptor, callback(events)) -> handle; the descriptor becomes non-blocking
static napi_value poll_open(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  mv_args(env, info, 2, argv);
  uv_loop_t *loop = NULL;
  napi_get_uv_event_loop(env, &loop);
  watch *self = calloc(1, sizeof *self);
  if (self == NULL) return mv_throw(env, ENOMEM, "calloc");
  int error = uv_poll_init(loop, &self->handle, mv_int(env, argv[0]));
  if (error != 0) {
    free(self);
    return mv_throw(env, -error, "epoll");
  }
  self->env = env;
  self->handle.data = self;
  self->references = 2;
  napi_create_reference(env, argv[1], 1, &self->callback);
  napi_add_async_cleanup_hook(env, on_environment_end, self, &self->cleanup);
  napi_value result;
  napi_create_external(env, self, on_collected, NULL, &result);
  return result;
}

// pollStart(handle, events): 1 readable, 2 writable, 4 the peer has closed; 0 stops
static napi_value poll_start(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  mv_args(env, info, 2, argv);
  watch *self = watch_of(env, argv[0]);
  if (self == NULL || self->closing) return mv_throw(env, EBADF, "poll");
  int events = mv_int(env, argv[1]);
  int error = events == 0 ? uv_poll_stop(&self->handle) : uv_poll_start(&self->handle, events, on_ready);
  if (error != 0) return mv_throw(env, -error, "poll");
  return NULL;
}

// pollHold(handle, hold): whether an open handle keeps the process alive
static napi_value poll_hold(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  mv_args(env, info, 2, argv);
  watch *self = watch_of(env, argv[0]);
  bool hold = true;
  napi_get_value_bool(env, argv[1], &hold);
  if (self == NULL || self->closing) return NULL;
  if (hold) {
    uv_ref((uv_handle_t *)&self->handle);
  } else {
    uv_unref((uv_handle_t *)&self->handle);
  }
  return NULL;
}

// pollClose(handle): the descriptor may be closed as soon as this returns
static napi_value poll_close(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  mv_args(env, info, 1, argv);
  watch *self = watch_of(env, argv[0]);
  if (self != NULL) close_watch(self);
  return NULL;
}

const mv_function mv_poll_functions[] = {
  {"pollOpen", poll_open},
  {"pollStart", poll_start},
  {"pollHold", poll_hold},
  {"pollClose", poll_close},
  {NULL, NULL},
};
