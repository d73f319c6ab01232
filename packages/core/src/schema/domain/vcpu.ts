import { VirError } from '../../errors/vir-error.js';
import { attr, leaf, text } from '../../xml/attribute.js';
import { child, children, element, type Infer } from '../../xml/element.js';
import { optional, printedIf, withDefault } from '../../xml/field.js';
import { int64, oneOf, type Scalar, string, uint, uint64, yesNo } from '../../xml/scalars.js';
import { numberSet } from '../bitmap.js';
import { prettySizeAttributes } from '../size.js';

const badCount = {
  invalid: () => VirError.of('XML_ERROR', 'maximum vcpus count must be an integer'),
};

/** `<vcpu>`: how many CPUs the guest has, and how many of them at its start. */
export const vcpu = element('vcpu', {
  placement: withDefault(attr(oneOf('static', 'auto')), 'static'),
  cpuset: optional(attr(numberSet)),
  current: optional(attr(uint())),
  count: withDefault(text(uint(), badCount), 1),
});

/** `<vcpu>` in `<vcpus>`: one of them. */
export const vcpuState = element('vcpu', {
  id: attr(uint()),
  enabled: attr(yesNo),
  hotpluggable: optional(attr(yesNo)),
  order: optional(attr(uint(), { absent: '0' })),
});

const poll = element('poll', {
  max: optional(attr(uint64('nanoseconds'))),
  grow: optional(attr(uint64())),
  shrink: optional(attr(uint64())),
});

const pool = {
  thread_pool_min: optional(attr(uint())),
  thread_pool_max: optional(attr(uint())),
};

/** `<iothread>`. */
export const iothread = element('iothread', { id: attr(uint()), ...pool, poll: optional(child(poll)) });

export const defaultiothread = element('defaultiothread', pool);

function notParsed(what: string) {
  return { invalid: () => VirError.of('XML_ERROR', `can't parse cputune ${what} value`) };
}

const period = optional(leaf(uint64('microseconds'), { absent: '0' }));
const quota = optional(leaf(int64('microseconds'), { absent: '0' }));
const sched = {
  scheduler: attr(oneOf('batch', 'idle', 'fifo', 'rr')),
  priority: optional(attr(uint())),
};

const cacheMonitor = element('monitor', { level: attr(uint()), vcpus: attr(numberSet) });
const cachetune = element('cachetune', {
  vcpus: attr(numberSet),
  id: optional(attr(string)),
  caches: children(
    element('cache', {
      id: attr(uint()),
      level: attr(uint()),
      type: attr(oneOf('both', 'code', 'data')),
      size: prettySizeAttributes(),
    }),
  ),
  monitors: children(cacheMonitor),
});

const memorytune = element('memorytune', {
  vcpus: attr(numberSet),
  nodes: children(element('node', { id: attr(uint()), bandwidth: attr(uint('percent')) })),
  monitors: children(element('monitor', { vcpus: attr(numberSet) })),
});

/** `<cputune>`: how the host shares its CPUs out. */
export const cputune = element('cputune', {
  shares: optional(leaf(uint64(), notParsed('shares'))),
  period,
  quota,
  global_period: period,
  global_quota: quota,
  emulator_period: period,
  emulator_quota: quota,
  iothread_period: period,
  iothread_quota: quota,
  vcpupins: children(element('vcpupin', { vcpu: attr(uint()), cpuset: attr(numberSet) })),
  emulatorpin: optional(child(element('emulatorpin', { cpuset: attr(numberSet) }))),
  iothreadpins: children(element('iothreadpin', { iothread: attr(uint()), cpuset: attr(numberSet) })),
  emulatorsched: optional(child(element('emulatorsched', sched))),
  vcpuscheds: children(element('vcpusched', { vcpus: attr(numberSet), ...sched })),
  iothreadscheds: children(element('iothreadsched', { iothreads: attr(numberSet), ...sched })),
  cachetunes: children(cachetune),
  memorytunes: children(memorytune),
});
export type Cputune = Infer<typeof cputune>;

const tuned = optional(leaf(uint(), { absent: '0' }));
const tunedBytes = optional(leaf(uint64(), { absent: '0' }));

/** What is no weight says nothing. */
const weight: Scalar<number> = { ...uint(), parse: (text) => uint().parse(text) ?? 0 };

function checkDevices({ devices }: { readonly devices: readonly { readonly path: string }[] }): void {
  const seen = new Set<string>();
  for (const { path } of devices) {
    if (seen.has(path)) throw VirError.of('CONFIG_UNSUPPORTED', `duplicate blkio device path '${path}'`);
    seen.add(path);
  }
}

/** `<blkiotune>`: shares of the host's disks. */
export const blkiotune = element(
  'blkiotune',
  {
    weight: printedIf((it: number) => it > 0, optional(leaf(weight))),
    devices: children(
      element('device', {
        path: leaf(string, { missing: () => VirError.of('CONFIG_UNSUPPORTED', 'missing per-device path') }),
        weight: tuned,
        read_iops_sec: tuned,
        write_iops_sec: tuned,
        read_bytes_sec: tunedBytes,
        write_bytes_sec: tunedBytes,
      }),
    ),
  },
  { check: checkDevices },
);
export type Blkiotune = Infer<typeof blkiotune>;
