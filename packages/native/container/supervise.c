// What the supervisor does while the container runs: moves bytes between terminals, and tells who is connected how it ended.
// The messages are those of libvirt's monitor of containers.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "supervisor.h"

#define MAX_CLIENTS 16
#define PROGRAM 0x12341234
#define EXIT_EVENT 1
#define INIT_EVENT 2
#define MESSAGE 2

enum { ENDED_WRONG, ENDED, REBOOTED };

typedef struct {
  supervisor *self;
  int signals, watch;
  int clients[MAX_CLIENTS];
  int client_count;
} loop;

static void send_event(int client, uint32_t procedure, uint64_t value, bool wide) {
  uint32_t words[9] = {0, htonl(PROGRAM), htonl(1), htonl(procedure), htonl(MESSAGE), htonl(1), 0, 0, 0};
  size_t count = wide ? 9 : 8;
  if (wide) words[7] = htonl((uint32_t)(value >> 32));
  words[count - 1] = htonl((uint32_t)value);
  words[0] = htonl((uint32_t)(count * 4));
  // Whoever does not read gets no second chance: the daemon looks at the process as well.
  if (send(client, words, count * 4, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) shutdown(client, SHUT_RDWR);
}

static void take_client(loop *now) {
  int client = accept4(now->self->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (client < 0) return;
  if (now->client_count == MAX_CLIENTS) {
    close(client);
    return;
  }
  now->clients[now->client_count++] = client;
  send_event(client, INIT_EVENT, (uint64_t)now->self->init, true);
}

static void drop_client(loop *now, int index) {
  close(now->clients[index]);
  now->clients[index] = now->clients[--now->client_count];
}

static void keep(console *one, const char *bytes, size_t count) {
  if (count >= sizeof one->kept) {
    bytes += count - sizeof one->kept;
    count = sizeof one->kept;
  }
  size_t room = sizeof one->kept - one->kept_count;
  if (count > room) {
    memmove(one->kept, one->kept + (count - room), one->kept_count - (count - room));
    one->kept_count -= count - room;
  }
  memcpy(one->kept + one->kept_count, bytes, count);
  one->kept_count += count;
}

static void pass_kept(console *one) {
  if (!one->attached || one->kept_count == 0) return;
  ssize_t done = write(one->host, one->kept, one->kept_count);
  if (done <= 0) return;
  memmove(one->kept, one->kept + done, one->kept_count - (size_t)done);
  one->kept_count -= (size_t)done;
}

// From the container. While somebody looks it is held back when that one is slow; else the last of it is kept.
static void from_guest(console *one) {
  char bytes[sizeof one->kept];
  size_t room = one->attached ? sizeof one->kept - one->kept_count : sizeof bytes;
  if (room == 0) return;
  ssize_t got = read(one->guest, bytes, room);
  if (got <= 0) return;
  keep(one, bytes, (size_t)got);
  pass_kept(one);
}

static void pass_typed(console *one) {
  ssize_t done = write(one->guest, one->typed, one->typed_count);
  if (done <= 0) return;
  memmove(one->typed, one->typed + done, one->typed_count - (size_t)done);
  one->typed_count -= (size_t)done;
}

// From whoever looks: held back while the container does not read.
static void from_host(console *one) {
  ssize_t got = read(one->host, one->typed + one->typed_count, sizeof one->typed - one->typed_count);
  if (got <= 0) {
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    one->attached = false;
    return;
  }
  one->typed_count += (size_t)got;
  pass_typed(one);
}

static void watch_opens(loop *now) {
  now->watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  if (now->watch < 0) fail_errno("inotify_init1() failed");
  for (int i = 0; i < now->self->console_count; i++) {
    if (inotify_add_watch(now->watch, now->self->consoles[i].host_path, IN_OPEN) < 0) {
      fail_errno("Failed to watch %s", now->self->consoles[i].host_path);
    }
  }
}

static void somebody_opened(loop *now) {
  char events[4096];
  while (read(now->watch, events, sizeof events) > 0) continue;
  for (int i = 0; i < now->self->console_count; i++) {
    console *one = &now->self->consoles[i];
    struct pollfd state = {.fd = one->host, .events = POLLIN};
    if (poll(&state, 1, 0) < 0) continue;
    one->attached = (state.revents & POLLHUP) == 0;
    pass_kept(one);
  }
}

static int status_of(int status) {
  if (!WIFSIGNALED(status)) return ENDED;
  // How the kernel shows reboot(2) inside a namespace of processes.
  if (WTERMSIG(status) == SIGHUP) return REBOOTED;
  return WTERMSIG(status) == SIGINT ? ENDED : ENDED_WRONG;
}

// Whoever still waits for the start hears what init said last.
static void tell_starter(const supervisor *self, int status) {
  if (self->handshake < 0) return;
  const console *first = &self->consoles[0];
  int count = self->console_count > 0 ? (int)first->kept_count : 0;
  int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  dprintf(self->handshake, "X%d %.*s\n", code, count, first->kept);
}

__attribute__((noreturn)) static void finish(loop *now, int status) {
  supervisor *self = now->self;
  for (int i = 0; i < self->console_count; i++) from_guest(&self->consoles[i]);
  tell_starter(self, status);
  int answer = status_of(status);
  for (int i = 0; i < now->client_count; i++) send_event(now->clients[i], EXIT_EVENT, (uint64_t)answer, false);
  // What was written shortly before the end may still be on its way to who looks.
  for (int i = 0; i < self->console_count; i++) pass_kept(&self->consoles[i]);
  _exit(0);
}

static void on_signal(loop *now) {
  struct signalfd_siginfo info;
  if (read(now->signals, &info, sizeof info) != sizeof info) return;
  if (info.ssi_signo == SIGTERM) {
    kill(now->self->init, SIGKILL);
    return;
  }
  int status;
  if (waitpid(now->self->init, &status, WNOHANG) == now->self->init) finish(now, status);
}

static void watch_signals(loop *now) {
  sigset_t mask;
  sigemptyset(&mask);
  sigaddset(&mask, SIGCHLD);
  sigaddset(&mask, SIGTERM);
  if (sigprocmask(SIG_BLOCK, &mask, NULL) < 0) fail_errno("sigprocmask() failed");
  signal(SIGPIPE, SIG_IGN);
  now->signals = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
  if (now->signals < 0) fail_errno("signalfd() failed");
  // It may have ended before it was watched.
  int status;
  if (waitpid(now->self->init, &status, WNOHANG) == now->self->init) finish(now, status);
}

static void turn(loop *now) {
  supervisor *self = now->self;
  struct pollfd wait[4 + MAX_CLIENTS + 2 * MAX_CONSOLES];
  int clients = now->client_count, consoles = self->console_count;
  wait[0] = (struct pollfd){.fd = now->signals, .events = POLLIN};
  wait[1] = (struct pollfd){.fd = self->listener, .events = POLLIN};
  wait[2] = (struct pollfd){.fd = now->watch, .events = POLLIN};
  wait[3] = (struct pollfd){.fd = self->handshake, .events = POLLIN};
  struct pollfd *of_clients = wait + 4, *of_consoles = of_clients + clients;
  for (int i = 0; i < clients; i++) of_clients[i] = (struct pollfd){.fd = now->clients[i], .events = POLLIN};
  for (int i = 0; i < consoles; i++) {
    console *one = &self->consoles[i];
    bool is_full = one->attached && one->kept_count == sizeof one->kept;
    short of_guest = (short)((is_full ? 0 : POLLIN) | (one->typed_count > 0 ? POLLOUT : 0));
    short of_host = (short)((one->typed_count < sizeof one->typed ? POLLIN : 0) | (one->kept_count > 0 ? POLLOUT : 0));
    of_consoles[2 * i] = (struct pollfd){.fd = one->guest, .events = of_guest};
    of_consoles[2 * i + 1] = (struct pollfd){.fd = one->attached ? one->host : -1, .events = of_host};
  }
  if (poll(wait, (nfds_t)(4 + clients + 2 * consoles), -1) < 0) return;
  for (int i = 0; i < consoles; i++) {
    console *one = &self->consoles[i];
    short guest = of_consoles[2 * i].revents, host = of_consoles[2 * i + 1].revents;
    if (guest & POLLIN) from_guest(one);
    if (host & POLLOUT) pass_kept(one);
    if (guest & POLLOUT) pass_typed(one);
    if ((host & POLLIN) && one->typed_count < sizeof one->typed) from_host(one);
    else if (host & POLLHUP) one->attached = false;
  }
  for (int i = clients - 1; i >= 0; i--) {
    char byte[64];
    if (of_clients[i].revents != 0 && recv(now->clients[i], byte, sizeof byte, MSG_DONTWAIT) <= 0) drop_client(now, i);
  }
  // The daemon says by closing it that the start is over.
  if (wait[3].revents != 0) {
    close(self->handshake);
    self->handshake = -1;
  }
  if (wait[2].revents & POLLIN) somebody_opened(now);
  if (wait[1].revents & POLLIN) take_client(now);
  if (wait[0].revents & POLLIN) on_signal(now);
}

void supervise(supervisor *self) {
  loop now = {.self = self};
  watch_opens(&now);
  watch_signals(&now);
  for (;;) turn(&now);
}
