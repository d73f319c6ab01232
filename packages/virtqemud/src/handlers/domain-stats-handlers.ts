import type { Call, Handlers } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import { checkFlags, networkDevices, passesFilters } from '@modvirt/core/hypervisor';
import type { TypedParameter } from '@modvirt/core/protocol';
import { allBits, connectGetAllDomainStatsFlags as flag } from '@modvirt/core/protocol/constants';
import type { connect } from '@modvirt/core/protocol/rows';
import type { QemuDriver } from '../driver.js';
import type { QemuDomain } from '../process/qemu-domain.js';
import { domainStats, type StatsRequest } from '../stats/domain-stats.js';

const OPTIONS = flag.nowait | flag.backing | flag.enforceStats;
// The filters are those of the list of all domains, with the same bits.
const FILTERS = allBits(flag) & ~OPTIONS;

interface Reference {
  readonly name: string;
  readonly uuid: QemuDomain['uuid'];
  readonly id: number;
}

/** Figures of many domains, asked at the same time: the slowest decides how long it takes. */
export function domainStatsHandlers(
  driver: QemuDriver,
): Pick<Handlers<typeof connect>, 'connectGetAllDomainStats'> {
  return {
    async connectGetAllDomainStats({ doms, stats, flags }, call) {
      checkFlags('virConnectGetAllDomainStats', flags, allBits(flag), 'QEMU');
      const domains = chosen(driver, doms).filter((domain) => passesFilters(flags & FILTERS, domain));
      const request: StatsRequest = {
        groups: stats,
        enforce: (flags & flag.enforceStats) !== 0,
        noWait: (flags & flag.nowait) !== 0,
        backing: (flags & flag.backing) !== 0,
        devices: await networkDevices(driver.parts.files),
      };
      const records = await Promise.all(domains.map((domain) => record(driver, domain, request, call)));
      return { retStats: records.filter((it) => it !== undefined) };
    },
  };
}

// Those that are named, as far as they are still there; all, if none is.
function chosen(driver: QemuDriver, doms: readonly Reference[]): QemuDomain[] {
  if (doms.length === 0) return [...driver.domains];
  return doms.map(({ uuid }) => driver.domains.findByUuid(uuid)).filter((it) => it !== undefined);
}

async function record(
  driver: QemuDriver,
  domain: QemuDomain,
  request: StatsRequest,
  call: Call,
): Promise<{ readonly dom: Reference; readonly params: readonly TypedParameter[] } | undefined> {
  const dom = { ...domain.reference };
  try {
    return { dom, params: await domainStats(driver, domain, request, call.signal) };
  } catch (error) {
    if (call.signal.aborted || isRefusal(error)) throw error;
    // It has ended while it was asked.
    driver.log.info('domain gives no figures', { domain: dom.name, error });
    return undefined;
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof VirError && error.is('ARGUMENT_UNSUPPORTED');
}
