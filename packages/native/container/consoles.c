// Terminals: one on the host for each of the container's.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "supervisor.h"

void open_consoles(supervisor *self) {
  for (int i = 0; i < self->console_count; i++) {
    console *one = &self->consoles[i];
    one->guest = -1;
    one->host = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (one->host < 0 || grantpt(one->host) < 0 || unlockpt(one->host) < 0 ||
        ptsname_r(one->host, one->host_path, sizeof one->host_path) != 0) {
      fail_errno("Failed to allocate tty");
    }
    // Opened and closed once: from then on the kernel says whether somebody has it open.
    int peer = open(one->host_path, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (peer < 0) fail_errno("Failed to open tty %s", one->host_path);
    struct termios raw;
    if (tcgetattr(peer, &raw) < 0) fail_errno("Failed to set tty attributes");
    cfmakeraw(&raw);
    if (tcsetattr(peer, TCSANOW, &raw) < 0) fail_errno("Failed to set tty attributes");
    close(peer);
  }
}

void open_guest_console(supervisor *self, console *one) {
  one->guest = open_in_root(self, "/dev/pts/ptmx", O_PATH);
  char place[64];
  snprintf(place, sizeof place, "/proc/self/fd/%d", one->guest);
  int master = one->guest < 0 ? -1 : open(place, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (master < 0) fail_errno("Failed to allocate tty");
  close(one->guest);
  one->guest = master;
  int unlock = 0;
  if (ioctl(master, TIOCSPTLCK, &unlock) < 0 || ioctl(master, TIOCGPTN, &one->guest_number) < 0) {
    fail_errno("Failed to allocate tty");
  }
  char target[64], source[64];
  snprintf(source, sizeof source, "/dev/pts/%d", one->guest_number);
  int terminal = open_in_root(self, source, O_PATH);
  snprintf(place, sizeof place, "/proc/self/fd/%d", terminal);
  if (terminal < 0 || chown(place, self->root_uid, (gid_t)-1) < 0) fail_errno("Failed to change owner of %s", source);
  int index = (int)(one - self->consoles);
  // The first is the console as well.
  for (int which = index == 0 ? 0 : 1; which < 2; which++) {
    if (which == 0) snprintf(target, sizeof target, "/dev/console");
    else snprintf(target, sizeof target, "/dev/tty%d", index + 1);
    int at = make_in_root(self, target, false);
    char to[64];
    snprintf(to, sizeof to, "/proc/self/fd/%d", at);
    if (at < 0 || mount(place, to, NULL, MS_BIND, NULL) < 0) fail_errno("Failed to bind %s to %s", source, target);
    close(at);
  }
  // Held open: a terminal that nobody has open would end, and only be there again when somebody opened it.
  if (open(place, O_RDWR | O_NOCTTY | O_CLOEXEC) < 0) fail_errno("Failed to open tty %s", source);
  close(terminal);
}
