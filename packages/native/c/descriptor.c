// What Node cannot do with plain descriptors.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "concerns.h"

// closeDescriptor(descriptor)
static napi_value close_descriptor(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  mv_args(env, info, 1, argv);
  // Linux has closed it whatever it answers, and one that is not open is no news.
  close(mv_int(env, argv[0]));
  return NULL;
}

// duplicate(descriptor) -> descriptor
static napi_value duplicate(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  mv_args(env, info, 1, argv);
  int copy = fcntl(mv_int(env, argv[0]), F_DUPFD_CLOEXEC, 3);
  return copy < 0 ? mv_throw(env, errno, "fcntl") : mv_number(env, copy);
}

// setCloseOnExec(descriptor)
static napi_value set_close_on_exec(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  mv_args(env, info, 1, argv);
  if (fcntl(mv_int(env, argv[0]), F_SETFD, FD_CLOEXEC) < 0) return mv_throw(env, errno, "fcntl");
  return NULL;
}

// setNonBlocking(descriptor, on)
static napi_value set_non_blocking(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  mv_args(env, info, 2, argv);
  bool on = false;
  napi_get_value_bool(env, argv[1], &on);
  int fd = mv_int(env, argv[0]);
  int flags = fcntl(fd, F_GETFL);
  if (flags < 0 || fcntl(fd, F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK) < 0) {
    return mv_throw(env, errno, "fcntl");
  }
  return NULL;
}

// memoryFile(name) -> descriptor
static napi_value memory_file(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  mv_args(env, info, 1, argv);
  char *name = mv_string(env, argv[0]);
  if (name == NULL) return NULL;
  int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
  int error = errno;
  free(name);
  return fd < 0 ? mv_throw(env, error, "memfd_create") : mv_number(env, fd);
}

// openPipe() -> [read, write], blocking
static napi_value open_pipe(napi_env env, napi_callback_info info) {
  (void)info;
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0) return mv_throw(env, errno, "pipe2");
  return mv_pair(env, ends[0], ends[1]);
}

// renameExchange(a, b): swaps two paths at once
static napi_value rename_exchange(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  mv_args(env, info, 2, argv);
  char *a = mv_string(env, argv[0]);
  char *b = a == NULL ? NULL : mv_string(env, argv[1]);
  int failed = b == NULL ? 0 : renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE);
  int error = errno;
  free(a);
  free(b);
  return failed < 0 ? mv_throw(env, error, "renameat2") : NULL;
}

// errorText(errno) -> the C library's words, as libvirt's messages have them
static napi_value error_text(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  mv_args(env, info, 1, argv);
  int error = mv_int(env, argv[0]);
  return mv_text(env, strerror(error < 0 ? -error : error));
}

const mv_function mv_descriptor_functions[] = {
  {"closeDescriptor", close_descriptor},
  {"duplicate", duplicate},
  {"setCloseOnExec", set_close_on_exec},
  {"setNonBlocking", set_non_blocking},
  {"memoryFile", memory_file},
  {"openPipe", open_pipe},
  {"renameExchange", rename_exchange},
  {"errorText", error_text},
  {NULL, NULL},
};
