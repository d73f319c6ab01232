import type { Domain } from '@modvirt/core/schema';
import type { PlanContext } from '../context.js';
import { accelerator, findMachine, machineName } from '../definition/machine.js';
import { unsupported } from './unsupported.js';

/** @throws VirError for a machine type that the emulator has not */
export function validateMachine(domain: Domain, { caps }: PlanContext): void {
  if (caps.machines(accelerator(domain)).length === 0 || findMachine(caps, domain) !== undefined) return;
  const emulator = domain.devices.emulator ?? caps.emulator;
  throw unsupported(`Emulator '${emulator}' does not support machine type '${machineName(domain)}'`);
}
