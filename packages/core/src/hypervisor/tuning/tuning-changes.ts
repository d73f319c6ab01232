import type { ErrorDomain } from '../../errors/domains.js';
import { VirError } from '../../errors/vir-error.js';
import { type ParameterTypes, type ParameterValues, readParameters } from '../../protocol/read-parameters.js';
import type { TypedParameter } from '../../protocol/typed-parameter.js';
import { type NumberSet, parseNumberSet } from '../../schema/bitmap.js';
import type { Domain } from '../../schema/domain/post-parse/filled-domain.js';
import { UNLIMITED_KIB } from '../cgroup/memory-group.js';

// What calls that tune a domain change in its definition. All of them give a new definition or throw.

type Cputune = NonNullable<Domain['cputune']>;

const NO_TUNING: Cputune = {
  vcpupins: [],
  iothreadpins: [],
  vcpuscheds: [],
  iothreadscheds: [],
  cachetunes: [],
  memorytunes: [],
};

function withCputune(domain: Domain, change: Partial<Cputune>): Domain {
  return { ...domain, cputune: { ...NO_TUNING, ...domain.cputune, ...change } };
}

/** @param which of the definitions it is, for the error's text */
export function withVcpuPin(
  domain: Domain,
  vcpu: number,
  cpuset: NumberSet,
  which: 'live' | 'persistent',
): Domain {
  if (vcpu >= domain.vcpu.count) {
    const count = domain.vcpu.current ?? domain.vcpu.count;
    throw VirError.of('INVALID_ARG', `vcpu ${vcpu} is out of range of ${which} cpu count ${count}`);
  }
  const others = (domain.cputune?.vcpupins ?? []).filter((it) => it.vcpu !== vcpu);
  const vcpupins = [...others, { vcpu, cpuset }].sort((one, other) => one.vcpu - other.vcpu);
  return withCputune(domain, { vcpupins });
}

export function withEmulatorPin(domain: Domain, cpuset: NumberSet): Domain {
  return withCputune(domain, { emulatorpin: { cpuset } });
}

export function withIothreadPin(
  domain: Domain,
  iothread: number,
  cpuset: NumberSet,
  which: 'live' | 'persistent',
): Domain {
  if (!iothreadIds(domain).includes(iothread)) {
    const what = which === 'live' ? 'iothread' : 'iothreadid';
    throw VirError.of('INVALID_ARG', `${what} ${iothread} not found`);
  }
  const others = (domain.cputune?.iothreadpins ?? []).filter((it) => it.iothread !== iothread);
  return withCputune(domain, { iothreadpins: [...others, { iothread, cpuset }] });
}

/** Numbers of all iothreads: those that are named, and as many more as there are to be. */
export function iothreadIds({ iothreads, iothreadids }: Domain): number[] {
  const ids = iothreadids.map((it) => it.id);
  const missing = Number(iothreads ?? 0) - ids.length;
  for (let id = 1, left = missing; left > 0; id++) {
    if (ids.includes(id)) continue;
    ids.push(id);
    left--;
  }
  return ids;
}

const PERIOD_RANGE = [1000n, 1_000_000n] as const;
const QUOTA_RANGE = [1000n, 17_592_186_044_415n] as const;

// The scheduler's parameters, and the elements that hold them.
const SCHEDULER = {
  vcpu_period: ['period', PERIOD_RANGE],
  vcpu_quota: ['quota', QUOTA_RANGE],
  global_period: ['global_period', PERIOD_RANGE],
  global_quota: ['global_quota', QUOTA_RANGE],
  emulator_period: ['emulator_period', PERIOD_RANGE],
  emulator_quota: ['emulator_quota', QUOTA_RANGE],
  iothread_period: ['iothread_period', PERIOD_RANGE],
  iothread_quota: ['iothread_quota', QUOTA_RANGE],
} as const;

const SCHEDULER_TYPES = {
  cpu_shares: 'ullong',
  vcpu_period: 'ullong',
  vcpu_quota: 'llong',
  global_period: 'ullong',
  global_quota: 'llong',
  emulator_period: 'ullong',
  emulator_quota: 'llong',
  iothread_period: 'ullong',
  iothread_quota: 'llong',
} as const satisfies ParameterTypes;

/**
 * Reads what a client wants of the scheduler once, to apply it to each definition.
 *
 * @param types of the parameters that the hypervisor has, where it has not all of them; what is too much is then the kernel's to say
 */
export function schedulerChange(
  params: readonly TypedParameter[],
  errorDomain: ErrorDomain,
  types?: ParameterTypes,
): (domain: Domain) => Domain {
  const values = readParameters(params, types ?? SCHEDULER_TYPES, errorDomain) as ParameterValues<
    typeof SCHEDULER_TYPES
  >;
  const change: Record<string, bigint> = {};
  for (const [name, [element, [low, high]]] of Object.entries(SCHEDULER)) {
    const value = values[name as keyof typeof SCHEDULER];
    if (value === undefined) continue;
    const isOutside = (value > 0n && value < low) || value > high;
    if (types === undefined && isOutside) {
      throw VirError.of('INVALID_ARG', `value of '${name}' is out of range [${low}, ${high}]`);
    }
    change[element] = value;
  }
  if (values.cpu_shares !== undefined) change.shares = values.cpu_shares;
  return (domain) => withCputune(domain, change);
}

const MEMORY_TYPES = {
  hard_limit: 'ullong',
  soft_limit: 'ullong',
  swap_hard_limit: 'ullong',
} as const satisfies ParameterTypes;

/** @throws VirError INVALID_ARG when the guest may have more memory than memory and swap together */
export function memoryChange(
  params: readonly TypedParameter[],
  errorDomain: ErrorDomain,
): (domain: Domain) => Domain {
  const values: ParameterValues<typeof MEMORY_TYPES> = readParameters(params, MEMORY_TYPES, errorDomain);
  return (domain) => {
    const limits = { ...domain.memtune, ...values };
    const { hard_limit: hard = UNLIMITED_KIB, swap_hard_limit: swap = UNLIMITED_KIB } = limits;
    if (hard > swap) {
      throw VirError.of(
        'INVALID_ARG',
        'memory hard_limit tunable value must be lower than or equal to swap_hard_limit',
        { domain: 'DOMAIN' },
      );
    }
    const bounded = Object.entries(limits).filter(([, value]) => value < UNLIMITED_KIB);
    return { ...domain, memtune: Object.fromEntries(bounded) };
  };
}

const NUMA_TYPES = { numa_mode: 'int', numa_nodeset: 'string' } as const satisfies ParameterTypes;
const NUMA_MODES = ['strict', 'preferred', 'interleave', 'restrictive'] as const;

export function numaChange(
  params: readonly TypedParameter[],
  errorDomain: ErrorDomain,
): (domain: Domain) => Domain {
  const values: ParameterValues<typeof NUMA_TYPES> = readParameters(params, NUMA_TYPES, errorDomain);
  const mode = values.numa_mode === undefined ? undefined : NUMA_MODES[values.numa_mode];
  if (values.numa_mode !== undefined && mode === undefined) {
    throw VirError.of('INVALID_ARG', `unsupported numatune mode: '${values.numa_mode}'`);
  }
  const nodeset = values.numa_nodeset === undefined ? undefined : parseNumberSet(values.numa_nodeset);
  if (values.numa_nodeset !== undefined && nodeset === undefined) {
    throw VirError.of('INVALID_ARG', `Failed to parse bitmap '${values.numa_nodeset}'`);
  }
  return (domain) => {
    const before = domain.numatune?.memory;
    const memory = {
      ...before,
      mode: mode ?? before?.mode ?? 'strict',
      ...(nodeset === undefined ? {} : { nodeset }),
    };
    return { ...domain, numatune: { memnodes: [], ...domain.numatune, memory } };
  };
}

const BLKIO_TYPES = {
  weight: 'uint',
  device_weight: 'string',
  device_read_iops_sec: 'string',
  device_write_iops_sec: 'string',
  device_read_bytes_sec: 'string',
  device_write_bytes_sec: 'string',
} as const satisfies ParameterTypes;

type BlkioDevice = NonNullable<Domain['blkiotune']>['devices'][number];

export function blkioChange(
  params: readonly TypedParameter[],
  errorDomain: ErrorDomain,
): (domain: Domain) => Domain {
  const values: ParameterValues<typeof BLKIO_TYPES> = readParameters(params, BLKIO_TYPES, errorDomain);
  const { weight, ...lists } = values;
  const changes = Object.entries(lists).flatMap(([name, text]) =>
    text === undefined ? [] : deviceFigures(name, text),
  );
  return (domain) => {
    const devices = new Map((domain.blkiotune?.devices ?? []).map((it) => [it.path, it]));
    for (const { path, figure, value } of changes) {
      devices.set(path, { ...(devices.get(path) ?? { path }), [figure]: value } as BlkioDevice);
    }
    const kept = [...devices.values()].filter((it) => Object.values(it).some((value) => Number(value) > 0));
    return {
      ...domain,
      blkiotune: { ...domain.blkiotune, ...(weight === undefined ? {} : { weight }), devices: kept },
    };
  };
}

/** `/dev/sda,500,/dev/sdb,0`: a figure for each device. */
function deviceFigures(
  name: string,
  text: string,
): { readonly path: string; readonly figure: string; readonly value: number | bigint }[] {
  const words = text.split(',');
  const figure = name.slice('device_'.length);
  const refusal = VirError.of('INVALID_ARG', `unable to parse blkio device '${name}' '${text}'`, {
    domain: 'DOMAIN',
  });
  if (words.length % 2 !== 0) throw refusal;
  return Array.from({ length: words.length / 2 }, (_none, index) => {
    const [path = '', value = ''] = words.slice(index * 2, index * 2 + 2);
    if (path === '' || !/^\d+$/.test(value)) throw refusal;
    return { path, figure, value: figure.endsWith('bytes_sec') ? BigInt(value) : Number(value) };
  });
}
