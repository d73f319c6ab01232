// The program that runs beside a container: it makes the container as its plan says, holds its consoles and says how it ended.
// It decides nothing itself.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define MAX_CONSOLES 64
#define MAX_WORDS 512

// One step of a plan: a name and its arguments.
typedef struct {
  char *word[MAX_WORDS];
  int count;
} step;

// A plan: steps, each its number of words and the words, every one of them ended by a zero byte.
typedef struct {
  char *at, *end;
} plan;

// How a container's consoles are joined with the host's.
typedef struct {
  int host, guest;
  char host_path[64];
  int guest_number;
  bool attached;
  // Output that nobody has read yet, the last of it.
  char kept[4096];
  size_t kept_count;
  // What was typed and the container has not taken yet.
  char typed[1024];
  size_t typed_count;
} console;

typedef struct {
  plan steps;
  int handshake, listener;
  int root;
  char root_path[4096];
  console consoles[MAX_CONSOLES];
  int console_count;
  uid_t root_uid;
  gid_t root_gid;
  // What the next clone separates, and the maps of its users and groups.
  unsigned long clone_flags;
  const char *uid_map, *gid_map;
  // Our number, and the first process of the container.
  pid_t number, init;
  // The device that was made of an image last.
  char loop_path[32];
  uint64_t capabilities;
  bool has_capabilities;
  uid_t uid;
  gid_t gid;
  const char *directory;
} supervisor;

// Ends the program, or the child before its init runs, with libvirt's words in the log and to whoever waits.
__attribute__((noreturn, format(printf, 1, 2))) void fail(const char *format, ...);
// The same, with what the system says.
__attribute__((noreturn, format(printf, 1, 2))) void fail_errno(const char *format, ...);
// Where failures are told: a pipe or socket.
void fail_to(int descriptor, char mark);

bool next_step(plan *self, step *out);
const char *arg(const step *one, int index);
unsigned long long arg_number(const step *one, int index);

// Carries out steps up to the one called `until`, which is left in `last`.
void run_steps(supervisor *self, const char *until, step *last);

int open_in_root(const supervisor *self, const char *path, int flags);
int make_in_root(const supervisor *self, const char *path, bool directory);
// The directory that holds `path`, made if need be; `name` is set to the last part.
int parent_in_root(const supervisor *self, const char *path, const char **name);

void open_consoles(supervisor *self);
void open_guest_console(supervisor *self, console *one);

void start_init(supervisor *self);
__attribute__((noreturn)) void supervise(supervisor *self);
