import type { Call } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import { field, list } from '../agent/replies.js';
import type { QemuDriver } from '../driver.js';
import { withAgent } from '../process/ask-agent.js';
import type { QemuDomain } from '../process/qemu-domain.js';
import { currentVcpus } from '../process/vcpu-counts.js';

interface GuestVcpu {
  readonly id: number;
  readonly online: boolean;
  readonly canOffline: boolean;
}

/** Makes the guest use so many of its processors, by its agent: the first that are off go on, the last that are on go off. */
export async function setGuestVcpuCount(
  driver: QemuDriver,
  domain: QemuDomain,
  count: number,
  call: Call,
): Promise<void> {
  await withAgent(driver, domain, 'virDomainSetVcpusFlags', call, async ({ command }) => {
    const enabled = currentVcpus(domain.current);
    if (count > enabled) {
      const detail = `requested vcpu count is greater than the count of enabled vcpus in the domain: ${count} > ${enabled}`;
      throw VirError.of('INVALID_ARG', detail);
    }
    const vcpus = list(await command('guest-get-vcpus')).map((it) => ({
      id: Number(field(it, 'logical-id')),
      online: field(it, 'online') === true,
      canOffline: field(it, 'can-offline') === true,
    }));
    const changes = changesTo(vcpus, count);
    if (changes.length === 0) return;
    await command('guest-set-vcpus', {
      vcpus: changes.map(({ id, online }) => ({ 'logical-id': id, online: !online })),
    });
  });
}

function changesTo(vcpus: readonly GuestVcpu[], count: number): GuestVcpu[] {
  const missing = count - vcpus.filter((it) => it.online).length;
  const candidates =
    missing > 0
      ? vcpus.filter((it) => !it.online)
      : vcpus.filter((it) => it.online && it.canOffline).reverse();
  const changes = candidates.slice(0, Math.abs(missing));
  if (changes.length < Math.abs(missing)) {
    throw VirError.of(
      'INTERNAL_ERROR',
      missing > 0 ? 'guest reports less cpu than requested' : 'Cannot offline enough CPUs',
    );
  }
  return changes;
}
