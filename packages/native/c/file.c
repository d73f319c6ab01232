// Changes of files that must survive a crash, each as one job of libuv's pool: from step to step a thread goes on by itself.
#define _GNU_SOURCE
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "concerns.h"

typedef struct {
  napi_async_work work;
  napi_deferred deferred;
  bool replaces;
  char *path;
  char *content;
  size_t length;
  mode_t mode;
  uid_t uid;
  gid_t gid;
  // What it found or where it failed.
  bool was_there;
  int error;
  const char *syscall;
} change;

static bool failed(change *self, const char *syscall) {
  self->error = errno;
  self->syscall = syscall;
  return false;
}

static bool write_all(change *self, int descriptor) {
  for (size_t done = 0; done < self->length;) {
    ssize_t count = write(descriptor, self->content + done, self->length - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed(self, "write");
    done += (size_t)count;
  }
  return true;
}

static bool fill(change *self, int descriptor) {
  if (self->uid != (uid_t)-1 && fchown(descriptor, self->uid, self->gid) < 0) return failed(self, "fchown");
  if (fchmod(descriptor, self->mode) < 0) return failed(self, "fchmod");
  if (!write_all(self, descriptor)) return false;
  return fsync(descriptor) < 0 ? failed(self, "fsync") : true;
}

static bool sync_parent(change *self) {
  char *copy = strdup(self->path);
  if (copy == NULL) return failed(self, "strdup");
  int directory = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  free(copy);
  if (directory < 0) return failed(self, "open");
  bool ok = fsync(directory) == 0 || failed(self, "fsync");
  close(directory);
  return ok;
}

static bool replace(change *self, const char *fresh) {
  // What a crash left is not trusted: it might be open elsewhere, or a link.
  if (unlink(fresh) < 0 && errno != ENOENT) return failed(self, "unlink");
  int descriptor = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, self->mode);
  if (descriptor < 0) return failed(self, "open");
  bool ok = fill(self, descriptor);
  if (close(descriptor) < 0 && ok) ok = failed(self, "close");
  if (ok && rename(fresh, self->path) < 0) ok = failed(self, "rename");
  if (!ok) unlink(fresh);
  return ok && sync_parent(self);
}

static void execute(napi_env env, void *data) {
  (void)env;
  change *self = data;
  if (!self->replaces) {
    self->was_there = unlink(self->path) == 0;
    if (self->was_there) {
      sync_parent(self);
    } else if (errno != ENOENT && errno != ENOTDIR) {
      failed(self, "unlink");
    }
    return;
  }
  char *fresh = NULL;
  if (asprintf(&fresh, "%s.new", self->path) < 0) {
    failed(self, "asprintf");
    return;
  }
  replace(self, fresh);
  free(fresh);
}

static void discard(change *self) {
  free(self->path);
  free(self->content);
  free(self);
}

static void complete(napi_env env, napi_status status, void *data) {
  change *self = data;
  if (status == napi_cancelled) {
    self->error = ECANCELED;
    self->syscall = "queue";
  }
  if (self->error != 0) {
    napi_reject_deferred(env, self->deferred, mv_error(env, self->error, self->syscall));
  } else {
    napi_resolve_deferred(env, self->deferred, mv_boolean(env, self->was_there));
  }
  napi_delete_async_work(env, self->work);
  discard(self);
}

static napi_value queue(napi_env env, change *self) {
  napi_value promise;
  napi_create_promise(env, &self->deferred, &promise);
  napi_create_async_work(env, NULL, mv_text(env, "modvirt file"), execute, complete, self, &self->work);
  napi_queue_async_work(env, self->work);
  return promise;
}

// replaceFile(path, bytes, [mode, uid or -1, gid or -1]) -> promise
static napi_value replace_file(napi_env env, napi_callback_info info) {
  napi_value argv[3];
  mv_args(env, info, 3, argv);
  change *self = calloc(1, sizeof *self);
  if (self == NULL) return mv_throw(env, ENOMEM, "calloc");
  self->replaces = true;
  self->path = mv_string(env, argv[0]);
  if (self->path != NULL) self->content = mv_copy(env, argv[1], &self->length);
  size_t size = 0;
  const int32_t *settings = mv_bytes(env, argv[2], &size);
  if (self->content == NULL || settings == NULL || size < 3 * sizeof *settings) {
    bool is_pending = self->path == NULL;
    discard(self);
    return is_pending ? NULL : mv_throw_type(env, "replaceFile takes a path, bytes and three settings");
  }
  self->mode = (mode_t)settings[0];
  self->uid = (uid_t)settings[1];
  self->gid = (gid_t)settings[2];
  return queue(env, self);
}

// removeFile(path) -> promise of whether there was one
static napi_value remove_file(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  mv_args(env, info, 1, argv);
  change *self = calloc(1, sizeof *self);
  if (self == NULL) return mv_throw(env, ENOMEM, "calloc");
  self->path = mv_string(env, argv[0]);
  if (self->path == NULL) {
    discard(self);
    return NULL;
  }
  return queue(env, self);
}

const mv_function mv_file_functions[] = {
  {"replaceFile", replace_file},
  {"removeFile", remove_file},
  {NULL, NULL},
};
