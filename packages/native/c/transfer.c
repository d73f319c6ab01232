// Bytes and descriptors over non-blocking descriptors. -1 means "not now".
#include <limits.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "concerns.h"

// The kernel's own limit (SCM_MAX_FD).
#define MAX_DESCRIPTORS 253
#define MAX_PIECES 1024

static bool is_not_now(int error) {
  return error == EAGAIN || error == EWOULDBLOCK;
}

static napi_value count_or_throw(napi_env env, ssize_t count, const char *syscall) {
  if (count < 0 && !is_not_now(errno)) return mv_throw(env, errno, syscall);
  napi_value result;
  napi_create_int32(env, (int32_t)count, &result);
  return result;
}

static size_t pieces(napi_env env, napi_value array, uint32_t first, size_t skip, struct iovec *out) {
  uint32_t length = 0;
  napi_get_array_length(env, array, &length);
  size_t count = 0;
  for (uint32_t i = first; i < length && count < MAX_PIECES; i++, count++) {
    napi_value item;
    napi_get_element(env, array, i, &item);
    size_t size = 0;
    char *data = mv_bytes(env, item, &size);
    size_t offset = i == first ? skip : 0;
    if (offset > size) offset = size;
    out[count] = (struct iovec){.iov_base = data + offset, .iov_len = size - offset};
  }
  return count;
}

// writePieces(descriptor, pieces, skip) -> bytes or -1
static napi_value write_pieces(napi_env env, napi_callback_info info) {
  napi_value argv[3];
  mv_args(env, info, 3, argv);
  struct iovec vector[MAX_PIECES];
  size_t count = pieces(env, argv[1], 0, (size_t)mv_int(env, argv[2]), vector);
  ssize_t sent;
  do {
    sent = writev(mv_int(env, argv[0]), vector, (int)count);
  } while (sent < 0 && errno == EINTR);
  return count_or_throw(env, sent, "writev");
}

// sendPieces(socket, pieces, skip) -> bytes or -1
static napi_value send_pieces(napi_env env, napi_callback_info info) {
  napi_value argv[3];
  mv_args(env, info, 3, argv);
  struct iovec vector[MAX_PIECES];
  struct msghdr message = {.msg_iov = vector};
  message.msg_iovlen = pieces(env, argv[1], 0, (size_t)mv_int(env, argv[2]), vector);
  ssize_t sent;
  do {
    sent = sendmsg(mv_int(env, argv[0]), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  } while (sent < 0 && errno == EINTR);
  return count_or_throw(env, sent, "sendmsg");
}

// sendWithDescriptors(socket, bytes, Int32Array) -> bytes or -1
static napi_value send_with_descriptors(napi_env env, napi_callback_info info) {
  napi_value argv[3];
  mv_args(env, info, 3, argv);
  struct iovec piece;
  piece.iov_base = mv_bytes(env, argv[1], &piece.iov_len);
  size_t fds_size = 0;
  void *fds = mv_bytes(env, argv[2], &fds_size);
  if (fds_size == 0 || fds_size > MAX_DESCRIPTORS * sizeof(int)) return mv_throw(env, EINVAL, "sendmsg");
  union {
    struct cmsghdr header;
    char space[CMSG_SPACE(MAX_DESCRIPTORS * sizeof(int))];
  } control;
  memset(&control, 0, sizeof control);
  struct msghdr message = {
    .msg_iov = &piece,
    .msg_iovlen = 1,
    .msg_control = &control,
    .msg_controllen = CMSG_SPACE(fds_size),
  };
  control.header.cmsg_level = SOL_SOCKET;
  control.header.cmsg_type = SCM_RIGHTS;
  control.header.cmsg_len = CMSG_LEN(fds_size);
  memcpy(CMSG_DATA(&control.header), fds, fds_size);
  ssize_t sent;
  do {
    sent = sendmsg(mv_int(env, argv[0]), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  } while (sent < 0 && errno == EINTR);
  return count_or_throw(env, sent, "sendmsg");
}

// readInto(descriptor, bytes) -> bytes, 0 at the end, or -1
static napi_value read_into(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  mv_args(env, info, 2, argv);
  size_t size = 0;
  void *data = mv_bytes(env, argv[1], &size);
  ssize_t count;
  do {
    count = read(mv_int(env, argv[0]), data, size);
  } while (count < 0 && errno == EINTR);
  return count_or_throw(env, count, "read");
}

static size_t take_descriptors(struct msghdr *message, int *out) {
  size_t count = 0;
  for (struct cmsghdr *one = CMSG_FIRSTHDR(message); one != NULL; one = CMSG_NXTHDR(message, one)) {
    if (one->cmsg_level != SOL_SOCKET || one->cmsg_type != SCM_RIGHTS) continue;
    size_t bytes = one->cmsg_len - CMSG_LEN(0);
    memcpy(out + count, CMSG_DATA(one), bytes);
    count += bytes / sizeof(int);
  }
  return count;
}

// receiveInto(socket, bytes, maxDescriptors, descriptors: number[]) -> bytes, 0 at the end, or -1. Descriptors are pushed;
// more than the maximum, or more than we may open, is EMSGSIZE and closes them.
static napi_value receive_into(napi_env env, napi_callback_info info) {
  napi_value argv[4];
  mv_args(env, info, 4, argv);
  struct iovec piece;
  piece.iov_base = mv_bytes(env, argv[1], &piece.iov_len);
  int max = mv_int(env, argv[2]);
  union {
    struct cmsghdr header;
    // Room for credentials and a label too, which a socket from a service manager may be set to pass.
    char space[CMSG_SPACE(MAX_DESCRIPTORS * sizeof(int)) + 512];
  } control;
  struct msghdr message = {
    .msg_iov = &piece,
    .msg_iovlen = 1,
    .msg_control = &control,
    .msg_controllen = sizeof control,
  };
  ssize_t count;
  do {
    count = recvmsg(mv_int(env, argv[0]), &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
  } while (count < 0 && errno == EINTR);
  if (count < 0 || message.msg_controllen == 0) return count_or_throw(env, count, "recvmsg");
  int fds[MAX_DESCRIPTORS];
  size_t taken = take_descriptors(&message, fds);
  if ((message.msg_flags & MSG_CTRUNC) || taken > (size_t)max) {
    for (size_t i = 0; i < taken; i++) close(fds[i]);
    return mv_throw(env, EMSGSIZE, "recvmsg");
  }
  uint32_t length = 0;
  napi_get_array_length(env, argv[3], &length);
  for (size_t i = 0; i < taken; i++) {
    napi_set_element(env, argv[3], length + (uint32_t)i, mv_number(env, fds[i]));
  }
  return count_or_throw(env, count, "recvmsg");
}

const mv_function mv_transfer_functions[] = {
  {"writePieces", write_pieces},
  {"sendPieces", send_pieces},
  {"sendWithDescriptors", send_with_descriptors},
  {"readInto", read_into},
  {"receiveInto", receive_into},
  {NULL, NULL},
};
