import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Virsh } from './virsh.js';

/** The guest that `npm start` boots. */
export const GUEST = 'hello';
/** What it prints when it is ready. */
export const LOGIN_MARKER = 'guest login: ready';

export interface GuestImage {
  readonly kernel: string;
  readonly initrd: string;
}

/** Makes the guest known to the daemons. Whoever has changed its definition keeps what they made of it. */
export async function defineGuest(virsh: Virsh, image: GuestImage, file: string): Promise<void> {
  const known = await virsh.ask('domuuid', GUEST);
  if (known.ok) return;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, guestXml(image));
  await virsh.run('define', file);
}

export async function guestState(virsh: Virsh): Promise<string> {
  return (await virsh.run('domstate', GUEST)).trim();
}

// Emulated also where there is KVM: it boots in seconds, and does so as well where KVM is there and does not work.
function guestXml({ kernel, initrd }: GuestImage): string {
  return `<domain type='qemu'>
  <name>${GUEST}</name>
  <title>The tiny guest of npm start</title>
  <memory unit='MiB'>192</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch='x86_64' machine='q35'>hvm</type>
    <kernel>${escaped(kernel)}</kernel>
    <initrd>${escaped(initrd)}</initrd>
    <cmdline>console=ttyS0 ip=dhcp</cmdline>
  </os>
  <features><acpi/></features>
  <devices>
    <interface type='user'><model type='virtio'/></interface>
    <serial type='pty'/>
    <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
    <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
  </devices>
</domain>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
