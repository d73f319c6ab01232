import type { Handlers } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import {
  answerParameters,
  type BlockFigures,
  blkioChange,
  blkioParameters,
  checkFlags,
  editDefinitions,
  impactOf,
  notRunning,
  readBlockFigures,
  readBlockWeight,
  readDefinition,
} from '@modvirt/core/hypervisor';
import { llongParameter } from '@modvirt/core/protocol';
import { domainModificationImpact, typedParameterFlags } from '@modvirt/core/protocol/constants';
import type { domainBlock } from '@modvirt/core/protocol/rows';
import type { ContainerDomain } from '../container-runtime.js';
import type { LxcDriver } from '../driver.js';
import { applyBlock } from '../process/apply-limits.js';

const { live: LIVE, config: CONFIG } = domainModificationImpact;
const NOT_COUNTED = -1n;

export function domainBlockHandlers(driver: LxcDriver): Handlers<typeof domainBlock> {
  const { domains } = driver;
  return {
    async domainBlockStats({ dom, path }) {
      const found = await figuresOf(driver, domains.byRef(dom), path);
      return {
        rdReq: found.readOperations,
        rdBytes: found.readBytes,
        wrReq: found.writeOperations,
        wrBytes: found.writeBytes,
        errs: NOT_COUNTED,
      };
    },
    async domainBlockStatsFlags({ dom, path, nparams, flags }) {
      checkFlags('virDomainBlockStatsFlags', flags, typedParameterFlags.paramStringOkay, 'LXC');
      const found = await figuresOf(driver, domains.byRef(dom), path);
      const params = [
        llongParameter('wr_bytes', found.writeBytes),
        llongParameter('wr_operations', found.writeOperations),
        llongParameter('rd_bytes', found.readBytes),
        llongParameter('rd_operations', found.readOperations),
      ];
      return answerParameters(params, nparams, flags);
    },
    async domainGetBlkioParameters({ dom, nparams, flags }) {
      checkFlags(
        'virDomainGetBlkioParameters',
        flags,
        LIVE | CONFIG | typedParameterFlags.paramStringOkay,
        'LXC',
      );
      const domain = domains.byRef(dom);
      const { definition, isLive } = readDefinition(flags, domain);
      const { runtime } = domain;
      const weight = isLive && runtime !== undefined ? await readBlockWeight(runtime.cgroup) : undefined;
      const shown =
        weight === undefined ? definition : { blkiotune: { devices: [], ...definition.blkiotune, weight } };
      return answerParameters(blkioParameters(shown), nparams, flags);
    },
    async domainSetBlkioParameters({ dom, params, flags }, call) {
      const api = 'virDomainSetBlkioParameters';
      checkFlags(api, flags, LIVE | CONFIG, 'LXC');
      const domain = domains.byRef(dom);
      const change = blkioChange(params, 'LXC');
      await domain.withJob({ kind: 'modify', owner: api, signal: call.signal }, async () => {
        const impact = impactOf(flags, domain);
        const { live, runtime } = domain;
        if (impact.live && live !== undefined && runtime !== undefined) {
          await applyBlock(driver, runtime.cgroup, change(live));
        }
        await editDefinitions(driver, domain, impact, change);
      });
    },
  };
}

/** Of one disk, or without a path of all that the container does. */
async function figuresOf(driver: LxcDriver, domain: ContainerDomain, path: string): Promise<BlockFigures> {
  const { live, runtime } = domain;
  if (live === undefined || runtime === undefined) throw notRunning();
  if (path === '') return readBlockFigures(runtime.cgroup);
  const disk = live.devices.disks.find((it) => it.target?.dev === path || sourceOf(it) === path);
  if (disk === undefined) throw VirError.of('INVALID_ARG', `invalid path: ${path}`);
  const source = sourceOf(disk);
  const found = source === undefined ? undefined : await driver.parts.files.info(source, { follow: true });
  if (found?.deviceNumber === undefined) {
    throw VirError.of('INTERNAL_ERROR', `missing disk device alias name for ${path}`);
  }
  return readBlockFigures(runtime.cgroup, { type: 'b', ...found.deviceNumber });
}

type Disk = NonNullable<ContainerDomain['live']>['devices']['disks'][number];

function sourceOf(disk: Disk): string | undefined {
  return disk.type === 'block' ? disk.source?.dev : undefined;
}
