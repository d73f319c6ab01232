import { newMac } from '../address/new-mac.js';
import type { PlanContext } from '../context.js';
import type { DomainDraft, Draft } from '../definition/draft.js';
import { isPseries, isX86 } from '../definition/machine.js';
import type { Graphics, Hostdev, Input, NetworkInterface, Tpm } from '../definition/types.js';

/** Models of devices that name none. */
export function fillOtherDevices(domain: DomainDraft, cx: PlanContext): void {
  const { devices } = domain;
  for (const net of devices.interfaces) fillInterface(domain, net, cx);
  for (const input of devices.inputs) fillInput(domain, input);
  for (const tpm of devices.tpms) fillTpm(domain, tpm);
  for (const panic of devices.panics) {
    panic.model ??= isPseries(domain) ? 'pseries' : 'isa';
  }
  for (const graphics of devices.graphics) fillGraphics(graphics, cx);
  for (const sound of devices.sounds) if (sound.model === 'virtio') sound.streams ??= DEFAULT_STREAMS;
  if (devices.vsock !== undefined) devices.vsock.model ??= 'virtio';
  for (const fs of devices.filesystems) {
    if (fs.driver?.type !== 'mtp') fs.accessmode ??= 'passthrough';
  }
  for (const shmem of devices.shmems) {
    if (shmem.model !== 'ivshmem-doorbell') shmem.size ??= DEFAULT_SHMEM;
  }
  for (const hostdev of devices.hostdevs) fillHostdev(hostdev);
  for (const rng of devices.rngs) {
    if (rng.backend.model === 'random') rng.backend.path ??= '/dev/random';
  }
}

/** The first unit of an iSCSI target; a mediated device that could show a picture shows none. */
function fillHostdev(hostdev: Draft<Hostdev>): void {
  if (hostdev.mode === 'subsystem' && hostdev.type === 'scsi' && hostdev.source.protocol === 'iscsi') {
    if (!hostdev.source.name.includes('/')) hostdev.source.name += '/0';
    return;
  }
  if (hostdev.mode !== 'subsystem' || hostdev.type !== 'mdev') return;
  if (hostdev.model === 'vfio-pci') hostdev.display ??= false;
}

/** What a shared memory has that does not say, in KiB. */
const DEFAULT_SHMEM = 4096n;
const DEFAULT_STREAMS = 2;

function fillInterface(domain: DomainDraft, net: Draft<NetworkInterface>, cx: PlanContext): void {
  net.mac ??= { address: newMac(cx.random) };
  if (net.type === 'hostdev') return;
  const needsVirtio = net.type === 'vhostuser' || net.type === 'vdpa';
  net.model ??= needsVirtio ? 'virtio' : defaultCard(domain, cx);
  if (net.model.toLowerCase() === 'virtio') net.model = 'virtio';
}

function defaultCard(domain: DomainDraft, cx: PlanContext): string {
  if (isX86(domain)) {
    if (cx.caps.has('rtl8139')) return 'rtl8139';
    if (cx.caps.has('e1000')) return 'e1000';
  }
  return 'virtio';
}

function fillInput(domain: DomainDraft, input: Draft<Input>): void {
  if (input.type === 'passthrough') {
    input.bus ??= 'virtio';
    return;
  }
  if (input.type === 'evdev') return;
  const isPs2 = (input.type === 'mouse' || input.type === 'keyboard') && isX86(domain);
  input.bus ??= isPs2 ? 'ps2' : 'usb';
}

function fillTpm(domain: DomainDraft, tpm: Draft<Tpm>): void {
  tpm.model ??= isPseries(domain) ? 'tpm-spapr' : 'tpm-tis';
  if (tpm.backend.type !== 'emulator') return;
  tpm.backend.version ??= tpm.model === 'tpm-tis' && isX86(domain) ? '1.2' : '2.0';
}

/** SPICE without any port is reached by descriptors that clients hand in. */
function fillSpice(spice: Draft<Extract<Graphics, { type: 'spice' }>>): void {
  if (spice.autoport === false) delete spice.autoport;
  const hasPort = (spice.port ?? 0) !== 0 || (spice.tlsPort ?? 0) !== 0;
  const [first] = spice.listens;
  const isPlain = first === undefined || (first.type === 'address' && first.address === undefined);
  if (spice.autoport === undefined && !hasPort && isPlain) spice.listens = [{ type: 'none' }];
}

/** A display listens where the daemon's configuration says, unless it says itself. */
function fillGraphics(graphics: Draft<Graphics>, _cx: PlanContext): void {
  if (graphics.type === 'vnc' && graphics.autoport === true) graphics.port = -1;
  if (graphics.type === 'spice') fillSpice(graphics);
  if (graphics.type === 'vnc' || graphics.type === 'spice' || graphics.type === 'rdp') {
    if (graphics.listens.length === 0) graphics.listens.push({ type: 'address' });
  }
}
