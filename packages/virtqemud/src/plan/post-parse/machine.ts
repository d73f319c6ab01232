import { VirError } from '@modvirt/core/errors';
import type { PlanContext } from '../context.js';
import type { DomainDraft } from '../definition/draft.js';
import { accelerator, canonicalMachine } from '../definition/machine.js';

/** A 64-bit emulator runs 32-bit guests too. */
function runsOn(arch: string, emulator: string): boolean {
  return arch === emulator || (arch === 'i686' && emulator === 'x86_64');
}

/** What runs in QEMU; other hypervisors' guests do not. */
const TYPES: ReadonlySet<string> = new Set(['qemu', 'kvm', 'hvf']);

/** Which machine, and what runs it. */
export function fillMachine(domain: DomainDraft, cx: PlanContext): void {
  const { caps } = cx;
  const kind = accelerator(domain);
  domain.devices.emulator ||= caps.emulator;
  domain.os.type ??= { name: 'hvm' };
  const type = domain.os.type;
  type.arch ??= caps.arch;
  if (!runsOn(type.arch, caps.arch)) {
    throw VirError.of(
      'CONFIG_UNSUPPORTED',
      `Emulator '${domain.devices.emulator}' does not support arch '${type.arch}'`,
    );
  }
  if (!TYPES.has(domain.type) || !caps.supports(kind)) {
    throw VirError.of(
      'CONFIG_UNSUPPORTED',
      `Emulator '${domain.devices.emulator}' does not support virt type '${domain.type}'`,
    );
  }
  type.machine ??= caps.machines(kind).find((it) => it.isDefault)?.name ?? '';
  type.machine = canonicalMachine(caps, domain);
}
