import type { PlanContext } from '../context.js';
import type { DomainDraft, Draft } from '../definition/draft.js';
import { isPseries, isX86 } from '../definition/machine.js';
import type { Graphics, Input, NetworkInterface, Tpm } from '../definition/types.js';

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
  for (const rng of devices.rngs) {
    if (rng.backend.model === 'random') rng.backend.path ??= '/dev/random';
  }
}

function fillInterface(domain: DomainDraft, net: Draft<NetworkInterface>, cx: PlanContext): void {
  if (net.type === 'hostdev') return;
  net.model ??= net.type === 'vhostuser' ? 'virtio' : defaultCard(domain, cx);
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

/** A display listens where the daemon's configuration says, unless it says itself. */
function fillGraphics(graphics: Draft<Graphics>, _cx: PlanContext): void {
  if (graphics.type === 'vnc' || graphics.type === 'spice' || graphics.type === 'rdp') {
    if (graphics.listens.length === 0) graphics.listens.push({ type: 'address' });
  }
}
