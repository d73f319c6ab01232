// Starts a program that outlives us, from a thread of libuv's pool: neither exec on slow storage nor moving into a cgroup holds
// the loop. The child shares our memory until it runs its program (CLONE_VM), so it makes plain system calls only.
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "concerns.h"

#define STACK_SIZE (128 * 1024)
#define MAX_TARGETS 1024

typedef struct {
  uint64_t resource, soft, hard;
} limit;

typedef struct {
  int source, target;
} placement;

typedef struct {
  napi_async_work work;
  napi_deferred deferred;
  char *file, *directory;
  char **argv, **env, **cgroups;
  placement *placements;
  size_t placement_count;
  // uid, gid, then supplementary groups
  uint32_t *ids;
  size_t id_count;
  limit *limits;
  size_t limit_count;
  int umask;
  int *cgroup_files;
  size_t cgroup_count;
  pid_t pid;
  int pidfd;
  // What failed, set by either side.
  int error;
  const char *step;
} plan;

// The child's uid must not become visible to others of that uid while it still shares our memory: the kernel makes shared memory
// not dumpable when the uid changes, and one at a time nobody makes it dumpable again too early.
static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

static int fail(plan *self, const char *step) {
  self->error = errno;
  self->step = step;
  return -1;
}

static int enter_cgroups(plan *self) {
  for (size_t i = 0; i < self->cgroup_count; i++) {
    if (write(self->cgroup_files[i], "0", 1) < 0) return fail(self, "cgroup.procs");
  }
  return 0;
}

static int set_limits(plan *self) {
  for (size_t i = 0; i < self->limit_count; i++) {
    struct rlimit64 value = {.rlim_cur = self->limits[i].soft, .rlim_max = self->limits[i].hard};
    if (syscall(SYS_prlimit64, 0, self->limits[i].resource, &value, NULL) < 0) return fail(self, "setrlimit");
  }
  return 0;
}

static int place_descriptors(plan *self) {
  int highest = 2;
  for (size_t i = 0; i < self->placement_count; i++) {
    if (self->placements[i].target > highest) highest = self->placements[i].target;
  }
  // First out of the way, then into place: a source may stand where another one goes.
  for (size_t i = 0; i < self->placement_count; i++) {
    placement *one = &self->placements[i];
    one->source = fcntl(one->source, F_DUPFD_CLOEXEC, highest + 1);
    if (one->source < 0) return fail(self, "dup");
  }
  for (int fd = 3; fd <= highest; fd++) fcntl(fd, F_SETFD, FD_CLOEXEC);
  for (size_t i = 0; i < self->placement_count; i++) {
    if (dup2(self->placements[i].source, self->placements[i].target) < 0) return fail(self, "dup2");
  }
  // Whatever we were started with by somebody careless.
  if (syscall(SYS_close_range, highest + 1, ~0U, 4 /* CLOSE_RANGE_CLOEXEC */) < 0) {
    struct rlimit64 open_files = {.rlim_cur = 65536};
    syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, NULL, &open_files);
    int end = open_files.rlim_cur > 65536 ? 65536 : (int)open_files.rlim_cur;
    for (int fd = highest + 1; fd < end; fd++) fcntl(fd, F_SETFD, FD_CLOEXEC);
  }
  return 0;
}

// By system call: the C library's functions would change every thread of ours.
static int become_user(plan *self) {
  if (self->id_count < 2) return 0;
  uint32_t uid = self->ids[0], gid = self->ids[1];
  if (syscall(SYS_setgroups, self->id_count - 2, self->ids + 2) < 0) return fail(self, "setgroups");
  if (syscall(SYS_setresgid, gid, gid, gid) < 0) return fail(self, "setresgid");
  if (syscall(SYS_setresuid, uid, uid, uid) < 0) return fail(self, "setresuid");
  return 0;
}

static void reset_signals(void) {
  struct sigaction normal = {.sa_handler = SIG_DFL};
  for (int number = 1; number < NSIG; number++) sigaction(number, &normal, NULL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

static int run_child(void *data) {
  plan *self = data;
  if (setsid() < 0) fail(self, "setsid");
  if (self->error == 0) enter_cgroups(self);
  if (self->error == 0) place_descriptors(self);
  if (self->error == 0) set_limits(self);
  if (self->error == 0) become_user(self);
  if (self->error == 0 && chdir(self->directory) < 0) fail(self, "chdir");
  if (self->error == 0) {
    if (self->umask >= 0) umask((mode_t)self->umask);
    reset_signals();
    execve(self->file, self->argv, self->env);
    fail(self, "execve");
  }
  _exit(127);
}

static void clone_child(plan *self) {
  void *stack = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  if (stack == MAP_FAILED) {
    fail(self, "mmap");
    return;
  }
  sigset_t all, before;
  sigfillset(&all);
  pthread_mutex_lock(&one_at_a_time);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  int dumpable = prctl(PR_GET_DUMPABLE);
  self->pid = clone(run_child, (char *)stack + STACK_SIZE, CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, self, &self->pidfd);
  if (self->pid < 0) {
    fail(self, "clone");
  } else if (self->error != 0) {
    waitpid(self->pid, NULL, 0);
    close(self->pidfd);
  }
  if (dumpable == 1) prctl(PR_SET_DUMPABLE, 1);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  pthread_mutex_unlock(&one_at_a_time);
  munmap(stack, STACK_SIZE);
}

static int open_cgroups(plan *self) {
  size_t count = 0;
  while (self->cgroups[count] != NULL) count++;
  self->cgroup_files = calloc(count + 1, sizeof(int));
  if (self->cgroup_files == NULL) return fail(self, "calloc");
  for (size_t i = 0; i < count; i++) {
    int directory = open(self->cgroups[i], O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) return fail(self, "open");
    int file = openat(directory, "cgroup.procs", O_WRONLY | O_CLOEXEC);
    if (file < 0) fail(self, "open");
    close(directory);
    if (file < 0) return -1;
    self->cgroup_files[self->cgroup_count++] = file;
  }
  return 0;
}

static void execute(napi_env env, void *data) {
  (void)env;
  plan *self = data;
  if (open_cgroups(self) == 0) clone_child(self);
  for (size_t i = 0; i < self->cgroup_count; i++) close(self->cgroup_files[i]);
}

static void drop(plan *self) {
  free(self->file);
  free(self->directory);
  mv_free_strings(self->argv);
  mv_free_strings(self->env);
  mv_free_strings(self->cgroups);
  free(self->placements);
  free(self->ids);
  free(self->limits);
  free(self->cgroup_files);
  free(self);
}

static void complete(napi_env env, napi_status status, void *data) {
  plan *self = data;
  if (status == napi_cancelled) {
    self->error = ECANCELED;
    self->step = "spawn";
  }
  if (self->error != 0) {
    napi_reject_deferred(env, self->deferred, mv_error(env, self->error, self->step));
  } else {
    napi_resolve_deferred(env, self->deferred, mv_pair(env, self->pid, self->pidfd));
  }
  napi_delete_async_work(env, self->work);
  drop(self);
}

static bool read_plan(napi_env env, napi_value *argv, plan *self) {
  size_t size = 0;
  if ((self->file = mv_string(env, argv[0])) == NULL) return false;
  if ((self->argv = mv_strings(env, argv[1])) == NULL) return false;
  if ((self->env = mv_strings(env, argv[2])) == NULL) return false;
  if ((self->directory = mv_string(env, argv[3])) == NULL) return false;
  if ((self->cgroups = mv_strings(env, argv[4])) == NULL) return false;
  self->placements = mv_copy(env, argv[5], &size);
  self->placement_count = size / sizeof(placement);
  self->ids = mv_copy(env, argv[6], &size);
  self->id_count = size / sizeof(uint32_t);
  self->limits = mv_copy(env, argv[7], &size);
  self->limit_count = size / sizeof(limit);
  self->umask = mv_int(env, argv[8]);
  for (size_t i = 0; i < self->placement_count; i++) {
    if (self->placements[i].target < 0 || self->placements[i].target > MAX_TARGETS) {
      mv_throw_type(env, "a descriptor's number in the child is out of range");
      return false;
    }
  }
  return true;
}

// spawn(file, argv, env, directory, cgroups, Int32Array [source, target, …], Uint32Array [uid, gid, group…] or null,
//   BigUint64Array [resource, soft, hard, …], umask or -1) -> promise of [pid, pidfd]
static napi_value spawn(napi_env env, napi_callback_info info) {
  napi_value argv[9];
  mv_args(env, info, 9, argv);
  plan *self = calloc(1, sizeof *self);
  if (self == NULL) return mv_throw(env, ENOMEM, "calloc");
  self->pidfd = -1;
  if (!read_plan(env, argv, self)) {
    drop(self);
    return NULL;
  }
  napi_value promise;
  napi_create_promise(env, &self->deferred, &promise);
  napi_create_async_work(env, NULL, mv_text(env, "modvirt spawn"), execute, complete, self, &self->work);
  napi_queue_async_work(env, self->work);
  return promise;
}

const mv_function mv_spawn_functions[] = {
  {"spawn", spawn},
  {NULL, NULL},
};
