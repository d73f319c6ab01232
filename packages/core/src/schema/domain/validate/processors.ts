import { VirError } from '../../../errors/vir-error.js';
import { missingAttribute } from '../../../xml/errors.js';
import type { Domain } from '../post-parse/filled-domain.js';
import type { Cputune } from '../vcpu.js';

const PERIODS = ['period', 'global_period', 'emulator_period', 'iothread_period'] as const;
const QUOTAS = ['quota', 'global_quota', 'emulator_quota', 'iothread_quota'] as const;
const MAX_QUOTA = 17_592_186_044_415n;

/** @throws VirError for numbers of CPUs, memory cells and shares that contradict each other */
export function validateProcessors(domain: Domain): void {
  checkCounts(domain);
  checkIothreadNumbers(domain);
  if (domain.cputune !== undefined) {
    checkRanges(domain.cputune);
    checkPins(domain.cputune, domain);
    checkSchedulers(domain.cputune, domain);
  }
  checkCells(domain);
  checkCpu(domain);
}

function checkIothreadNumbers({ iothreadids }: Domain): void {
  const seen = new Set<number>();
  for (const { id } of iothreadids) {
    if (seen.has(id)) throw VirError.of('XML_ERROR', `duplicate iothread id '${id}' found`);
    seen.add(id);
  }
}

function checkCounts({ vcpu, vcpus }: Domain): void {
  if (vcpu.count === 0) throw VirError.of('INTERNAL_ERROR', 'CPU IDs in <numa> exceed the <vcpu> count');
  if (vcpu.current !== undefined && vcpu.current > vcpu.count) {
    throw VirError.of('CONFIG_UNSUPPORTED', 'maximum vCPU count must not be less than current vCPU count');
  }
  const outside = vcpus.find((it) => it.id >= vcpu.count);
  if (outside !== undefined) {
    throw VirError.of('XML_ERROR', `vcpu id '${outside.id}' is out of range of maximum vcpu count`);
  }
}

function checkRanges(tune: Cputune): void {
  const check = (name: keyof Cputune, value: bigint | undefined, max: bigint): void => {
    if (value === undefined || value < 0n || (value >= 1000n && value <= max)) return;
    throw VirError.of('CONFIG_UNSUPPORTED', `Value of cputune '${name}' must be in range [1000, ${max}]`);
  };
  for (const name of PERIODS) check(name, tune[name], 1_000_000n);
  for (const name of QUOTAS) check(name, tune[name], MAX_QUOTA);
}

function checkSchedulers(tune: Cputune, domain: Domain): void {
  const lists = [
    { name: 'vcpusched', key: 'vcpus', list: tune.vcpuscheds.map((it) => ({ ...it, ids: it.vcpus })) },
    {
      name: 'iothreadsched',
      key: 'iothreads',
      list: tune.iothreadscheds.map((it) => ({ ...it, ids: it.iothreads })),
    },
  ];
  for (const { name, key, list } of lists) {
    const seen = new Set<number>();
    for (const it of list) {
      if ((it.scheduler === 'fifo' || it.scheduler === 'rr') && it.priority === undefined) {
        throw missingAttribute(name, 'priority');
      }
      for (const id of it.ids) {
        if (seen.has(id)) {
          throw VirError.of('XML_DETAIL', `'${name}' attributes '${key}' must not overlap`);
        }
        seen.add(id);
      }
    }
  }
  checkIothreads(tune, domain);
}

function checkPins({ vcpupins, iothreadpins }: Cputune, domain: Domain): void {
  const vcpus = new Set<number>();
  for (const { vcpu } of vcpupins) {
    if (vcpus.has(vcpu)) throw VirError.of('INTERNAL_ERROR', `duplicate vcpupin for vcpu '${vcpu}'`);
    vcpus.add(vcpu);
  }
  const numbers = iothreadNumbersOf(domain);
  const pinned = new Set<number>();
  for (const { iothread } of iothreadpins) {
    if (!numbers.has(iothread)) {
      throw VirError.of('CONFIG_UNSUPPORTED', `Cannot find 'iothread' : ${iothread}`);
    }
    if (pinned.has(iothread)) {
      throw VirError.of('INTERNAL_ERROR', `duplicate iothreadpin for same iothread '${iothread}'`);
    }
    pinned.add(iothread);
  }
}

function iothreadNumbersOf(domain: Domain): ReadonlySet<number> {
  const listed = new Set(domain.iothreadids.map((it) => it.id));
  // Those without an element of their own get the numbers that are still free.
  let free = Math.max(0, (domain.iothreads ?? 0) - listed.size);
  for (let id = 1; free > 0; id++) {
    if (listed.has(id)) continue;
    listed.add(id);
    free--;
  }
  return listed;
}

function checkIothreads(tune: Cputune, domain: Domain): void {
  const listed = iothreadNumbersOf(domain);
  for (const { iothreads } of tune.iothreadscheds) {
    const unknown = iothreads.find((id) => !listed.has(id));
    if (unknown !== undefined) {
      throw VirError.of('CONFIG_UNSUPPORTED', `Cannot find 'iothread' : ${unknown}`);
    }
  }
}

function checkCells({ cpu, numatune, vcpu }: Domain): void {
  const cells = cpu?.numa?.cells ?? [];
  checkCellCpus(cells, vcpu.count);
  const ids = new Set<number>();
  for (const [at, cell] of cells.entries()) {
    const id = cell.id ?? at;
    if (ids.has(id)) throw VirError.of('XML_ERROR', `Duplicate NUMA cell info for cell id '${id}'`);
    ids.add(id);
    checkDistances(id, cell.distances);
  }
  if ([...ids].some((id) => id >= cells.length)) {
    throw VirError.of(
      'XML_ERROR',
      "Exactly one 'cell' element per guest NUMA cell allowed, non-contiguous ranges or ranges not starting from 0 are not allowed",
    );
  }
  const memnodes = numatune?.memnodes ?? [];
  if (memnodes.length === 0) return;
  if (cells.length === 0) {
    throw VirError.of('XML_ERROR', "Element 'memnode' is invalid without any guest NUMA cells");
  }
  checkMemnodes(numatune, memnodes);
}

const LOCAL_DISTANCE = 10;
const FARTHEST = 255;

/** From a cell to itself it is always the same way, and to others no shorter one. */
function checkDistances(id: number, siblings: Cells[number]['distances']): void {
  for (const sibling of siblings) {
    const isOff = sibling.id === id ? sibling.value !== LOCAL_DISTANCE : sibling.value <= LOCAL_DISTANCE;
    if (!isOff && sibling.value <= FARTHEST) continue;
    throw VirError.of(
      'XML_ERROR',
      `'value ${sibling.value}' is invalid for 'sibling id ${sibling.id}' under NUMA 'cell id ${id}'`,
    );
  }
}

type Cells = NonNullable<NonNullable<Domain['cpu']>['numa']>['cells'];

/** A processor is in one cell only, and it is one that the guest has. */
function checkCellCpus(cells: Cells, count: number): void {
  const owners = new Map<number, number>();
  let total = 0;
  for (const [at, { cpus = [] }] of cells.entries()) {
    for (const cpu of cpus) {
      const owner = owners.get(cpu);
      if (owner !== undefined) {
        throw VirError.of('CONFIG_UNSUPPORTED', `NUMA cells ${at} and ${owner} have overlapping vCPU ids`);
      }
      owners.set(cpu, at);
    }
    total += cpus.length;
  }
  if (total > count) {
    throw VirError.of('INTERNAL_ERROR', 'Number of CPUs in <numa> exceeds the <vcpu> count');
  }
  if ([...owners.keys()].some((cpu) => cpu >= count)) {
    throw VirError.of('INTERNAL_ERROR', 'CPU IDs in <numa> exceed the <vcpu> count');
  }
}

type Numatune = NonNullable<Domain['numatune']>;

function checkMemnodes(numatune: Domain['numatune'], memnodes: Numatune['memnodes']): void {
  const memory = numatune?.memory;
  if (memory?.placement === 'auto') {
    throw VirError.of(
      'CONFIG_UNSUPPORTED',
      'Per-node binding is not compatible with automatic NUMA placement.',
    );
  }
  if (memory?.mode === 'restrictive' && memnodes.some((it) => it.mode !== 'restrictive')) {
    throw VirError.of(
      'XML_ERROR',
      "'restrictive' mode is required in memnode element when mode is 'restrictive' in memory element",
    );
  }
}

function checkCpu({ cpu }: Domain): void {
  if (cpu === undefined) return;
  const vendor = cpu.model?.vendor_id;
  if (vendor !== undefined && vendor.length !== 12) {
    throw VirError.of('XML_ERROR', 'vendor_id must be exactly 12 characters long', { domain: 'CPU' });
  }
  if (cpu.mode === 'custom' && cpu.model?.name === undefined && cpu.features.length > 0) {
    throw VirError.of('XML_ERROR', 'Non-empty feature list specified without CPU model', { domain: 'CPU' });
  }
  const seen = new Set<string>();
  for (const { name } of cpu.features) {
    if (seen.has(name)) {
      throw VirError.of('XML_ERROR', `CPU feature '${name}' specified more than once`, { domain: 'CPU' });
    }
    seen.add(name);
  }
}
