import type { Domain } from '@modvirt/core/schema';
import type { PlanContext } from '../context.js';
import { accelerator, findMachine, machineName } from '../definition/machine.js';
import { unsupported } from './unsupported.js';

/** @throws VirError for a machine type, or a kind of guest, that the emulator has not */
export function validateMachine(domain: Domain, { caps }: PlanContext): void {
  const emulator = domain.devices.emulator ?? caps.emulator;
  if (caps.machines(accelerator(domain)).length > 0 && findMachine(caps, domain) === undefined) {
    throw unsupported(`Emulator '${emulator}' does not support machine type '${machineName(domain)}'`);
  }
  const { type } = domain.os;
  if (type === undefined || type.name === 'hvm') return;
  throw unsupported(`Emulator '${emulator}' does not support os type '${type.name}'`);
}
