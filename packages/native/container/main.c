// modvirt-container run NAME CONSOLES: descriptor 3 has the plan, 4 is joined with the daemon, 5 listens for its successors.
// modvirt-container enter ROOT: carries out the plan of descriptor 3 on a container that runs, whose root is at ROOT.
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "supervisor.h"

#define PLAN 3
#define HANDSHAKE 4
#define LISTENER 5

static plan read_plan(void) {
  struct stat facts;
  if (fstat(PLAN, &facts) < 0 || facts.st_size == 0) fail("there is no plan");
  char *text = mmap(NULL, (size_t)facts.st_size, PROT_READ, MAP_PRIVATE, PLAN, 0);
  if (text == MAP_FAILED) fail_errno("Failed to read the plan");
  close(PLAN);
  return (plan){.at = text, .end = text + facts.st_size};
}

static void enter(supervisor *self, const char *root) {
  snprintf(self->root_path, sizeof self->root_path, "%s", root);
  self->root = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (self->root < 0) fail_errno("Failed to open the root of the container %s", root);
  step last;
  run_steps(self, NULL, &last);
}

// Everything up to here can be seen from the host; from here on what is mounted is ours alone.
static void leave_host_mounts(void) {
  if (unshare(CLONE_NEWNS) < 0) fail_errno("Cannot unshare mount namespace");
  if (mount("", "/", NULL, MS_SLAVE | MS_REC, NULL) < 0) fail_errno("Failed to switch root mount into slave mode");
}

static void run(supervisor *self) {
  self->number = getpid();
  self->handshake = HANDSHAKE;
  self->listener = LISTENER;
  fcntl(HANDSHAKE, F_SETFD, FD_CLOEXEC);
  fcntl(LISTENER, F_SETFD, FD_CLOEXEC);
  fail_to(HANDSHAKE, 'E');
  char byte;
  if (read(HANDSHAKE, &byte, 1) != 1) _exit(1);
  open_consoles(self);
  leave_host_mounts();
  step last;
  run_steps(self, "start", &last);
  start_init(self);
  fail_to(-1, 0);
  supervise(self);
}

int main(int argc, char **argv) {
  static supervisor self;
  self.root = -1;
  umask(022);
  if (argc == 3 && strcmp(argv[1], "enter") == 0) {
    self.steps = read_plan();
    enter(&self, argv[2]);
    return 0;
  }
  if (argc == 4 && strcmp(argv[1], "run") == 0) {
    self.console_count = atoi(argv[3]);
    if (self.console_count < 0 || self.console_count > MAX_CONSOLES) fail("there can be %d consoles", MAX_CONSOLES);
    self.steps = read_plan();
    prctl(PR_SET_NAME, "libvirt_lxc");
    run(&self);
  }
  fprintf(stderr, "usage: %s run NAME CONSOLES | enter ROOT\n", argv[0]);
  return 2;
}
