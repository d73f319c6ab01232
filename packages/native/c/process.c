// Processes by descriptor, ours or not.
#define _GNU_SOURCE
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "concerns.h"

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

// pidfdOpen(pid) -> descriptor, or -1 when there is no such process
static napi_value pidfd_open(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  mv_args(env, info, 1, argv);
  int fd = (int)syscall(SYS_pidfd_open, mv_int(env, argv[0]), 0);
  if (fd < 0 && errno != ESRCH && errno != EINVAL) return mv_throw(env, errno, "pidfd_open");
  return mv_number(env, fd);
}

// pidfdSignal(descriptor, signal) -> false when the process has ended
static napi_value pidfd_signal(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  mv_args(env, info, 2, argv);
  if (syscall(SYS_pidfd_send_signal, mv_int(env, argv[0]), mv_int(env, argv[1]), NULL, 0) == 0) {
    return mv_boolean(env, true);
  }
  return errno == ESRCH ? mv_boolean(env, false) : mv_throw(env, errno, "pidfd_send_signal");
}

// pidfdWait(descriptor) -> [exited 1 or killed 0, code or signal], null while it runs, undefined when not our child
static napi_value pidfd_wait(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  mv_args(env, info, 1, argv);
  siginfo_t status = {.si_pid = 0};
  if (waitid((idtype_t)P_PIDFD, (id_t)mv_int(env, argv[0]), &status, WEXITED | WNOHANG) < 0) {
    return errno == ECHILD ? mv_undefined(env) : mv_throw(env, errno, "waitid");
  }
  if (status.si_pid == 0) {
    napi_value none;
    napi_get_null(env, &none);
    return none;
  }
  return mv_pair(env, status.si_code == CLD_EXITED, status.si_status);
}

const mv_function mv_process_functions[] = {
  {"pidfdOpen", pidfd_open},
  {"pidfdSignal", pidfd_signal},
  {"pidfdWait", pidfd_wait},
  {NULL, NULL},
};
