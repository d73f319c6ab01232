import type { Handlers } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import { checkFlags, notRunning } from '@modvirt/core/hypervisor';
import { domainBlockResizeFlags as flag } from '@modvirt/core/protocol/constants';
import type { domainBlock } from '@modvirt/core/protocol/rows';
import type { QemuDriver } from '../driver.js';
import { queryBlockStats } from '../monitor/block-queries.js';
import { monitorFailure } from '../monitor/qmp-link.js';
import { deviceStats } from '../stats/block-group.js';
import { findDisk, formatOf, hasSource } from '../stats/disk-sources.js';

const KIB = 1024n;
/** Formats that have whole sectors only. */
const SECTOR = 512n;
const NO_JOB = { found: 0, type: 0, bandwidth: 0n, cur: 0n, end: 0n } as const;

type Served = Pick<Handlers<typeof domainBlock>, 'domainBlockResize' | 'domainGetBlockJobInfo'>;

/** Disks of guests that run: their size, and what goes on with them. */
export function blockResizeHandlers(driver: QemuDriver): Served {
  const { domains } = driver;
  return {
    async domainBlockResize({ dom, disk: name, size, flags }, call) {
      const api = 'virDomainBlockResize';
      if (name === '') {
        const text = `string disk in ${api} must not be empty`;
        throw VirError.invalidArgument(api, 'disk', text, 'DOMAIN');
      }
      checkFlags(api, flags, flag.bytes, 'QEMU');
      const domain = domains.byRef(dom);
      const bytes = (flags & flag.bytes) === 0 ? size * KIB : size;
      await domain.withLiveJob({ kind: 'modify', owner: api, signal: call.signal }, async (job) => {
        const disk = domain.live && findDisk(domain.live, name);
        if (disk === undefined) {
          throw VirError.of('INVALID_ARG', `disk '${name}' was not found in the domain config`);
        }
        if (!hasSource(disk)) throw VirError.of('INVALID_ARG', `disk '${name}' has no source`);
        const { monitor } = job.runtime;
        try {
          const device = deviceStats(disk, await queryBlockStats(monitor, job.signal));
          const rounded = formatOf(disk) === 'raw' ? bytes : ((bytes + SECTOR - 1n) / SECTOR) * SECTOR;
          const args = { 'node-name': device?.nodeName ?? '', size: rounded };
          await monitor.execute('block_resize', args, job.signal);
        } catch (error) {
          throw monitorFailure(error);
        }
      });
    },
    domainGetBlockJobInfo({ dom, path, flags }) {
      checkFlags('virDomainGetBlockJobInfo', flags, 1, 'QEMU');
      const { live } = domains.byRef(dom);
      if (live === undefined) throw notRunning();
      if (findDisk(live, path) === undefined) {
        throw VirError.of('INVALID_ARG', `disk '${path}' not found in domain`);
      }
      return NO_JOB;
    },
  };
}
