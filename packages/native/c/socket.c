// Unix sockets, and facts about any socket that was handed to us.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "concerns.h"

#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif

typedef struct {
  struct sockaddr_un address;
  socklen_t length;
  // Held open while an address that is too long goes through it; else -1.
  int directory;
} unix_address;

static int shorten(const char *path, unix_address *out) {
  const char *slash = strrchr(path, '/');
  if (slash == NULL || slash == path) return ENAMETOOLONG;
  char *directory = strndup(path, (size_t)(slash - path));
  if (directory == NULL) return ENOMEM;
  out->directory = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
  int error = errno;
  free(directory);
  if (out->directory < 0) return error;
  int length = snprintf(out->address.sun_path, sizeof out->address.sun_path, "/proc/self/fd/%d%s", out->directory, slash);
  return (size_t)length < sizeof out->address.sun_path ? 0 : ENAMETOOLONG;
}

// A path, however long its directory, or with '@' in front a name in the abstract space.
static int make_address(const char *path, unix_address *out) {
  memset(out, 0, sizeof *out);
  out->directory = -1;
  out->address.sun_family = AF_UNIX;
  out->length = sizeof out->address;
  size_t length = strlen(path);
  if (length == 0) return ENOENT;
  if (path[0] == '@') {
    if (length > sizeof out->address.sun_path) return ENAMETOOLONG;
    memcpy(out->address.sun_path + 1, path + 1, length - 1);
    out->length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    return 0;
  }
  if (length >= sizeof out->address.sun_path) return shorten(path, out);
  memcpy(out->address.sun_path, path, length);
  return 0;
}

static void drop_address(unix_address *address) {
  if (address->directory >= 0) close(address->directory);
}

// Nobody can connect before listen, and the path has its owner and mode by then.
static int bind_and_listen(int fd, const char *path, const int32_t *settings) {
  unix_address target;
  int error = make_address(path, &target);
  const char *name = target.address.sun_path;
  mode_t mode = (mode_t)settings[0];
  if (error == 0 && fchmod(fd, mode & 0700) < 0) error = errno;
  bool bound = false;
  if (error == 0) {
    bound = bind(fd, (struct sockaddr *)&target.address, target.length) == 0;
    if (!bound) error = errno;
  }
  if (bound && name[0] != '\0') {
    bool owned = settings[1] >= 0 || settings[2] >= 0;
    if (owned && lchown(name, (uid_t)settings[1], (gid_t)settings[2]) < 0) error = errno;
    if (error == 0 && chmod(name, mode) < 0) error = errno;
  }
  if (error == 0 && listen(fd, settings[3]) < 0) error = errno;
  if (error != 0 && bound && name[0] != '\0') unlink(name);
  drop_address(&target);
  return error;
}

// listenUnix(path, Int32Array [mode, uid or -1, gid or -1, backlog]) -> descriptor
static napi_value listen_unix(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  mv_args(env, info, 2, argv);
  size_t size = 0;
  const int32_t *settings = mv_bytes(env, argv[1], &size);
  if (size != 4 * sizeof(int32_t)) return mv_throw_type(env, "four settings are expected");
  char *path = mv_string(env, argv[0]);
  if (path == NULL) return NULL;
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  int error = fd < 0 ? errno : bind_and_listen(fd, path, settings);
  free(path);
  if (error == 0) return mv_number(env, fd);
  if (fd >= 0) close(fd);
  return mv_throw(env, error, fd < 0 ? "socket" : "bind");
}

// connectUnix(path) -> descriptor, or -1 when the listener's queue is full
static napi_value connect_unix(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  mv_args(env, info, 1, argv);
  char *path = mv_string(env, argv[0]);
  if (path == NULL) return NULL;
  unix_address target;
  int error = make_address(path, &target);
  free(path);
  int fd = -1;
  if (error == 0) {
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&target.address, target.length) < 0) error = errno;
  }
  drop_address(&target);
  if (error == 0) return mv_number(env, fd);
  if (fd >= 0) close(fd);
  return error == EAGAIN ? mv_number(env, -1) : mv_throw(env, error, "connect");
}

// acceptConnection(listener) -> descriptor, or -1 when none waits
static napi_value accept_connection(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  mv_args(env, info, 1, argv);
  int fd;
  do {
    fd = accept4(mv_int(env, argv[0]), NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  } while (fd < 0 && (errno == EINTR || errno == ECONNABORTED));
  if (fd < 0 && errno != EAGAIN && errno != EWOULDBLOCK) return mv_throw(env, errno, "accept4");
  return mv_number(env, fd);
}

// socketPair() -> [descriptor, descriptor], non-blocking
static napi_value socket_pair(napi_env env, napi_callback_info info) {
  (void)info;
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) < 0) {
    return mv_throw(env, errno, "socketpair");
  }
  return mv_pair(env, ends[0], ends[1]);
}

// shutdownSending(socket)
static napi_value shutdown_sending(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  mv_args(env, info, 1, argv);
  if (shutdown(mv_int(env, argv[0]), SHUT_WR) < 0 && errno != ENOTCONN) return mv_throw(env, errno, "shutdown");
  return NULL;
}

static bool has_ended(int pidfd) {
  struct pollfd ready = {.fd = pidfd, .events = POLLIN};
  return poll(&ready, 1, 0) == 1;
}

// What /proc/PID/stat says; "" when there is no such process, or not here.
static void read_stat(pid_t pid, char *text, size_t size) {
  char path[32];
  snprintf(path, sizeof path, "/proc/%d/stat", pid);
  text[0] = '\0';
  if (pid <= 0) return;
  int stat = open(path, O_RDONLY | O_CLOEXEC);
  if (stat < 0) return;
  ssize_t length = read(stat, text, size - 1);
  text[length < 0 ? 0 : length] = '\0';
  close(stat);
}

// peerCredentials(socket) -> {pid, uid, gid, stat, isAlive, securityContext?}. `stat` was read between connecting and asking
// `isAlive`, which is undefined where the kernel cannot tell whether the pid is still the peer's.
static napi_value peer_credentials(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  mv_args(env, info, 1, argv);
  int fd = mv_int(env, argv[0]);
  struct ucred peer;
  socklen_t length = sizeof peer;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0) return mv_throw(env, errno, "getsockopt");
  napi_value result = mv_object(env);
  mv_set(env, result, "pid", mv_number(env, peer.pid));
  mv_set(env, result, "uid", mv_number(env, peer.uid));
  mv_set(env, result, "gid", mv_number(env, peer.gid));
  char stat[1024];
  read_stat(peer.pid, stat, sizeof stat);
  mv_set(env, result, "stat", mv_text(env, stat));
  int pidfd = -1;
  length = sizeof pidfd;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERPIDFD, &pidfd, &length) == 0 && pidfd >= 0) {
    mv_set(env, result, "isAlive", mv_boolean(env, !has_ended(pidfd)));
    close(pidfd);
  }
  char label[1024];
  length = sizeof label - 1;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERSEC, label, &length) == 0 && length > 0) {
    label[length] = '\0';
    mv_set(env, result, "securityContext", mv_text(env, label));
  }
  return result;
}

static void describe_address(napi_env env, napi_value result, const struct sockaddr_storage *address, socklen_t length) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address->ss_family == AF_UNIX) {
    const struct sockaddr_un *local = (const void *)address;
    char path[sizeof local->sun_path + 1] = "";
    if (length > offsetof(struct sockaddr_un, sun_path)) {
      memcpy(path, local->sun_path, length - offsetof(struct sockaddr_un, sun_path));
      if (path[0] == '\0') path[0] = '@';
    }
    mv_set(env, result, "family", mv_text(env, "unix"));
    mv_set(env, result, "path", mv_text(env, path));
  } else if (address->ss_family == AF_INET) {
    const struct sockaddr_in *v4 = (const void *)address;
    mv_set(env, result, "family", mv_text(env, "ipv4"));
    mv_set(env, result, "address", mv_text(env, inet_ntop(AF_INET, &v4->sin_addr, text, sizeof text)));
    mv_set(env, result, "port", mv_number(env, ntohs(v4->sin_port)));
  } else if (address->ss_family == AF_INET6) {
    const struct sockaddr_in6 *v6 = (const void *)address;
    mv_set(env, result, "family", mv_text(env, "ipv6"));
    mv_set(env, result, "address", mv_text(env, inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof text)));
    mv_set(env, result, "port", mv_number(env, ntohs(v6->sin6_port)));
  } else {
    mv_set(env, result, "family", mv_text(env, "other"));
  }
}

// describeSocket(descriptor) -> {isListening, isStream, family, path | address, port}; throws ENOTSOCK for anything else
static napi_value describe_socket(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  mv_args(env, info, 1, argv);
  int fd = mv_int(env, argv[0]);
  int listening = 0;
  int type = 0;
  socklen_t length = sizeof listening;
  if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &length) < 0) return mv_throw(env, errno, "getsockopt");
  length = sizeof type;
  if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) < 0) return mv_throw(env, errno, "getsockopt");
  struct sockaddr_storage address = {.ss_family = AF_UNSPEC};
  length = sizeof address;
  if (getsockname(fd, (struct sockaddr *)&address, &length) < 0) return mv_throw(env, errno, "getsockname");
  napi_value result = mv_object(env);
  mv_set(env, result, "isListening", mv_boolean(env, listening != 0));
  mv_set(env, result, "isStream", mv_boolean(env, type == SOCK_STREAM));
  describe_address(env, result, &address, length);
  return result;
}

static int send_to(const char *path, const void *text, size_t size, const void *fds, size_t fds_size) {
  unix_address target;
  int error = make_address(path, &target);
  if (error != 0) {
    drop_address(&target);
    return error;
  }
  struct iovec piece = {.iov_base = (void *)text, .iov_len = size};
  union {
    struct cmsghdr header;
    char space[CMSG_SPACE(253 * sizeof(int))];
  } control;
  memset(&control, 0, sizeof control);
  struct msghdr message = {
    .msg_name = &target.address, .msg_namelen = target.length, .msg_iov = &piece, .msg_iovlen = 1,
  };
  if (fds_size > 0 && fds_size <= 253 * sizeof(int)) {
    message.msg_control = &control;
    message.msg_controllen = CMSG_SPACE(fds_size);
    control.header.cmsg_level = SOL_SOCKET;
    control.header.cmsg_type = SCM_RIGHTS;
    control.header.cmsg_len = CMSG_LEN(fds_size);
    memcpy(CMSG_DATA(&control.header), fds, fds_size);
  }
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0 || sendmsg(fd, &message, MSG_NOSIGNAL) < 0) error = errno;
  if (fd >= 0) close(fd);
  drop_address(&target);
  return error;
}

// sendDatagram(path, bytes, Int32Array of descriptors)
static napi_value send_datagram(napi_env env, napi_callback_info info) {
  napi_value argv[3];
  mv_args(env, info, 3, argv);
  size_t size = 0, fds_size = 0;
  void *text = mv_bytes(env, argv[1], &size);
  void *fds = mv_bytes(env, argv[2], &fds_size);
  char *path = mv_string(env, argv[0]);
  if (path == NULL) return NULL;
  int error = send_to(path, text, size, fds, fds_size);
  free(path);
  return error == 0 ? NULL : mv_throw(env, error, "sendmsg");
}

const mv_function mv_socket_functions[] = {
  {"listenUnix", listen_unix},
  {"connectUnix", connect_unix},
  {"acceptConnection", accept_connection},
  {"socketPair", socket_pair},
  {"shutdownSending", shutdown_sending},
  {"peerCredentials", peer_credentials},
  {"describeSocket", describe_socket},
  {"sendDatagram", send_datagram},
  {NULL, NULL},
};
