// The steps of a plan, each in one function.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/loop.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "supervisor.h"

static void place_of(int descriptor, char *out, size_t size) {
  snprintf(out, size, "/proc/self/fd/%d", descriptor);
}

// root PATH UID GID: where the container's root is put together, and whom the container's root user is here.
static void step_root(supervisor *self, const step *one) {
  snprintf(self->root_path, sizeof self->root_path, "%s", arg(one, 1));
  self->root_uid = (uid_t)arg_number(one, 2);
  self->root_gid = (gid_t)arg_number(one, 3);
}

// enter-root: from now on paths are looked up in what has been mounted there.
static void step_enter_root(supervisor *self, const step *one) {
  (void)one;
  if (self->root >= 0) close(self->root);
  self->root = open(self->root_path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (self->root < 0) fail_errno("Failed to open the root of the container %s", self->root_path);
}

static void change_flags(const char *place, const char *shown, unsigned long flags) {
  if (mount(NULL, place, NULL, MS_REMOUNT | MS_BIND | flags, NULL) < 0) {
    fail_errno("Failed to re-mount %s flags=0x%lx", shown, flags);
  }
}

// base-bind SOURCE FLAGS: a directory of the host becomes the root.
static void step_base_bind(supervisor *self, const step *one) {
  if (mount(arg(one, 1), self->root_path, NULL, MS_BIND | MS_REC, NULL) < 0) {
    fail_errno("Failed to bind mount directory %s to %s", arg(one, 1), self->root_path);
  }
  unsigned long flags = (unsigned long)arg_number(one, 2);
  if (flags != 0) change_flags(self->root_path, "/", flags);
}

static void mount_device(const char *source, const char *place, const char *shown, unsigned long flags);

// base-device SOURCE FLAGS
static void step_base_device(supervisor *self, const step *one) {
  mount_device(arg(one, 1), self->root_path, "/", (unsigned long)arg_number(one, 2));
}

// mount SOURCE TARGET TYPE FLAGS DATA: TARGET is made if it is missing.
static void step_mount(supervisor *self, const step *one) {
  const char *target = arg(one, 2), *data = arg(one, 5);
  int at = make_in_root(self, target, true);
  if (at < 0) fail_errno("Failed to create %s", target);
  char place[64];
  place_of(at, place, sizeof place);
  if (mount(arg(one, 1), place, arg(one, 3), (unsigned long)arg_number(one, 4), *data ? data : NULL) < 0) {
    fail_errno("Failed to mount %s on %s type %s flags=0x%llx", arg(one, 1), target, arg(one, 3), arg_number(one, 4));
  }
  close(at);
}

// Puts SOURCE, already open, at TARGET.
static void bind_open(supervisor *self, int source, const char *shown, const step *one) {
  const char *target = arg(one, 2);
  struct stat facts;
  if (fstat(source, &facts) < 0) fail_errno("Failed to stat bind source %s", shown);
  int at = make_in_root(self, target, S_ISDIR(facts.st_mode));
  if (at < 0) fail_errno("Failed to create bind target %s", target);
  char from[64], to[64];
  place_of(source, from, sizeof from);
  place_of(at, to, sizeof to);
  if (mount(from, to, NULL, MS_BIND | MS_REC, NULL) < 0) {
    fail_errno("Failed to bind mount directory %s to %s", shown, target);
  }
  close(at);
  close(source);
  unsigned long flags = (unsigned long)arg_number(one, 3);
  if (flags == 0) return;
  at = open_in_root(self, target, O_PATH);
  if (at < 0) fail_errno("Failed to open %s", target);
  place_of(at, to, sizeof to);
  change_flags(to, target, flags);
  close(at);
}

// bind SOURCE TARGET FLAGS: a file or directory of the host.
static void step_bind(supervisor *self, const step *one) {
  int source = open(arg(one, 1), O_PATH | O_CLOEXEC);
  if (source < 0) fail_errno("Failed to stat bind source %s", arg(one, 1));
  bind_open(self, source, arg(one, 1), one);
}

// bind-inside SOURCE TARGET FLAGS: one that is in the container.
static void step_bind_inside(supervisor *self, const step *one) {
  int source = open_in_root(self, arg(one, 1), O_PATH);
  if (source < 0) fail_errno("Failed to stat bind source %s", arg(one, 1));
  bind_open(self, source, arg(one, 1), one);
}

// directory PATH MODE
static void step_directory(supervisor *self, const step *one) {
  int at = make_in_root(self, arg(one, 1), true);
  if (at < 0) fail_errno("Failed to create %s", arg(one, 1));
  char place[64];
  place_of(at, place, sizeof place);
  if (chmod(place, (mode_t)arg_number(one, 2)) < 0) fail_errno("Failed to change mode of %s", arg(one, 1));
  close(at);
}

// node PATH MODE MAJOR MINOR
static void step_node(supervisor *self, const step *one) {
  const char *name;
  int above = parent_in_root(self, arg(one, 1), &name);
  if (above < 0) fail_errno("Failed to create directory for device %s", arg(one, 1));
  mode_t mode = (mode_t)arg_number(one, 2);
  dev_t device = makedev((unsigned)arg_number(one, 3), (unsigned)arg_number(one, 4));
  unlinkat(above, name, 0);
  if (mknodat(above, name, mode, device) < 0) fail_errno("Failed to make device %s", arg(one, 1));
  if (fchmodat(above, name, mode & 07777, 0) < 0) fail_errno("Failed to change mode of %s", arg(one, 1));
  if (fchownat(above, name, self->root_uid, self->root_gid, AT_SYMLINK_NOFOLLOW) < 0) {
    fail_errno("Failed to change owner of %s", arg(one, 1));
  }
  close(above);
}

// remove PATH: a device that the container has no longer.
static void step_remove(supervisor *self, const step *one) {
  const char *name;
  int above = parent_in_root(self, arg(one, 1), &name);
  if (above < 0) fail_errno("Unable to remove device %s", arg(one, 1));
  if (unlinkat(above, name, 0) < 0 && errno != ENOENT) fail_errno("Unable to remove device %s", arg(one, 1));
  close(above);
}

// link TEXT PATH
static void step_link(supervisor *self, const step *one) {
  const char *name;
  int above = parent_in_root(self, arg(one, 2), &name);
  if (above < 0) fail_errno("Failed to symlink device %s to %s", arg(one, 2), arg(one, 1));
  if (symlinkat(arg(one, 1), above, name) < 0 && errno != EEXIST) {
    fail_errno("Failed to symlink device %s to %s", arg(one, 2), arg(one, 1));
  }
  close(above);
}

static bool try_types(const char *source, const char *place, unsigned long flags, const char *file) {
  FILE *list = fopen(file, "re");
  if (list == NULL) return false;
  char line[256];
  bool done = false;
  while (!done && fgets(line, sizeof line, list) != NULL) {
    char *type = line + strspn(line, " \t");
    if (strncmp(type, "nodev", 5) == 0 || *type == '#' || *type == '*' || *type == '\n') continue;
    type[strcspn(type, "\n")] = 0;
    done = mount(source, place, type, flags, NULL) == 0;
  }
  fclose(list);
  return done;
}

// The kernel's own file systems, one after the other, as mount(8) does for one that is not named.
static void mount_device(const char *source, const char *place, const char *shown, unsigned long flags) {
  if (try_types(source, place, flags, "/etc/filesystems")) return;
  if (try_types(source, place, flags, "/proc/filesystems")) return;
  fail("Failed to mount device %s to %s, unable to detect filesystem", source, shown);
}

// mount-device SOURCE TARGET FLAGS
static void step_mount_device(supervisor *self, const step *one) {
  int at = make_in_root(self, arg(one, 2), true);
  if (at < 0) fail_errno("Failed to create %s", arg(one, 2));
  char place[64];
  place_of(at, place, sizeof place);
  mount_device(arg(one, 1), place, arg(one, 2), (unsigned long)arg_number(one, 3));
  close(at);
}

// console INDEX: a terminal of the container's own, reached at its usual places.
static void step_console(supervisor *self, const step *one) {
  int index = (int)arg_number(one, 1);
  if (index >= self->console_count) fail("there is no console %d", index);
  open_guest_console(self, &self->consoles[index]);
}

// clone FLAGS UID-MAP GID-MAP
static void step_clone(supervisor *self, const step *one) {
  self->clone_flags = (unsigned long)arg_number(one, 1);
  self->uid_map = arg(one, 2);
  self->gid_map = arg(one, 3);
}

// join DESCRIPTOR: a namespace that is shared with others.
static void step_join(supervisor *self, const step *one) {
  (void)self;
  int descriptor = (int)arg_number(one, 1);
  if (setns(descriptor, 0) < 0) fail_errno("Unable to enter namespace");
  close(descriptor);
}

// sysfs FLAGS: the container's own, or the host's where its network is the host's too.
static void step_sysfs(supervisor *self, const step *one) {
  unsigned long flags = (unsigned long)arg_number(one, 1);
  int at = make_in_root(self, "/sys", true);
  if (at < 0) fail_errno("Failed to create %s", "/sys");
  char place[64];
  place_of(at, place, sizeof place);
  if (mount("sysfs", place, "sysfs", flags, NULL) < 0) {
    if (errno != EPERM || mount("/sys", place, NULL, MS_BIND | MS_REC, NULL) < 0) {
      fail_errno("Failed to mount %s on %s type %s flags=0x%lx", "sysfs", "/sys", "sysfs", flags);
    }
  }
  close(at);
}

// own-root: the tree as a mount of the container's own namespace. Comes before `become-root`: what leads to it may be for the
// host's root only.
static void step_own_root(supervisor *self, const step *one) {
  if (mount(self->root_path, self->root_path, NULL, MS_BIND | MS_REC, NULL) < 0) fail_errno("Failed to bind the new root");
  step_enter_root(self, one);
}

// become-root: of the container's user namespace.
static void step_become_root(supervisor *self, const step *one) {
  (void)self;
  (void)one;
  if (setgroups(0, NULL) < 0) fail_errno("setgroups() failed");
  if (setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0) fail_errno("setuid or setgid failed");
  self->root_uid = 0;
  self->root_gid = 0;
}

// pivot: the root becomes what it was built for, and the host's is gone.
static void step_pivot(supervisor *self, const step *one) {
  if (fchdir(self->root) < 0) fail_errno("Failed to chdir into %s", self->root_path);
  if (syscall(SYS_pivot_root, ".", ".") < 0) fail_errno("Failed to pivot root");
  if (mount(NULL, ".", NULL, MS_SLAVE | MS_REC, NULL) < 0) fail_errno("Failed to make the old root a slave");
  if (umount2(".", MNT_DETACH) < 0) fail_errno("Failed to unmount the old root");
  if (chdir("/") < 0) fail_errno("Failed to chdir into /");
  snprintf(self->root_path, sizeof self->root_path, "/");
  step_enter_root(self, one);
}

// capabilities MASK: those that stay.
static void step_capabilities(supervisor *self, const step *one) {
  self->capabilities = arg_number(one, 1);
  self->has_capabilities = true;
}

// user UID GID
static void step_user(supervisor *self, const step *one) {
  self->uid = (uid_t)arg_number(one, 1);
  self->gid = (gid_t)arg_number(one, 2);
}

// directory-of-init PATH
static void step_init_directory(supervisor *self, const step *one) {
  self->directory = arg(one, 1);
}

static const struct {
  const char *name;
  void (*run)(supervisor *self, const step *one);
} known[] = {
  {"root", step_root},
  {"enter-root", step_enter_root},
  {"base-bind", step_base_bind},
  {"base-device", step_base_device},
  {"mount", step_mount},
  {"bind", step_bind},
  {"bind-inside", step_bind_inside},
  {"directory", step_directory},
  {"node", step_node},
  {"remove", step_remove},
  {"link", step_link},
  {"mount-device", step_mount_device},
  {"console", step_console},
  {"clone", step_clone},
  {"join", step_join},
  {"sysfs", step_sysfs},
  {"own-root", step_own_root},
  {"become-root", step_become_root},
  {"pivot", step_pivot},
  {"capabilities", step_capabilities},
  {"user", step_user},
  {"init-directory", step_init_directory},
};

static void run_step(supervisor *self, const step *one) {
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    if (strcmp(known[i].name, one->word[0]) != 0) continue;
    known[i].run(self, one);
    return;
  }
  fail("the plan has a step '%s' that nobody knows", one->word[0]);
}

void run_steps(supervisor *self, const char *until, step *last) {
  while (next_step(&self->steps, last)) {
    if (until != NULL && strcmp(last->word[0], until) == 0) return;
    run_step(self, last);
  }
  if (until != NULL) fail("the plan has no step '%s'", until);
}
