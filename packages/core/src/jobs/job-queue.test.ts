import { expect, test } from 'vitest';
import { FakeClock } from '../testing/fake-clock.js';
import { type Job, JobQueue, type JobRequest } from './job-queue.js';
import type { JobKind } from './job-rules.js';

function request(kind: JobKind, signal: AbortSignal = new AbortController().signal): JobRequest {
  return { kind, owner: `virDomain${kind}`, signal };
}

/** Starts a job that runs until `end` is called. */
function open(
  queue: JobQueue,
  kind: JobKind,
  order: string[],
  name: string,
): { end: () => void; done: Promise<void> } {
  let end = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    end = resolve;
  });
  const done = queue.run(request(kind), async () => {
    order.push(name);
    await gate;
  });
  return { end: () => end(), done };
}

test('runs short jobs one after another in the order they came', async () => {
  const queue = new JobQueue(new FakeClock());
  const order: string[] = [];
  const jobs = ['a', 'b', 'c'].map((name) => open(queue, 'modify', order, name));
  for (const job of jobs) {
    job.end();
    await job.done;
  }
  expect(order).toEqual(['a', 'b', 'c']);
  expect(queue.isIdle).toBe(true);
});

test('lets destroy in while a dump runs, but not modify', async () => {
  const queue = new JobQueue(new FakeClock());
  const order: string[] = [];
  const dump = open(queue, 'dump', order, 'dump');
  const modify = open(queue, 'modify', order, 'modify');
  const agent = open(queue, 'agent', order, 'agent');
  await Promise.resolve();
  expect(order).toEqual(['dump', 'agent']);
  dump.end();
  await dump.done;
  modify.end();
  agent.end();
  await Promise.all([modify.done, agent.done]);
  expect(order).toEqual(['dump', 'agent', 'modify']);
});

test('says who holds the lock when the wait is over', async () => {
  const clock = new FakeClock();
  const queue = new JobQueue(clock);
  const first = open(queue, 'modify', [], 'first');
  const second = queue.run(request('modify'), async () => undefined);
  clock.advance(30_000);
  await expect(second).rejects.toThrow(
    'Timed out during operation: cannot acquire state change lock (held by monitor=virDomainmodify)',
  );
  first.end();
  await first.done;
});

test('a caller that goes away leaves the queue and its place', async () => {
  const queue = new JobQueue(new FakeClock());
  const order: string[] = [];
  const first = open(queue, 'modify', order, 'first');
  const controller = new AbortController();
  const gone = queue.run(request('modify', controller.signal), async () => undefined);
  controller.abort(new Error('client is gone'));
  await expect(gone).rejects.toThrow('client is gone');
  const third = open(queue, 'modify', order, 'third');
  first.end();
  third.end();
  await third.done;
  expect(order).toEqual(['first', 'third']);
});

test('ends the job when its body throws, and aborts its signal with the caller', async () => {
  const queue = new JobQueue(new FakeClock());
  const controller = new AbortController();
  let seen: Job | undefined;
  const failed = queue.run(request('modify', controller.signal), async (job) => {
    seen = job;
    controller.abort();
    throw new Error('no');
  });
  await expect(failed).rejects.toThrow('no');
  expect(seen?.signal.aborted).toBe(true);
  expect(queue.isIdle).toBe(true);
});
