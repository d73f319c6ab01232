import { guest } from './stack.js';

export interface TestDomain {
  readonly name: string;
  readonly uuid?: string;
  readonly machine?: string;
  readonly cmdline?: string;
  /** More elements inside `<devices>`. */
  readonly devices?: string;
}

/** A guest that boots to its login marker on the serial console in a few seconds. */
export function testDomain(options: TestDomain): string {
  const uuid = options.uuid === undefined ? '' : `<uuid>${options.uuid}</uuid>`;
  return `<domain type='qemu'>
  <name>${options.name}</name>${uuid}
  <memory unit='MiB'>192</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch='x86_64' machine='${options.machine ?? 'q35'}'>hvm</type>
    <kernel>${guest.kernel}</kernel>
    <initrd>${guest.initrd}</initrd>
    <cmdline>console=ttyS0 ${options.cmdline ?? ''}</cmdline>
  </os>
  <features><acpi/></features>
  <devices>
    <serial type='pty'/>
    ${options.devices ?? ''}
  </devices>
</domain>
`;
}

/** One that never boots anything: for what needs a running QEMU only. */
export function emptyDomain(name: string, extra = ''): string {
  return `<domain type='qemu'><name>${name}</name><memory unit='MiB'>64</memory><vcpu>1</vcpu>${extra}
  <os><type arch='x86_64' machine='pc'>hvm</type></os></domain>
`;
}
