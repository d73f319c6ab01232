#include "concerns.h"

static const mv_function *const tables[] = {
  mv_account_functions, mv_attribute_functions, mv_cpu_functions,    mv_descriptor_functions, mv_file_functions, mv_lock_functions,
  mv_poll_functions,    mv_process_functions,   mv_socket_functions, mv_spawn_functions,      mv_tap_functions,
  mv_terminal_functions, mv_transfer_functions,
};

NAPI_MODULE_INIT() {
  for (size_t t = 0; t < sizeof tables / sizeof *tables; t++) {
    for (const mv_function *one = tables[t]; one->name != NULL; one++) {
      napi_value function;
      if (napi_create_function(env, one->name, NAPI_AUTO_LENGTH, one->call, NULL, &function) != napi_ok) return NULL;
      mv_set(env, exports, one->name, function);
    }
  }
  return exports;
}
