// The container's first process.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "supervisor.h"

#define LAST_CAPABILITY 63

static void write_map(pid_t pid, const char *file, const char *text) {
  char path[64];
  if (*text == 0) return;
  snprintf(path, sizeof path, "/proc/%d/%s", pid, file);
  int descriptor = open(path, O_WRONLY | O_CLOEXEC);
  if (descriptor < 0) fail_errno("Unable to open %s", path);
  if (write(descriptor, text, strlen(text)) < 0) fail_errno("unable write to %s", path);
  close(descriptor);
}

static void drop_capabilities(const supervisor *self) {
  if (!self->has_capabilities) return;
  for (int number = 0; number <= LAST_CAPABILITY; number++) {
    if ((self->capabilities >> number) & 1) continue;
    if (prctl(PR_CAPBSET_DROP, number, 0, 0, 0) < 0 && errno != EINVAL) {
      fail_errno("Failed to remove capabilities");
    }
  }
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct now[2] = {{0}, {0}};
  if (syscall(SYS_capget, &header, now) < 0) fail_errno("Failed to read capabilities");
  for (int half = 0; half < 2; half++) {
    uint32_t kept = (uint32_t)(self->capabilities >> (32 * half));
    now[half].permitted &= kept;
    now[half].effective &= kept;
    now[half].inheritable = 0;
  }
  if (syscall(SYS_capset, &header, now) < 0) fail_errno("Failed to set capabilities");
}

// Each thing named is looked up by the container's own lists, which is what its owner means.
static void become_user(const supervisor *self) {
  if (self->uid == 0 && self->gid == 0) return;
  if (setgroups(0, NULL) < 0) fail_errno("setgroups() failed");
  if (setresgid(self->gid, self->gid, self->gid) < 0) fail_errno("setgid() failed");
  if (setresuid(self->uid, self->uid, self->uid) < 0) fail_errno("setuid() failed");
}

static void take_terminal(const supervisor *self) {
  int terminal = -1;
  if (self->console_count > 0) terminal = open("/dev/tty1", O_RDWR | O_CLOEXEC | O_NOCTTY);
  if (terminal < 0) terminal = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (terminal < 0) fail_errno("Failed to open tty %s", "/dev/tty1");
  if (setsid() < 0) fail_errno("setsid() failed");
  if (self->console_count > 0 && ioctl(terminal, TIOCSCTTY, NULL) < 0) fail_errno("ioctl(TIOCSCTTY) failed");
  for (int number = 0; number < 3; number++) {
    if (dup2(terminal, number) < 0) fail_errno("dup2(stdin) failed");
  }
}

// argv COUNT WORDS..., env WORDS..., and then what runs.
__attribute__((noreturn)) static void run_init(supervisor *self, int errors) {
  step environment, arguments;
  if (!next_step(&self->steps, &environment)) fail("the plan has no environment");
  if (!next_step(&self->steps, &arguments)) fail("the plan has no init");
  environment.word[environment.count] = NULL;
  arguments.word[arguments.count] = NULL;
  char **argv = arguments.word + 1;
  int found = open_in_root(self, argv[0], O_PATH);
  if (found < 0) fail_errno("cannot find init path '%s' relative to container root", argv[0]);
  close(found);
  if (self->directory != NULL && chdir(self->directory) < 0) {
    fail_errno("Unable to change dir to %s", self->directory);
  }
  drop_capabilities(self);
  take_terminal(self);
  become_user(self);
  // Without us nobody would hold its terminals, and nobody would tell of its end.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
  syscall(SYS_close_range, 3, (unsigned)errors - 1, 0);
  syscall(SYS_close_range, (unsigned)errors + 1, ~0U, 0);
  execve(argv[0], argv, environment.word + 1);
  fail_errno("Unable to exec %s", argv[0]);
}

__attribute__((noreturn)) static void be_child(supervisor *self, int go, int errors) {
  fail_to(errors, 'E');
  char byte;
  if (read(go, &byte, 1) != 1) _exit(1);
  step last;
  run_steps(self, "run", &last);
  run_init(self, errors);
}

// Tells whoever started us, who does the network's part, and waits for the word.
static void let_network_be_made(supervisor *self) {
  dprintf(self->handshake, "P%d", self->init);
  for (int i = 0; i < self->console_count; i++) dprintf(self->handshake, " %s", self->consoles[i].host_path);
  dprintf(self->handshake, "\n");
  char byte;
  if (read(self->handshake, &byte, 1) != 1) {
    kill(self->init, SIGKILL);
    fail("the daemon has gone");
  }
}

static void wait_for_exec(supervisor *self, int errors) {
  char text[4200];
  size_t count = 0;
  for (;;) {
    ssize_t got = read(errors, text + count, sizeof text - 1 - count);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    count += (size_t)got;
  }
  if (count == 0) return;
  text[count] = 0;
  waitpid(self->init, NULL, 0);
  dprintf(self->handshake, "%s", text);
  _exit(1);
}

void start_init(supervisor *self) {
  int go[2], errors[2];
  if (pipe2(go, O_CLOEXEC) < 0 || pipe2(errors, O_CLOEXEC) < 0) fail_errno("pipe() failed");
  self->init = (pid_t)syscall(SYS_clone, self->clone_flags | SIGCHLD, NULL, NULL, NULL, NULL);
  if (self->init < 0) fail_errno("Failed to run clone container");
  if (self->init == 0) {
    close(go[1]);
    close(errors[0]);
    be_child(self, go[0], errors[1]);
  }
  close(go[0]);
  close(errors[1]);
  write_map(self->init, "uid_map", self->uid_map);
  write_map(self->init, "gid_map", self->gid_map);
  let_network_be_made(self);
  if (write(go[1], "g", 1) != 1) fail_errno("the container's first process has gone");
  close(go[1]);
  wait_for_exec(self, errors[0]);
  close(errors[0]);
  dprintf(self->handshake, "R\n");
}
