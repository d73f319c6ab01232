import type { Handlers } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import { checkFlags } from '@modvirt/core/hypervisor';
import { allBits, domainCoreDumpFormat, domainCoreDumpFlags as flag } from '@modvirt/core/protocol/constants';
import type { domainJobs } from '@modvirt/core/protocol/rows';
import type { QemuDriver } from '../driver.js';
import type { QemuDomain } from '../process/qemu-domain.js';
import { configuredFormat } from '../save/configured-format.js';
import { dumpGuest } from '../save/dump-guest.js';

/** QEMU's words, by virDomainCoreDumpFormat. */
const FORMATS = ['elf', 'kdump-zlib', 'kdump-lzo', 'kdump-snappy', 'win-dmp'];

/** The memory of guests, for those who look for faults. */
export function dumpHandlers(
  driver: QemuDriver,
): Pick<Handlers<typeof domainJobs>, 'domainCoreDump' | 'domainCoreDumpWithFormat'> {
  const { domains } = driver;
  return {
    domainCoreDump: ({ dom, to, flags }) =>
      dump(driver, domains.byRef(dom), {
        api: 'virDomainCoreDump',
        path: to,
        format: domainCoreDumpFormat.raw,
        flags,
      }),
    domainCoreDumpWithFormat({ dom, to, dumpformat, flags }) {
      const api = 'virDomainCoreDumpWithFormat';
      if (dumpformat >= FORMATS.length) {
        const text = `dumpformat '${dumpformat}' is not supported`;
        throw VirError.invalidArgument(api, 'dumpformat', text, 'DOMAIN');
      }
      return dump(driver, domains.byRef(dom), { api, path: to, format: dumpformat, flags });
    },
  };
}

interface Wanted {
  readonly api: string;
  readonly path: string;
  readonly format: number;
  readonly flags: number;
}

async function dump(
  driver: QemuDriver,
  domain: QemuDomain,
  { api, path, format, flags }: Wanted,
): Promise<void> {
  checkFlags('virDomainCoreDumpWithFormat', flags, allBits(flag), 'QEMU');
  const has = (bit: number): boolean => (flags & bit) !== 0;
  const isMemoryOnly = has(flag.memoryOnly);
  const { signal } = driver.scope;
  await domain.withJob({ kind: 'dump', owner: api, signal }, async (job) => {
    const live = domain.liveJob(job);
    if (!isMemoryOnly && format !== domainCoreDumpFormat.raw) {
      const text = 'kdump-compressed format is only supported with memory-only dump';
      throw VirError.of('OPERATION_UNSUPPORTED', text);
    }
    if (isMemoryOnly && has(flag.bypassCache)) {
      driver.log.debug('memory-only dumps go through the page cache', { domain: domain.name });
    }
    await dumpGuest(driver, domain, live, {
      path,
      format: isMemoryOnly ? 'raw' : configuredFormat(driver, 'dump'),
      bypassCache: has(flag.bypassCache),
      memoryFormat: isMemoryOnly ? (FORMATS[format] ?? 'elf') : undefined,
      end: has(flag.crash) ? 'crash' : has(flag.reset) ? 'reset' : undefined,
      live: has(flag.live),
    });
  });
}
