// What the processor says of itself.
#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#define MV_HAS_CPUID 1
#endif

#include "concerns.h"

// cpuid(leaf, subleaf) -> [eax, ebx, ecx, edx], or undefined where there is no such instruction
static napi_value cpuid_call(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  mv_args(env, info, 2, argv);
#ifdef MV_HAS_CPUID
  uint32_t leaf = 0, subleaf = 0, registers[4] = {0};
  napi_get_value_uint32(env, argv[0], &leaf);
  napi_get_value_uint32(env, argv[1], &subleaf);
  __cpuid_count(leaf, subleaf, registers[0], registers[1], registers[2], registers[3]);
  napi_value answer;
  napi_create_array_with_length(env, 4, &answer);
  for (uint32_t at = 0; at < 4; at++) napi_set_element(env, answer, at, mv_number(env, registers[at]));
  return answer;
#else
  return mv_undefined(env);
#endif
}

const mv_function mv_cpu_functions[] = {
  {"cpuid", cpuid_call},
  {NULL, NULL},
};
