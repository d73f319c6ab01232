// Locks of open file descriptions: they meet the fcntl locks that libvirt takes, but are not lost when the
// same file is opened and closed elsewhere in this process.
#define _GNU_SOURCE
#include <fcntl.h>
#include <unistd.h>

#include "concerns.h"

static struct flock first_byte(void) {
  return (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1};
}

// lockFirstByte(descriptor) -> whether the write lock is ours now
static napi_value lock_first_byte(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  mv_args(env, info, 1, argv);
  struct flock lock = first_byte();
  if (fcntl(mv_int(env, argv[0]), F_OFD_SETLK, &lock) == 0) return mv_boolean(env, true);
  if (errno == EAGAIN || errno == EACCES) return mv_boolean(env, false);
  return mv_throw(env, errno, "fcntl");
}

// firstByteHolder(descriptor) -> pid, -1 for a holder without one, or undefined when it is free
static napi_value first_byte_holder(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  mv_args(env, info, 1, argv);
  struct flock lock = first_byte();
  if (fcntl(mv_int(env, argv[0]), F_OFD_GETLK, &lock) < 0) return mv_throw(env, errno, "fcntl");
  return lock.l_type == F_UNLCK ? mv_undefined(env) : mv_number(env, lock.l_pid);
}

const mv_function mv_lock_functions[] = {
  {"lockFirstByte", lock_first_byte},
  {"firstByteHolder", first_byte_holder},
  {NULL, NULL},
};
