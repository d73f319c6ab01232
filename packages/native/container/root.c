// Paths inside the container's root. The root belongs to somebody else: no link in it leads out of it.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "supervisor.h"

int open_in_root(const supervisor *self, const char *path, int flags) {
  struct open_how how = {
    .flags = (unsigned long long)(flags | O_CLOEXEC),
    .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
  };
  while (*path == '/') path++;
  return (int)syscall(SYS_openat2, self->root, *path == 0 ? "." : path, &how, sizeof how);
}

// Directories above are made as they are missing, each inside what was found before.
static int make_directories(const supervisor *self, const char *path) {
  char so_far[4096];
  size_t length = strlen(path);
  if (length >= sizeof so_far) {
    errno = ENAMETOOLONG;
    return -1;
  }
  int here = open_in_root(self, "/", O_PATH | O_DIRECTORY);
  for (size_t i = 0; here >= 0 && i <= length; i++) {
    so_far[i] = path[i];
    if (i == 0 || (path[i] != '/' && path[i] != 0) || path[i - 1] == '/') continue;
    so_far[i] = 0;
    int next = open_in_root(self, so_far, O_PATH | O_DIRECTORY);
    if (next < 0 && errno == ENOENT) {
      const char *name = strrchr(so_far, '/');
      name = name == NULL ? so_far : name + 1;
      if (mkdirat(here, name, 0755) == 0) {
        if (fchownat(here, name, self->root_uid, self->root_gid, AT_SYMLINK_NOFOLLOW) < 0) next = -1;
        next = open_in_root(self, so_far, O_PATH | O_DIRECTORY);
      }
    }
    close(here);
    here = next;
    so_far[i] = path[i];
  }
  return here;
}

int parent_in_root(const supervisor *self, const char *path, const char **name) {
  char above[4096];
  const char *slash = strrchr(path, '/');
  *name = slash == NULL ? path : slash + 1;
  size_t length = slash == NULL ? 0 : (size_t)(slash - path);
  if (length >= sizeof above) {
    errno = ENAMETOOLONG;
    return -1;
  }
  memcpy(above, path, length);
  above[length] = 0;
  return make_directories(self, above);
}

int make_in_root(const supervisor *self, const char *path, bool directory) {
  if (directory) return make_directories(self, path);
  int found = open_in_root(self, path, O_PATH);
  if (found >= 0 || errno != ENOENT) return found;
  const char *name;
  int above = parent_in_root(self, path, &name);
  if (above < 0) return -1;
  int made = openat(above, name, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0644);
  close(above);
  if (made < 0) return -1;
  close(made);
  return open_in_root(self, path, O_PATH);
}
