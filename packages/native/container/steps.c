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

// What a word means where a device is named: the last loop device, by the name that stands for it.
static const char *source_of(const supervisor *self, const char *word) {
  return strcmp(word, "{loop}") == 0 ? self->loop_path : word;
}

static void place_of(int descriptor, char *out, size_t size) {
  snprintf(out, size, "/proc/self/fd/%d", descriptor);
}

// root PATH UID GID: where the container's root is put together, and whom the container's root user is here.
static void step_root(supervisor *self, const step *one) {
  snprintf(self->root_path, sizeof self->root_path, "%s", arg(one, 1));
  self->root_uid = (uid_t)arg_number(one, 2);
  self->root_gid = (gid_t)arg_number(one, 3);
}

// owner UID GID: whom the root user of a container that runs is here.
static void step_owner(supervisor *self, const step *one) {
  self->root_uid = (uid_t)arg_number(one, 1);
  self->root_gid = (gid_t)arg_number(one, 2);
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
  if (access(arg(one, 1), F_OK) < 0) fail_errno("Failed to access '%s'", arg(one, 1));
  if (mount(arg(one, 1), self->root_path, NULL, MS_BIND | MS_REC, NULL) < 0) {
    fail_errno("Failed to bind mount directory %s to %s", arg(one, 1), self->root_path);
  }
  unsigned long flags = (unsigned long)arg_number(one, 2);
  if (flags != 0) change_flags(self->root_path, "/", flags);
}

static void mount_device(const char *source, const char *place, const char *shown, unsigned long flags);

// base-device SOURCE FLAGS
static void step_base_device(supervisor *self, const step *one) {
  mount_device(source_of(self, arg(one, 1)), self->root_path, "/", (unsigned long)arg_number(one, 2));
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
  if (source < 0) fail_errno("Failed to access '%s'", arg(one, 1));
  bind_open(self, source, arg(one, 1), one);
}

// bind-inside SOURCE TARGET FLAGS: one that is in the container.
static void step_bind_inside(supervisor *self, const step *one) {
  int source = open_in_root(self, arg(one, 1), O_PATH);
  if (source < 0) fail_errno("Failed to stat bind source %s", arg(one, 1));
  bind_open(self, source, arg(one, 1), one);
}

// bind-group BEFORE AFTER TARGET: the control group that has our number in its name.
static void step_bind_group(supervisor *self, const step *one) {
  char path[4096];
  snprintf(path, sizeof path, "%s%d%s", arg(one, 1), self->number, arg(one, 2));
  int source = open(path, O_PATH | O_CLOEXEC);
  if (source < 0) fail_errno("Failed to open cgroup %s", path);
  step shown = {.word = {one->word[0], path, (char *)arg(one, 3), "0"}, .count = 4};
  bind_open(self, source, path, &shown);
}

// loop FILE READONLY: the file as a device, which is given back when nobody uses it any more.
static void step_loop(supervisor *self, const step *one) {
  bool readonly = arg_number(one, 2) != 0;
  int file = open(arg(one, 1), (readonly ? O_RDONLY : O_RDWR) | O_CLOEXEC);
  if (file < 0) fail_errno("Unable to open %s", arg(one, 1));
  int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
  if (control < 0) fail_errno("Unable to open %s", "/dev/loop-control");
  for (;;) {
    int number = ioctl(control, LOOP_CTL_GET_FREE);
    if (number < 0) fail_errno("Unable to get free loop device via ioctl");
    snprintf(self->loop_path, sizeof self->loop_path, "/dev/loop%d", number);
    int device = open(self->loop_path, O_RDWR | O_CLOEXEC);
    if (device < 0) fail_errno("Unable to open %s", self->loop_path);
    struct loop_config wanted = {.fd = (uint32_t)file};
    wanted.info.lo_flags = LO_FLAGS_AUTOCLEAR | (readonly ? LO_FLAGS_READ_ONLY : 0);
    snprintf((char *)wanted.info.lo_file_name, LO_NAME_SIZE, "%s", arg(one, 1));
    // It stays open here: that is what keeps it for as long as the container runs.
    if (ioctl(device, LOOP_CONFIGURE, &wanted) == 0) break;
    if (errno != EBUSY) fail_errno("Unable to attach %s to loop device", arg(one, 1));
    close(device);
  }
  close(control);
  close(file);
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
  if (mknodat(above, name, mode, device) < 0) fail_errno("Unable to create device %s", arg(one, 1));
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

// initctl RUN-LEVEL: asks an init of the old kind, by the pipe where it listens; says whether there is one.
static void step_initctl(supervisor *self, const step *one) {
  static const char *const pipes[] = {"/run/initctl", "/dev/initctl", "/etc/.initctl"};
  struct {
    int magic, command, run_level, sleep_time;
    char rest[368];
  } request = {.magic = 0x03091969, .command = 1, .run_level = *arg(one, 1)};
  for (size_t i = 0; i < sizeof pipes / sizeof *pipes; i++) {
    int pipe = open_in_root(self, pipes[i], O_WRONLY | O_NONBLOCK);
    if (pipe < 0) continue;
    struct stat facts;
    bool is_pipe = fstat(pipe, &facts) == 0 && S_ISFIFO(facts.st_mode);
    bool done = is_pipe && write(pipe, &request, sizeof request) == (ssize_t)sizeof request;
    close(pipe);
    if (!done) continue;
    printf("asked\n");
    return;
  }
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
  if (access(source, F_OK) < 0) fail_errno("Path '%s' is not accessible", source);
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
  mount_device(source_of(self, arg(one, 1)), place, arg(one, 2), (unsigned long)arg_number(one, 3));
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

// Number of a name in the container's own list of users or groups; `second` is set to the number after it.
static bool find_name(const supervisor *self, const char *file, const char *name, unsigned *first, unsigned *second) {
  int descriptor = open_in_root(self, file, O_RDONLY);
  FILE *list = descriptor < 0 ? NULL : fdopen(descriptor, "r");
  if (list == NULL) return false;
  char line[4096];
  bool found = false;
  while (!found && fgets(line, sizeof line, list) != NULL) {
    size_t length = strlen(name);
    if (strncmp(line, name, length) != 0 || line[length] != ':') continue;
    char *numbers = strchr(line + length + 1, ':');
    found = numbers != NULL && sscanf(numbers, ":%u:%u", first, second) >= 1;
  }
  fclose(list);
  return found;
}

// A number, with or without a plus in front, or a name.
static unsigned id_of(const supervisor *self, const char *file, const char *word, unsigned *second) {
  char *end;
  unsigned long number = strtoul(word, &end, 10);
  if (*word != 0 && *end == 0) return (unsigned)number;
  unsigned found;
  if (!find_name(self, file, word, &found, second)) fail("internal error: %s %s doesn't exist", strstr(file, "group") ? "Group" : "User", word);
  return found;
}

// user USER GROUP: either may be empty.
static void step_user(supervisor *self, const step *one) {
  unsigned group = 0, ignored = 0;
  if (*arg(one, 1) != 0) self->uid = id_of(self, "/etc/passwd", arg(one, 1), &group);
  self->gid = *arg(one, 2) != 0 ? id_of(self, "/etc/group", arg(one, 2), &ignored) : group;
}

// init-directory PATH
static void step_init_directory(supervisor *self, const step *one) {
  self->directory = arg(one, 1);
}

static const struct {
  const char *name;
  void (*run)(supervisor *self, const step *one);
} known[] = {
  {"root", step_root},
  {"owner", step_owner},
  {"enter-root", step_enter_root},
  {"base-bind", step_base_bind},
  {"base-device", step_base_device},
  {"mount", step_mount},
  {"bind", step_bind},
  {"bind-inside", step_bind_inside},
  {"bind-group", step_bind_group},
  {"loop", step_loop},
  {"directory", step_directory},
  {"node", step_node},
  {"remove", step_remove},
  {"initctl", step_initctl},
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
