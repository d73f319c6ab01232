import {
  baselineOf,
  type CpuDefinition,
  compareCpus,
  contains,
  cpusIn,
  decodeCpu,
  expandFeatures,
  formatCpu,
  guestCpuOf,
  type OfferedModel,
  parseCpu,
  parseCpuData,
  signatureIn,
  translateCpu,
  updateCpu,
  wordsOfCpu,
} from '@modvirt/core/cpu';
import { VirError } from '@modvirt/core/errors';
import { cpuFromExpansion, offeredByDefinitions } from '@modvirt/virtqemud/capabilities';
import { failed, passed, type Suite, type Verdict } from '../case.js';
import { compareWithFile } from '../compare.js';
import type { CpuCase } from '../cpu-case.js';
import { corpusCpuMap } from '../cpu-map.js';
import { liveCpuVerdict } from './cpu-live.js';

/** Decoding of CPUID answers, and what is done with CPU definitions. */
export const cpu: Suite = {
  name: 'cpu',
  run(it, corpus) {
    const operation = OPERATIONS[String(it.operation)];
    if (operation === undefined) return { status: 'skipped', detail: `operation '${it.operation}'` };
    const inputs = it.input as Readonly<Record<string, string>>;
    const input = (name: string) => corpus.read(inputs[name] ?? '');
    return operation({ it, corpus, map: corpusCpuMap(corpus), input, cpu: (name) => parseCpu(input(name)) });
  },
};

const OPERATIONS: Readonly<Record<string, (cx: CpuCase) => Verdict>> = {
  compare: judgeComparison,
  baseline: (cx) => judgeBaseline(cx, cpusIn(cx.corpus.read(String(cx.it.input)))),
  'baseline of two hosts': judgeHostsBaseline,
  'has feature': judgeFeature,
  'update for migration': judgeUpdate,
  'guest CPU from host and wish': judgeGuest,
  'decode CPUID data': judgeDecoding,
};

function judgeComparison(cx: CpuCase): Verdict {
  const expected = String(cx.it.result).replace('VIR_CPU_COMPARE_', '').toLowerCase();
  const found = comparison(cx, cx.cpu('host'), cx.cpu('cpu'));
  return found === expected ? passed : failed(`${found} instead of ${expected}`);
}

function comparison(cx: CpuCase, host: CpuDefinition, wanted: CpuDefinition): string {
  try {
    return compareCpus(cx.map, host, wanted).result;
  } catch (error) {
    if (error instanceof VirError) return 'error';
    throw error;
  }
}

function judgeBaseline(cx: CpuCase, cpus: readonly CpuDefinition[]): Verdict {
  const flags = String(cx.it.flags ?? '');
  return judge(cx, 'cpu', () => {
    const baseline = baselineOf(cx.map, cpus, { migratable: flags.includes('MIGRATABLE') });
    const whole = flags.includes('EXPAND_FEATURES') ? expandFeatures(cx.map, baseline) : baseline;
    return formatCpu({ type: 'guest', cpu: whole });
  });
}

/** Of what emulators offer on these hosts, which is recorded beside them. */
function judgeHostsBaseline(cx: CpuCase): Verdict {
  const paths = (cx.it.input as readonly string[]).map((path) => path.replace(/-host\.xml$/, '-json.xml'));
  const missing = paths.filter((path) => !cx.corpus.has(path));
  if (missing.length > 0) return { status: 'skipped', detail: `the corpus lacks ${missing.join(', ')}` };
  return judgeBaseline(
    cx,
    paths.map((path) => parseCpu(cx.corpus.read(path))),
  );
}

function judge({ it, corpus }: CpuCase, expected: string, produce: () => string): Verdict {
  try {
    const text = produce();
    const path = it.expect?.[expected];
    if (it.outcome !== 'success') return failed('was done, but must be refused');
    return path === undefined ? passed : compareWithFile(text, path, corpus);
  } catch (error) {
    if (!(error instanceof VirError)) throw error;
    return it.outcome === 'success' ? failed(`unexpected error: ${error.message}`) : passed;
  }
}

function judgeFeature(cx: CpuCase): Verdict {
  const feature = cx.map.feature(String(cx.it.feature));
  const host = parseCpu(cx.corpus.read(String(cx.it.input)));
  const found =
    feature === undefined ? 'FAIL' : contains(wordsOfCpu(cx.map, host), feature.words) ? 'YES' : 'NO';
  return found === cx.it.result ? passed : failed(`${found} instead of ${cx.it.result}`);
}

function judgeUpdate(cx: CpuCase): Verdict {
  const { it, map } = cx;
  const [host, wanted] = [cx.cpu('host'), cx.cpu('cpu')];
  if (wanted.type !== 'guest') return failed('is no CPU of a guest');
  const updated = { type: 'guest' as const, cpu: updateCpu(map, wanted.cpu, host) };
  const verdict = judge(cx, 'cpu', () => formatCpu(updated));
  if (verdict.status === 'failed' || it.compareHostWithResult === undefined) return verdict;
  const expected = String(it.compareHostWithResult).replace('VIR_CPU_COMPARE_', '').toLowerCase();
  const found = comparison(cx, host, updated);
  return found === expected ? passed : failed(`host and result: ${found} instead of ${expected}`);
}

/** The lists of models that cases name. */
const MODEL_LISTS: Readonly<Record<string, readonly string[]>> = {
  model486: ['486'],
  nomodel: ['nomodel'],
  models: ['qemu64', 'core2duo', 'Nehalem'],
  haswell: ['SandyBridge', 'Haswell'],
};

function offeredBy(name: string): readonly OfferedModel[] | undefined {
  const list = MODEL_LISTS[/\((\w+)\)$/.exec(name)?.[1] ?? ''];
  return list?.map((it) => ({ name: it, blockers: [] }));
}

function judgeGuest(cx: CpuCase): Verdict {
  const [host, wanted] = [cx.cpu('host'), cx.cpu('cpu')];
  if (wanted.type !== 'guest') return failed('is no CPU of a guest');
  return judge(cx, 'cpu', () => {
    const found = compareCpus(cx.map, host, wanted);
    if (found.result === 'incompatible') throw VirError.of('CPU_INCOMPATIBLE', found.reason);
    const updated = updateCpu(cx.map, wanted.cpu, host);
    const offered = offeredBy(cx.it.case);
    return formatCpu({
      type: 'guest',
      cpu: offered === undefined ? updated : translateCpu(cx.map, updated, offered),
    });
  });
}

function judgeDecoding(cx: CpuCase): Verdict {
  const verdicts = [
    judgeHost(cx),
    judgeGuestOf(cx),
    judgeSignature(cx),
    judgeExpansion(cx),
    liveCpuVerdict(cx),
  ];
  const details = verdicts.flatMap((it) => (it.status === 'failed' ? [it.detail] : []));
  return details.length === 0 ? passed : failed(details.join('\n'));
}

function factsOf({ map, input }: CpuCase) {
  const data = parseCpuData(input('cpuid'));
  return { words: map.wordsOf(data), vendor: map.vendorOf(data), signature: signatureIn(data) };
}

function judgeHost(cx: CpuCase): Verdict {
  return judge(cx, 'hostCpu', () => {
    const { model, vendor, features, signature } = decodeCpu(cx.map, factsOf(cx), { type: 'host' });
    return formatCpu({
      type: 'host',
      cpu: {
        arch: 'x86_64',
        model,
        ...(vendor === undefined ? {} : { vendor }),
        ...(signature === undefined ? {} : { signature }),
        features: features.map(({ name }) => ({ name })),
        pages: [],
      },
    });
  });
}

function judgeGuestOf(cx: CpuCase): Verdict {
  return judge(cx, 'guestCpu', () => {
    const options = { type: 'guest' as const, offered: offeredByEmulator(cx) };
    return formatCpu({ type: 'guest', cpu: guestCpuOf(decodeCpu(cx.map, factsOf(cx), options), true) });
  });
}

/** The models that the emulator said it has, if it did. */
function offeredByEmulator({ it, map, input }: CpuCase): readonly OfferedModel[] | undefined {
  if (!String(it.jsonKind).startsWith('JSON_MODELS')) return undefined;
  const [, definitions] = repliesIn(input('qemuJson'));
  return offeredByDefinitions(map, definitions);
}

function repliesIn(text: string): readonly unknown[] {
  return text.split(/\n\n+/).map((it) => (JSON.parse(it) as { return: unknown }).return);
}

function judgeSignature(cx: CpuCase): Verdict {
  const path = cx.it.expect?.signature;
  const data = parseCpuData(cx.input('cpuid'));
  const found = signatureIn(data);
  if (path === undefined || found === undefined) return passed;
  const leaf = data.find((it) => it.type === 'cpuid' && it.leaf === 1);
  // Bits that are reserved in the register are no part of the signature.
  const number = (leaf?.type === 'cpuid' ? leaf.values[0] : 0) & 0x0fff3fff;
  const line = (name: string, value: number) =>
    `${name}:${String(value).padStart(12 - name.length)} (0x${value.toString(16).padStart(2, '0')})`;
  const lines = [
    number.toString(16).padStart(6, '0'),
    line('family', found.family),
    line('model', found.model),
    line('stepping', found.stepping),
  ];
  return compareWithFile(lines.join('\n'), path, cx.corpus);
}

/** The guest's CPU that follows from what an emulator says of the host's. */
function judgeExpansion(cx: CpuCase): Verdict {
  const path = cx.it.expect?.jsonCpu;
  if (path === undefined) return passed;
  return judge(cx, 'jsonCpu', () => {
    const [expansion, definitions] = repliesIn(cx.input('qemuJson'));
    const decoded = cpuFromExpansion(cx.map, expansion, definitions);
    return formatCpu({ type: 'guest', cpu: guestCpuOf(decoded, true) });
  });
}
