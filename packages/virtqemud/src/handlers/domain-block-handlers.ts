import type { Handlers } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import {
  answerParameters,
  blkioParameters,
  checkFlags,
  ioTuneParameters,
  notRunning,
  readDefinition,
  refuseBoth,
} from '@modvirt/core/hypervisor';
import { llongParameter } from '@modvirt/core/protocol';
import { domainModificationImpact, typedParameterFlags } from '@modvirt/core/protocol/constants';
import type { domainBlock } from '@modvirt/core/protocol/rows';
import type { QemuDriver } from '../driver.js';
import { blockSizes, countersOf, diskErrors, liveIoLimits } from '../stats/disk-facts.js';
import { findDisk } from '../stats/disk-sources.js';
import { blockResizeHandlers } from './block-resize-handlers.js';
import { ioTuneSetters } from './device-tuning-setters.js';
import { blockTuningSetters } from './tuning-setters.js';

const { live: LIVE, config: CONFIG } = domainModificationImpact;
const READ_FLAGS = LIVE | CONFIG | typedParameterFlags.paramStringOkay;
/** Errors are not counted. */
const UNKNOWN = -1n;

/** What disks hold, have done, and may do. */
export function domainBlockHandlers(driver: QemuDriver): Handlers<typeof domainBlock> {
  const { domains } = driver;
  return {
    ...blockResizeHandlers(driver),
    ...blockTuningSetters(driver),
    ...ioTuneSetters(driver),
    async domainGetBlockInfo({ dom, path, flags }, call) {
      if (path === '') throw emptyDisk('virDomainGetBlockInfo');
      checkFlags('virDomainGetBlockInfo', flags, 0, 'QEMU');
      return blockSizes(driver, domains.byRef(dom), path, call.signal);
    },
    async domainBlockStats({ dom, path }, call) {
      const counters = await countersOf(domains.byRef(dom), path, call.signal);
      return {
        rdReq: counters.readRequests,
        rdBytes: counters.readBytes,
        wrReq: counters.writeRequests,
        wrBytes: counters.writeBytes,
        errs: UNKNOWN,
      };
    },
    async domainBlockStatsFlags({ dom, path, nparams, flags }, call) {
      checkFlags('virDomainBlockStatsFlags', flags, typedParameterFlags.paramStringOkay, 'QEMU');
      const counters = await countersOf(domains.byRef(dom), path, call.signal);
      return answerParameters(
        [
          llongParameter('wr_bytes', counters.writeBytes),
          llongParameter('wr_operations', counters.writeRequests),
          llongParameter('rd_bytes', counters.readBytes),
          llongParameter('rd_operations', counters.readRequests),
          llongParameter('flush_operations', counters.flushRequests),
          llongParameter('wr_total_times', counters.writeTimeNs),
          llongParameter('rd_total_times', counters.readTimeNs),
          llongParameter('flush_total_times', counters.flushTimeNs),
        ],
        nparams,
        flags,
      );
    },
    async domainGetBlockIoTune({ dom, disk, nparams, flags }, call) {
      const api = 'virDomainGetBlockIoTune';
      refuseBoth(api, flags);
      checkFlags(api, flags, READ_FLAGS, 'QEMU');
      const domain = domains.byRef(dom);
      const { definition, isLive } = readDefinition(flags, domain);
      if (nparams === 0) return answerParameters(ioTuneParameters({}), 0, flags);
      const found = findDisk(definition, disk ?? '');
      if (found === undefined) {
        throw VirError.of('INVALID_ARG', `disk '${disk ?? ''}' was not found in the domain config`);
      }
      const limits = isLive ? await liveIoLimits(domain, found, call.signal) : (found.iotune ?? {});
      return answerParameters(ioTuneParameters(limits), nparams, flags);
    },
    async domainGetDiskErrors({ dom, maxerrors, flags }, call) {
      checkFlags('virDomainGetDiskErrors', flags, 0, 'QEMU');
      const { live, runtime } = domains.byRef(dom);
      if (live === undefined || runtime === undefined) throw notRunning();
      if (maxerrors === 0) return { errors: [], nerrors: live.devices.disks.length };
      const errors = (await diskErrors(live, runtime, call.signal)).slice(0, maxerrors);
      return { errors, nerrors: errors.length };
    },
    domainGetBlkioParameters({ dom, nparams, flags }) {
      const api = 'virDomainGetBlkioParameters';
      refuseBoth(api, flags);
      checkFlags(api, flags, READ_FLAGS, 'QEMU');
      const { definition, isLive } = readDefinition(flags, domains.byRef(dom));
      // No control group of its own weighs a guest that runs.
      return answerParameters(blkioParameters(isLive ? {} : definition), nparams, flags);
    },
  };
}

function emptyDisk(api: string): VirError {
  return VirError.invalidArgument(api, 'disk', `string disk in ${api} must not be empty`, 'DOMAIN');
}
