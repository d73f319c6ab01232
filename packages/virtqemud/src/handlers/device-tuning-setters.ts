import type { Handlers } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import { checkFlags, editDefinitions, impactOf, iothreadIds } from '@modvirt/core/hypervisor';
import { readParameters, type TypedParameter } from '@modvirt/core/protocol';
import { domainModificationImpact } from '@modvirt/core/protocol/constants';
import type { domainBlock, domainCpu } from '@modvirt/core/protocol/rows';
import { type Domain, perfEvents } from '@modvirt/core/schema';
import type { QemuDriver } from '../driver.js';
import { findDisk } from '../stats/disk-sources.js';
import { changedIotune } from './iotune-changes.js';

const { live: LIVE, config: CONFIG } = domainModificationImpact;

/** Limits of disks, for the next start of their guest. */
export function ioTuneSetters(
  driver: QemuDriver,
): Pick<Handlers<typeof domainBlock>, 'domainSetBlockIoTune'> {
  return {
    async domainSetBlockIoTune({ dom, disk: name, params, flags }, call) {
      const api = 'virDomainSetBlockIoTune';
      checkFlags(api, flags, LIVE | CONFIG, 'QEMU');
      const domain = driver.domains.byRef(dom);
      await domain.withJob({ kind: 'modify', owner: api, signal: call.signal }, async () => {
        const impact = impactOf(flags, domain);
        if (impact.live) throw unsupported('changing limits of a disk of a domain that runs');
        await editDefinitions(driver, domain, impact, (it) => withIotune(it, name, params));
      });
    },
  };
}

function withIotune(domain: Domain, name: string, params: readonly TypedParameter[]): Domain {
  const found = findDisk(domain, name);
  if (found === undefined) {
    throw VirError.of('INVALID_ARG', `disk '${name}' was not found in the domain config`);
  }
  const changed = { ...found, iotune: changedIotune(found.iotune, params) };
  const disks = domain.devices.disks.map((it) => (it === found ? changed : it));
  return { ...domain, devices: { ...domain.devices, disks } };
}

type CpuServed = Pick<
  Handlers<typeof domainCpu>,
  'domainSetPerfEvents' | 'domainAddIothread' | 'domainDelIothread'
>;

/** Counters and threads, for the next start of their guest. */
export function threadSetters(driver: QemuDriver): CpuServed {
  const { domains } = driver;
  return {
    async domainSetPerfEvents({ dom, params, flags }, call) {
      const api = 'virDomainSetPerfEvents';
      checkFlags(api, flags, LIVE | CONFIG, 'QEMU');
      const domain = domains.byRef(dom);
      await domain.withJob({ kind: 'modify', owner: api, signal: call.signal }, async () => {
        const impact = impactOf(flags, domain);
        if (impact.live) throw unsupported('counting events of a domain that runs');
        await editDefinitions(driver, domain, impact, (it) => withPerf(it, params));
      });
    },
    async domainAddIothread({ dom, iothreadId: id, flags }, call) {
      const api = 'virDomainAddIOThread';
      checkFlags(api, flags, LIVE | CONFIG, 'QEMU');
      if (id === 0) throw VirError.of('INVALID_ARG', 'invalid value of 0 for iothread_id');
      await editIothreads(driver, { dom, flags, api }, call.signal, (ids) => {
        if (ids.includes(id)) throw listed(`an IOThread is already using iothread_id '${id}'`);
        return [...ids, id];
      });
    },
    async domainDelIothread({ dom, iothreadId: id, flags }, call) {
      const api = 'virDomainDelIOThread';
      if (id === 0) {
        const text = `iothread_id in ${api} must not be zero`;
        throw VirError.invalidArgument(api, 'iothread_id', text, 'DOMAIN');
      }
      checkFlags(api, flags, LIVE | CONFIG, 'QEMU');
      await editIothreads(driver, { dom, flags, api }, call.signal, (ids) => {
        if (!ids.includes(id)) throw listed(`cannot find IOThread '${id}' in iothreadids list`);
        return ids.filter((it) => it !== id);
      });
    },
  };
}

const unsupported = (what: string): VirError => VirError.of('OPERATION_UNSUPPORTED', what);
const listed = (text: string): VirError => VirError.of('INVALID_ARG', text, { domain: 'DOMAIN' });

function withPerf(domain: Domain, params: readonly TypedParameter[]): Domain {
  const types = Object.fromEntries(perfEvents.map((name) => [name, 'boolean' as const]));
  const wanted = readParameters(params, types, 'QEMU');
  const events = new Map((domain.perf?.events ?? []).map((it) => [it.name, it.enabled]));
  for (const name of perfEvents) {
    const enabled = wanted[name];
    if (typeof enabled === 'boolean') events.set(name, enabled);
  }
  return { ...domain, perf: { events: [...events].map(([name, enabled]) => ({ name, enabled })) } };
}

interface IothreadCall {
  readonly dom: Parameters<QemuDriver['domains']['byRef']>[0];
  readonly flags: number;
  readonly api: string;
}

async function editIothreads(
  driver: QemuDriver,
  { dom, flags, api }: IothreadCall,
  signal: AbortSignal,
  change: (ids: readonly number[]) => readonly number[],
): Promise<void> {
  const domain = driver.domains.byRef(dom);
  await domain.withJob({ kind: 'modify', owner: api, signal }, async () => {
    const impact = impactOf(flags, domain);
    if (impact.live) throw unsupported('changing iothreads of a domain that runs');
    await editDefinitions(driver, domain, impact, (definition) => {
      const known = new Map(definition.iothreadids.map((it) => [it.id, it]));
      const ids = change(iothreadIds(definition));
      const iothreadids = ids.map((id) => known.get(id) ?? { id });
      return { ...definition, iothreads: ids.length, iothreadids };
    });
  });
}
