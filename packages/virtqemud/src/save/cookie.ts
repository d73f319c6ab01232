import { type Domain, type GuestCpu, guestCpu } from '@modvirt/core/schema';
import { childOf, formatLive, parseLive, readXml } from '@modvirt/core/xml';
import type { GuestRuntime } from '../process/guest-runtime.js';

/** Whether QEMU itself, and no helper, is the guest's way to the user's network. */
function hasUserNetwork(domain: Domain): boolean {
  return domain.devices.interfaces.some((it) => it.type === 'user' && it.backend?.type !== 'passt');
}

/**
 * What the start of a saved guest must know besides its XML, as libvirt has it: the processor that QEMU made of the one that
 * was defined, and whether helpers may connect user networks.
 */
export function formatCookie(live: Domain, { carried }: GuestRuntime): string | undefined {
  const cpu =
    carried.cpu === undefined || live.cpu === undefined ? '' : guestCpu.format(live.cpu, formatLive);
  const lines = cpu.split('\n').filter((it) => it !== '');
  if (!hasUserNetwork(live)) lines.push('<slirpHelper/>');
  if (lines.length === 0) return undefined;
  return ['<cookie>', ...lines.map((it) => `  ${it}`), '</cookie>', ''].join('\n');
}

/** The processor that a cookie holds. @throws VirError XML_DETAIL for a cookie that is damaged */
export function cookieCpu(cookie: string | undefined): GuestCpu | undefined {
  if (cookie === undefined || cookie === '') return undefined;
  const node = childOf(readXml(cookie, { source: 'cookie', domain: 'QEMU' }), 'cpu');
  return node === undefined ? undefined : guestCpu.parse(node, parseLive);
}

/** The definition with the processor as it was defined. */
export function withOriginalCpu(domain: Domain, { carried }: GuestRuntime): Domain {
  return carried.cpu === undefined ? domain : { ...domain, cpu: carried.cpu };
}
