import type { Logger } from '@modvirt/core/ports';
import { type Domain, parseDomain } from '@modvirt/core/schema';
import { FakeClock, MemoryLogger } from '@modvirt/core/testing';
import type { Uuid } from '@modvirt/core/wire';
import { expect, test } from 'vitest';
import { type Monitor, MonitorError } from '../monitor/monitor.js';
import { askMonitor, type MonitorQuestions } from './monitor-facts.js';

const uuid = '9f1c6a52-77a5-4a0e-9f0e-0b8f5a1f6c11' as Uuid;
const live: Domain = parseDomain(
  '<domain type="qemu"><name>x</name><memory>1024</memory><os><type>hvm</type></os></domain>',
  { newUuid: () => uuid },
);
const all: MonitorQuestions = {
  balloon: true,
  blocks: true,
  iothreads: true,
  dirtyRate: true,
  haltPolling: false,
};

/** A monitor that answers at once, or never. */
function monitor(answer: (command: string) => unknown): { monitor: Monitor; asked: string[] } {
  const asked: string[] = [];
  const execute = (command: string): Promise<unknown> => {
    asked.push(command);
    const result = answer(command);
    if (result === undefined) return new Promise(() => undefined);
    return result instanceof Error ? Promise.reject(result) : Promise.resolve(result);
  };
  const unused = (): never => {
    throw new Error('not used here');
  };
  return {
    monitor: {
      ended: new Promise(() => undefined),
      execute,
      exchange: unused,
      passDescriptor: unused,
      setHandlers: unused,
      close: unused,
    },
    asked,
  };
}

function options(clock: FakeClock) {
  const log: Logger = new MemoryLogger();
  return { clock, log, timeoutMs: 1000, signal: new AbortController().signal };
}

test('asks everything before the first answer is there', async () => {
  const { monitor: link, asked } = monitor(() => []);
  const facts = askMonitor(link, live, { ...all, dirtyRate: false }, options(new FakeClock()));
  expect(asked).toEqual(['query-blockstats', 'query-named-block-nodes', 'query-iothreads']);
  expect(await facts).toMatchObject({ blocks: [], iothreads: [] });
});

test('leaves out what QEMU refuses to tell', async () => {
  const { monitor: link } = monitor((command) =>
    command === 'query-iothreads' ? new MonitorError(command, 'CommandNotFound', 'no') : [],
  );
  const facts = await askMonitor(link, live, { ...all, dirtyRate: false }, options(new FakeClock()));
  expect(facts.iothreads).toBeUndefined();
  expect(facts.blocks).toEqual([]);
});

test('gives up on a guest that does not answer in time', async () => {
  const clock = new FakeClock();
  const { monitor: link } = monitor(() => undefined);
  const facts = askMonitor(link, live, all, options(clock));
  clock.advance(1000);
  expect(await facts).toEqual({});
});
