// What the processor says of itself.
#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#define MV_HAS_CPUID 1
#endif

#include <fcntl.h>
#include <linux/kvm.h>
#include <sys/ioctl.h>
#include <unistd.h>

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

// kvmMaxVcpus() -> how many processors a guest of KVM can have. It does not wait where KVM works.
static napi_value kvm_max_vcpus(napi_env env, napi_callback_info info) {
  (void)info;
  int fd = open("/dev/kvm", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return mv_throw(env, errno, "open");
  int count = ioctl(fd, KVM_CHECK_EXTENSION, KVM_CAP_MAX_VCPUS);
  if (count <= 0) count = ioctl(fd, KVM_CHECK_EXTENSION, KVM_CAP_NR_VCPUS);
  close(fd);
  return mv_number(env, count > 0 ? count : 4);
}

// kvmTscKhz() -> [kHz of the time stamp counter, 1 where it can be scaled], or undefined where KVM does not tell. It takes a
// virtual machine with one processor to ask.
static napi_value kvm_tsc_khz(napi_env env, napi_callback_info info) {
  (void)info;
  int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
  if (kvm < 0) return mv_throw(env, errno, "open");
  int machine = -1, processor = -1, khz = -1;
  const int scaling = ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_TSC_CONTROL);
  if (ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_GET_TSC_KHZ) > 0) machine = ioctl(kvm, KVM_CREATE_VM, 0);
  if (machine >= 0) processor = ioctl(machine, KVM_CREATE_VCPU, 0);
  if (processor >= 0) khz = ioctl(processor, KVM_GET_TSC_KHZ, 0);
  if (processor >= 0) close(processor);
  if (machine >= 0) close(machine);
  close(kvm);
  return khz > 0 ? mv_pair(env, khz, scaling > 0) : mv_undefined(env);
}

// kvmMsr(index) -> [low, high] of a model-specific register that tells what the processor can do, as KVM shows it to guests;
// undefined where there is no such register
static napi_value kvm_msr(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  mv_args(env, info, 1, argv);
#ifdef MV_HAS_CPUID
  struct {
    struct kvm_msrs header;
    struct kvm_msr_entry entry;
  } question = {.header = {.nmsrs = 1}};
  napi_get_value_uint32(env, argv[0], &question.entry.index);
  int fd = open("/dev/kvm", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return mv_throw(env, errno, "open");
  int count = ioctl(fd, KVM_GET_MSRS, &question);
  close(fd);
  if (count != 1) return mv_undefined(env);
  napi_value answer;
  napi_create_array_with_length(env, 2, &answer);
  napi_set_element(env, answer, 0, mv_number(env, (uint32_t)question.entry.data));
  napi_set_element(env, answer, 1, mv_number(env, (uint32_t)(question.entry.data >> 32)));
  return answer;
#else
  return mv_undefined(env);
#endif
}

const mv_function mv_cpu_functions[] = {
  {"cpuid", cpuid_call},
  {"kvmMaxVcpus", kvm_max_vcpus},
  {"kvmTscKhz", kvm_tsc_khz},
  {"kvmMsr", kvm_msr},
  {NULL, NULL},
};
