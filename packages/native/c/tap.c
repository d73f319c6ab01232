#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "concerns.h"

// openDevice(path) -> descriptor, for reading and writing
static napi_value open_device(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  mv_args(env, info, 1, argv);
  char *path = mv_string(env, argv[0]);
  if (path == NULL) return NULL;
  int fd = open(path, O_RDWR | O_CLOEXEC);
  int error = errno;
  free(path);
  return fd < 0 ? mv_throw(env, error, "open") : mv_number(env, fd);
}

// attachTap(descriptor, name, vnetHeader, multiQueue) -> the device's name, which may have been chosen by the kernel.
// A descriptor of a macvtap device keeps its own name.
static napi_value attach_tap(napi_env env, napi_callback_info info) {
  napi_value argv[4];
  mv_args(env, info, 4, argv);
  char *name = mv_string(env, argv[1]);
  if (name == NULL) return NULL;
  struct ifreq request;
  memset(&request, 0, sizeof request);
  if (strlen(name) >= sizeof request.ifr_name) {
    free(name);
    return mv_throw(env, ENAMETOOLONG, "ioctl");
  }
  snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
  free(name);
  request.ifr_flags = IFF_TAP | IFF_NO_PI;
  if (mv_int(env, argv[2]) != 0) request.ifr_flags |= IFF_VNET_HDR;
  if (mv_int(env, argv[3]) != 0) request.ifr_flags |= IFF_MULTI_QUEUE;
  if (ioctl(mv_int(env, argv[0]), TUNSETIFF, &request) < 0) return mv_throw(env, errno, "TUNSETIFF");
  return mv_text(env, request.ifr_name);
}

const mv_function mv_tap_functions[] = {
  {"openDevice", open_device},
  {"attachTap", attach_tap},
  {NULL, NULL},
};
