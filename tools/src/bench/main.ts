import { chmodSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildClient, Client } from './client.js';
import type { Contender } from './contender.js';
import { libvirtd, whyNoLibvirtd } from './libvirtd.js';
import { ours } from './ours.js';
import { type RowResult, type Samples, summarize, table } from './report.js';
import { fullSizes, quickSizes, type RowName, rows, type Sizes } from './rows.js';
import { type Bench, type Suite, suites } from './suites.js';

const HELP = `bench: the same client against this stack and against Debian's libvirtd, in turn

  npm run bench [-- --quick] [--only ROW[,ROW]] [--json]

Medians over the rounds; a ratio above 1 says that ours is ahead. Rows:

${rows.map(({ name, title, unit }) => `  ${name.padEnd(13)} ${title}, ${unit}`).join('\n')}
`;

const TEMPLATE = (disk: string): string => `<domain type='qemu'>
  <name>@NAME@</name>
  <memory unit='MiB'>64</memory>
  <vcpu>1</vcpu>
  <os><type arch='x86_64' machine='pc'>hvm</type></os>
  <features><acpi/></features>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <disk type='file' device='disk'>
      <driver name='qemu' type='raw'/>
      <source file='${disk}'/>
      <target dev='vda' bus='virtio'/>
      <readonly/>
    </disk>
    <interface type='user'><model type='virtio'/></interface>
    <console type='pty'/>
  </devices>
</domain>
`;

function chosenRows(only: string | undefined): readonly RowName[] {
  const names = rows.map(({ name }) => name);
  if (only === undefined) return names;
  const wanted = only.split(',');
  const unknown = wanted.find((name) => !names.includes(name as RowName));
  if (unknown !== undefined) throw new Error(`there is no row '${unknown}'\n\n${HELP}`);
  return wanted as RowName[];
}

function contenders(directory: string): Contender[] {
  const why = whyNoLibvirtd();
  if (why !== undefined) console.error(`Only ours is measured: ${why}.`);
  const roots = (['ours', 'theirs'] as const).map((name) => join(directory, name));
  for (const root of roots) mkdirSync(root, { mode: 0o755 });
  const [oursRoot = '', theirsRoot = ''] = roots;
  return [ours(oursRoot), ...(why === undefined ? [libvirtd(theirsRoot)] : [])];
}

/** Every round lets the other side begin. */
async function runSuite(
  suite: Suite,
  { bench, sides }: { bench: Bench; sides: readonly Contender[] },
  record: (row: RowName, side: Contender, value: number) => void,
): Promise<void> {
  for (const side of sides) await suite.prepare?.(bench, side);
  for (let round = 0; round < bench.sizes.rounds; round++) {
    for (const side of round % 2 === 0 ? sides : [...sides].reverse()) {
      const measured = await suite.measure(bench, side);
      for (const [row, value] of Object.entries(measured)) record(row as RowName, side, value);
    }
  }
  for (const side of sides) await suite.restore?.(bench, side);
}

async function measureAll(
  only: readonly RowName[],
  { bench, sides }: { bench: Bench; sides: readonly Contender[] },
): Promise<RowResult[]> {
  const samples: Samples = new Map();
  for (const suite of suites.filter((one) => one.rows.some((row) => only.includes(row)))) {
    const startedMs = performance.now();
    process.stderr.write(`· ${suite.rows.join(', ')} …\n`);
    await runSuite(suite, { bench, sides }, (row, side, value) => {
      if (!only.includes(row)) return;
      const rounds = samples.get(row) ?? {};
      samples.set(row, { ...rounds, [side.name]: [...(rounds[side.name] ?? []), value] });
    });
    process.stderr.write(
      `✓ ${suite.rows.join(', ')} (${((performance.now() - startedMs) / 1000).toFixed(1)} s)\n`,
    );
  }
  return summarize(samples);
}

function makeBench(directory: string, client: string, isQuick: boolean): Bench {
  const disk = join(directory, 'disk.img');
  writeFileSync(disk, '');
  truncateSync(disk, 16 * 1024 * 1024);
  const template = join(directory, 'template.xml');
  writeFileSync(template, TEMPLATE(disk));
  return { client: new Client(client), sizes: isQuick ? quickSizes : fullSizes, template, directory };
}

function machine() {
  const [load = 0] = loadavg();
  return {
    cpu: cpus()[0]?.model ?? '?',
    cpus: cpus().length,
    load,
    kernel: release(),
    node: process.version,
  };
}

/** Without which the figures say little. */
function circumstances({ rounds, domains, guests, definitions }: Sizes): string {
  const { cpu, cpus: count, load, kernel, node } = machine();
  return (
    `Medians of ${rounds} rounds; ${domains} domains, ${guests} running guests, ${definitions} definitions where there are many.\n` +
    `${count} × ${cpu}, load ${load.toFixed(1)} at the end; Linux ${kernel}, Node ${node}.`
  );
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const only = chosenRows(values.only);
  const directory = mkdtempSync(join(tmpdir(), 'modvirt-bench-'));
  // The user that guests run as must get through.
  chmodSync(directory, 0o755);
  const sides = contenders(directory);
  const end = async (): Promise<void> => {
    for (const side of sides) await side.end();
    rmSync(directory, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void end().finally(() => process.exit(1)));
  try {
    const bench = makeBench(directory, await buildClient(directory), values.quick);
    for (const side of sides) await side.start();
    const results = await measureAll(only, { bench, sides });
    if (values.json)
      console.log(JSON.stringify({ machine: machine(), sizes: bench.sizes, rows: results }, undefined, 2));
    else console.log(`\n${table(results)}\n\n${circumstances(bench.sizes)}`);
  } finally {
    await end();
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
