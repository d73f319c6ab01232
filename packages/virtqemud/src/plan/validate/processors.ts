import type { Domain } from '@modvirt/core/schema';
import type { PlanContext } from '../context.js';
import { findMachine } from '../definition/machine.js';
import type { GuestCpu } from '../definition/types.js';
import { unsupported } from './unsupported.js';

/** @throws VirError for what no processor of QEMU's can be */
export function validateProcessors(domain: Domain, cx: PlanContext): void {
  checkCounts(domain, cx);
  const { cpu } = domain;
  if (cpu === undefined) return;
  checkCache(cpu);
  checkAddressSize(cpu);
}

function checkCounts(domain: Domain, cx: PlanContext): void {
  const { vcpu, vcpus, cpu } = domain;
  const limit = findMachine(cx.caps, domain)?.maxCpus ?? 0;
  if (limit > 0 && vcpu.count > limit) {
    throw unsupported(`Maximum CPUs greater than specified machine type limit ${limit}`);
  }
  const topology = cpu?.topology;
  if (topology !== undefined) {
    const { sockets, dies, clusters, cores, threads } = topology;
    if (sockets * dies * clusters * cores * threads !== vcpu.count) {
      throw unsupported("CPU topology doesn't match maximum vcpu count");
    }
  }
  if (vcpus.some((it) => it.id === 0 && !it.enabled)) throw unsupported("vcpu 0 can't be offline");
}

function isHostCpu(cpu: GuestCpu): boolean {
  return cpu.mode === 'host-passthrough' || cpu.mode === 'maximum';
}

/** The level of the cache that QEMU can emulate. */
const EMULATED_LEVEL = 3;

function checkCache(cpu: GuestCpu): void {
  switch (cpu.cache?.mode) {
    case 'emulate':
      if (cpu.cache.level !== EMULATED_LEVEL) {
        throw unsupported("CPU cache mode 'emulate' can only be used with level='3'");
      }
      return;
    case 'passthrough':
      if (!isHostCpu(cpu)) {
        throw unsupported(
          `CPU cache mode 'passthrough' can only be used with 'host-passthrough' / 'maximum' CPUs`,
        );
      }
      if (cpu.cache.level !== undefined) {
        throw unsupported("unsupported CPU cache level for mode 'passthrough'");
      }
      return;
    case 'disable':
      if (cpu.cache.level !== undefined) throw unsupported("unsupported CPU cache level for mode 'disable'");
      return;
    case undefined:
  }
}

function checkAddressSize(cpu: GuestCpu): void {
  const size = cpu.maxphysaddr;
  if (size === undefined) return;
  if (size.mode === 'passthrough') {
    if (!isHostCpu(cpu)) {
      throw unsupported(
        `CPU maximum physical address bits mode 'passthrough' can only be used with ` +
          `'host-passthrough' / 'maximum' CPUs`,
      );
    }
    if (size.bits !== undefined) {
      throw unsupported(
        "CPU maximum physical address bits number specification cannot be used with mode='passthrough'",
      );
    }
    return;
  }
  if (size.limit !== undefined) {
    throw unsupported("CPU maximum physical address bits limit cannot be used with mode='emulate'");
  }
}
