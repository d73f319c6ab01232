// Users and groups. A name service may ask the network, so look-ups run in libuv's pool.
#define _GNU_SOURCE
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "concerns.h"

#define MAX_GROUPS 65536
#define TEXT_SIZE (1 << 20)

typedef struct {
  napi_async_work work;
  napi_deferred deferred;
  // Who is asked for: a name, or a number when it is NULL.
  char *name;
  uint32_t number;
  bool wants_group;
  int error;
  bool found;
  uint32_t uid;
  uint32_t gid;
  char *found_name;
  char *home;
  gid_t *groups;
  int group_count;
} lookup;

static void find_groups(lookup *self, const struct passwd *entry) {
  int count = 64;
  for (;;) {
    gid_t *groups = realloc(self->groups, (size_t)count * sizeof(gid_t));
    if (groups == NULL) {
      self->error = ENOMEM;
      return;
    }
    self->groups = groups;
    self->group_count = count;
    if (getgrouplist(entry->pw_name, entry->pw_gid, groups, &self->group_count) >= 0) return;
    if (count >= MAX_GROUPS) {
      self->error = E2BIG;
      return;
    }
    count = self->group_count > count ? self->group_count : count * 2;
  }
}

static void find_user(lookup *self, char *text) {
  struct passwd entry, *result = NULL;
  self->error = self->name != NULL ? getpwnam_r(self->name, &entry, text, TEXT_SIZE, &result)
                                   : getpwuid_r(self->number, &entry, text, TEXT_SIZE, &result);
  if (result == NULL) return;
  self->found = true;
  self->uid = entry.pw_uid;
  self->gid = entry.pw_gid;
  self->found_name = strdup(entry.pw_name);
  self->home = strdup(entry.pw_dir);
  find_groups(self, &entry);
}

static void find_group(lookup *self, char *text) {
  struct group entry, *result = NULL;
  self->error = self->name != NULL ? getgrnam_r(self->name, &entry, text, TEXT_SIZE, &result)
                                   : getgrgid_r(self->number, &entry, text, TEXT_SIZE, &result);
  if (result == NULL) return;
  self->found = true;
  self->gid = entry.gr_gid;
  self->found_name = strdup(entry.gr_name);
}

static void execute(napi_env env, void *data) {
  (void)env;
  lookup *self = data;
  char *text = malloc(TEXT_SIZE);
  if (text == NULL) {
    self->error = ENOMEM;
    return;
  }
  if (self->wants_group) {
    find_group(self, text);
  } else {
    find_user(self, text);
  }
  free(text);
  // Some name services answer so for a name that is not there.
  if (!self->found && (self->error == ENOENT || self->error == ESRCH)) self->error = 0;
}

static napi_value result_of(napi_env env, const lookup *self) {
  if (!self->found) return mv_undefined(env);
  napi_value result = mv_object(env);
  mv_set(env, result, "name", mv_text(env, self->found_name == NULL ? "" : self->found_name));
  mv_set(env, result, "gid", mv_number(env, self->gid));
  if (self->wants_group) return result;
  mv_set(env, result, "uid", mv_number(env, self->uid));
  mv_set(env, result, "home", mv_text(env, self->home == NULL ? "" : self->home));
  napi_value groups;
  napi_create_array_with_length(env, (size_t)self->group_count, &groups);
  for (int i = 0; i < self->group_count; i++) {
    napi_set_element(env, groups, (uint32_t)i, mv_number(env, self->groups[i]));
  }
  mv_set(env, result, "groups", groups);
  return result;
}

static void complete(napi_env env, napi_status status, void *data) {
  lookup *self = data;
  if (status == napi_cancelled) self->error = ECANCELED;
  if (self->error != 0) {
    napi_reject_deferred(env, self->deferred, mv_error(env, self->error, self->wants_group ? "getgrnam" : "getpwnam"));
  } else {
    napi_resolve_deferred(env, self->deferred, result_of(env, self));
  }
  napi_delete_async_work(env, self->work);
  free(self->name);
  free(self->found_name);
  free(self->home);
  free(self->groups);
  free(self);
}

static napi_value begin(napi_env env, napi_callback_info info, bool wants_group) {
  napi_value argv[1];
  mv_args(env, info, 1, argv);
  lookup *self = calloc(1, sizeof *self);
  if (self == NULL) return mv_throw(env, ENOMEM, "calloc");
  self->wants_group = wants_group;
  if (napi_get_value_uint32(env, argv[0], &self->number) != napi_ok) {
    self->name = mv_string(env, argv[0]);
    if (self->name == NULL) {
      free(self);
      return NULL;
    }
  }
  napi_value promise;
  napi_create_promise(env, &self->deferred, &promise);
  napi_create_async_work(env, NULL, mv_text(env, "modvirt account"), execute, complete, self, &self->work);
  napi_queue_async_work(env, self->work);
  return promise;
}

// findUser(name or uid) -> promise of {name, uid, gid, home, groups} or undefined
static napi_value find_user_begin(napi_env env, napi_callback_info info) {
  return begin(env, info, false);
}

// findGroup(name or gid) -> promise of {name, gid} or undefined
static napi_value find_group_begin(napi_env env, napi_callback_info info) {
  return begin(env, info, true);
}

const mv_function mv_account_functions[] = {
  {"findUser", find_user_begin},
  {"findGroup", find_group_begin},
  {NULL, NULL},
};
