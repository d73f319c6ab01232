import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pause } from '../stack/wait.js';
import { bareCommand, bareSocket, startBare } from './bare-qemu.js';
import { type Client, virsh } from './client.js';
import type { Contender } from './contender.js';
import { privateMB } from './memory.js';
import type { RowName, Sizes } from './rows.js';

/** What a suite works with. */
export interface Bench {
  readonly client: Client;
  readonly sizes: Sizes;
  /** The definition of a guest, with `@NAME@` in the place of its name. */
  readonly template: string;
  /** For files of ours. */
  readonly directory: string;
}

export type Measured = { readonly [name in RowName]?: number };

/** Rows that are measured together, because one needs what another leaves behind. */
export interface Suite {
  readonly rows: readonly RowName[];
  /** Before the rounds, for each side. */
  prepare?(bench: Bench, side: Contender): Promise<void>;
  measure(bench: Bench, side: Contender): Promise<Measured>;
  /** After the rounds. */
  restore?(bench: Bench, side: Contender): Promise<void>;
}

/** An idle daemon is measured when what its start left has settled. */
const SETTLE_MS = 1_500;

async function value(answer: Promise<{ readonly [name: string]: number }>, name = 'value'): Promise<number> {
  const figure = (await answer)[name];
  if (figure === undefined) throw new Error(`the client says no '${name}'`);
  return figure;
}

const calls: Suite = {
  rows: ['calls-1', 'calls-32', 'asks-1', 'asks-32'],
  async measure({ client, sizes }, { uri }) {
    const rate = (command: string, connections: number) =>
      value(client.ask(uri, command, connections, sizes.callSeconds));
    return {
      'calls-1': await rate('calls', 1),
      'calls-32': await rate('calls', 32),
      'asks-1': await rate('asks', 1),
      'asks-32': await rate('asks', 32),
    };
  },
};

const open: Suite = {
  rows: ['open'],
  async measure({ client, sizes }, { uri }) {
    return { open: await value(client.ask(uri, 'open', sizes.opens)) };
  },
};

const definitions: Suite = {
  rows: ['define', 'list', 'dumpxml', 'undefine'],
  async measure({ client, sizes, template }, { uri }) {
    return {
      define: await value(client.ask(uri, 'define', sizes.domains, 'd', template)),
      list: await value(client.ask(uri, 'list')),
      dumpxml: await value(client.ask(uri, 'dumpxml', 'd', sizes.domains)),
      undefine: await value(client.ask(uri, 'undefine', sizes.domains, 'd')),
    };
  },
};

async function define({ directory, template }: Bench, side: Contender, name: string): Promise<void> {
  const file = join(directory, `${side.name}-${name}.xml`);
  writeFileSync(file, readFileSync(template, 'utf8').replace('@NAME@', name));
  await virsh(side.uri, 'define', file);
}

async function withPausedGuest<T>(side: Contender, name: string, work: () => Promise<T>): Promise<T> {
  await virsh(side.uri, 'start', '--paused', name);
  const result = await work();
  await virsh(side.uri, 'destroy', name);
  return result;
}

const guest: Suite = {
  rows: ['start', 'destroy', 'event'],
  async prepare(bench, side) {
    await define(bench, side, 'guest');
    // The first start probes QEMU, which later ones do not.
    await withPausedGuest(side, 'guest', async () => {});
  },
  async measure({ client, sizes, directory }, side) {
    const socket = bareSocket(directory);
    const { command, event } = await withPausedGuest(side, 'guest', async () => ({
      command: bareCommand(side.guestPid('guest'), socket),
      event: await value(client.ask(side.uri, 'events', 'guest', sizes.events)),
    }));
    let bareMs = 0;
    for (let index = 0; index < sizes.starts; index++)
      bareMs += (await startBare(command, socket)) / sizes.starts;
    const started = await client.ask(side.uri, 'start', 'guest', sizes.starts);
    return { event, start: (started.value ?? Number.NaN) - bareMs, destroy: started.destroy ?? Number.NaN };
  },
  async restore(_bench, { uri }) {
    await virsh(uri, 'undefine', 'guest');
  },
};

function statsGuests({ sizes }: Bench): string[] {
  return Array.from({ length: sizes.guests }, (_, index) => `stats${index}`);
}

const stats: Suite = {
  rows: ['stats'],
  async prepare(bench, side) {
    for (const name of statsGuests(bench)) {
      await define(bench, side, name);
      await virsh(side.uri, 'start', '--paused', name);
    }
  },
  async measure({ client, sizes }, { uri }) {
    const { value: stats = Number.NaN, count } = await client.ask(uri, 'stats');
    if (count !== sizes.guests) throw new Error(`domstats gives ${count} domains of ${sizes.guests}`);
    return { stats };
  },
  async restore(bench, { uri }) {
    for (const name of statsGuests(bench)) {
      await virsh(uri, 'destroy', name);
      await virsh(uri, 'undefine', name);
    }
  },
};

/** Restarts one daemon. @returns milliseconds from its exec to the first answers */
async function restart({ client }: Bench, side: Contender, program: string) {
  await side.stop(program);
  const first = await client.first(side.uri, () => side.launch(program));
  await side.start();
  return first;
}

const cold: Suite = {
  rows: ['cold-proxy', 'cold-qemud', 'memory-proxy', 'memory-qemud'],
  async measure(bench, side) {
    const { proxy, driver } = side;
    const { openMs: driverMs } = await restart(bench, side, driver);
    const proxyMs = proxy === driver ? driverMs : (await restart(bench, side, proxy)).openMs;
    await pause(SETTLE_MS);
    return {
      'cold-proxy': proxyMs,
      'cold-qemud': driverMs,
      'memory-proxy': privateMB(side.pidOf(proxy)),
      'memory-qemud': privateMB(side.pidOf(driver)),
    };
  },
};

const coldMany: Suite = {
  rows: ['cold-many', 'cold-counted'],
  async prepare(bench, side) {
    await define(bench, side, 'many');
    await side.stopDaemons();
    const text = readFileSync(join(side.definitions, 'many.xml'), 'utf8');
    for (let index = 1; index < bench.sizes.definitions; index++) {
      const copy = text
        .replaceAll(/many(?=\b)/g, `many${index}`)
        .replace(/<uuid>.*<\/uuid>/, `<uuid>${randomUUID()}</uuid>`);
      writeFileSync(join(side.definitions, `many${index}.xml`), copy, { mode: 0o600 });
    }
    await side.start();
  },
  async measure(bench, side) {
    const { openMs, countedMs, count } = await restart(bench, side, side.driver);
    if (count !== bench.sizes.definitions)
      throw new Error(`${side.name} knows ${count} domains of ${bench.sizes.definitions}`);
    return { 'cold-many': openMs, 'cold-counted': countedMs };
  },
};

/** In the order in which they run: the last leaves its definitions behind. */
export const suites: readonly Suite[] = [calls, open, definitions, guest, stats, cold, coldMany];
