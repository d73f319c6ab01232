#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "concerns.h"

static int make_raw(int fd) {
  struct termios settings;
  if (tcgetattr(fd, &settings) < 0) return -1;
  cfmakeraw(&settings);
  return tcsetattr(fd, TCSANOW, &settings);
}

// setRaw(descriptor)
static napi_value set_raw(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  mv_args(env, info, 1, argv);
  return make_raw(mv_int(env, argv[0])) < 0 ? mv_throw(env, errno, "tcsetattr") : NULL;
}

// isTerminal(descriptor) -> boolean
static napi_value is_terminal(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  mv_args(env, info, 1, argv);
  return mv_boolean(env, isatty(mv_int(env, argv[0])) == 1);
}

// openPseudoTerminal() -> {descriptor, path}, raw
static napi_value open_pseudo_terminal(napi_env env, napi_callback_info info) {
  (void)info;
  int fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return mv_throw(env, errno, "posix_openpt");
  char path[128];
  int error = 0;
  if (grantpt(fd) < 0 || unlockpt(fd) < 0 || make_raw(fd) < 0) {
    error = errno;
  } else {
    error = ptsname_r(fd, path, sizeof path);
  }
  if (error != 0) {
    close(fd);
    return mv_throw(env, error, "openpty");
  }
  napi_value result = mv_object(env);
  mv_set(env, result, "descriptor", mv_number(env, fd));
  mv_set(env, result, "path", mv_text(env, path));
  return result;
}

const mv_function mv_terminal_functions[] = {
  {"setRaw", set_raw},
  {"isTerminal", is_terminal},
  {"openPseudoTerminal", open_pseudo_terminal},
  {NULL, NULL},
};
