#define _GNU_SOURCE
#include "supervisor.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int failure_descriptor = -1;
static char failure_mark;

void fail_to(int descriptor, char mark) {
  failure_descriptor = descriptor;
  failure_mark = mark;
}

__attribute__((noreturn)) static void end(const char *text) {
  dprintf(STDERR_FILENO, "Failure in libvirt_lxc startup: %s\n", text);
  if (failure_descriptor >= 0) dprintf(failure_descriptor, "%c%s\n", failure_mark, text);
  _exit(1);
}

void fail(const char *format, ...) {
  char text[4096];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  end(text);
}

void fail_errno(const char *format, ...) {
  const char *reason = strerror(errno);
  char text[4096];
  va_list args;
  va_start(args, format);
  int length = vsnprintf(text, sizeof text, format, args);
  va_end(args);
  if (length < (int)sizeof text) snprintf(text + length, sizeof text - (size_t)length, ": %s", reason);
  end(text);
}

static char *next_word(plan *self) {
  char *word = self->at;
  char *stop = memchr(word, 0, (size_t)(self->end - word));
  if (stop == NULL) fail("the plan ends in the middle of a word");
  self->at = stop + 1;
  return word;
}

bool next_step(plan *self, step *out) {
  if (self->at >= self->end) return false;
  out->count = atoi(next_word(self));
  if (out->count < 1 || out->count > MAX_WORDS) fail("the plan has a step of %d words", out->count);
  for (int i = 0; i < out->count; i++) out->word[i] = next_word(self);
  return true;
}

const char *arg(const step *one, int index) {
  if (index >= one->count) fail("the step '%s' of the plan has no word %d", one->word[0], index);
  return one->word[index];
}

unsigned long long arg_number(const step *one, int index) {
  return strtoull(arg(one, index), NULL, 0);
}
