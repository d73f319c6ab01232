import { FakeClock, MemoryChannel, MemoryLogger } from '@modvirt/core/testing';
import { expect, test } from 'vitest';
import { MonitorError, type MonitorEvent } from './monitor.js';
import { QmpLink } from './qmp-link.js';

const GREETING = '{"QMP": {"version": {}, "capabilities": []}}';
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A link and the QEMU at its other end, which says what the test wants. */
async function opened() {
  const [ours, qemu] = MemoryChannel.pair();
  const heard: { readonly id: string }[] = [];
  qemu.setHandlers({
    onData: (bytes) => {
      for (const line of new TextDecoder().decode(bytes).trim().split('\n')) heard.push(JSON.parse(line));
    },
    onClose: () => undefined,
  });
  const say = (text: string): void => void qemu.write(new TextEncoder().encode(`${text}\n`));
  const link = new QmpLink(ours, new FakeClock(), new MemoryLogger());
  const open = link.open(1000);
  say(GREETING);
  await settled();
  say(`{"return": {}, "id": "${heard.at(-1)?.id}"}`);
  await open;
  return { link, say, lastId: () => heard.at(-1)?.id ?? '' };
}

test('gives each answer to the command with its id', async () => {
  const { link, say, lastId } = await opened();
  const first = link.execute('query-status');
  await settled();
  const firstId = lastId();
  const second = link.execute('query-name');
  await settled();
  say(`{"return": 2, "id": "${lastId()}"}`);
  say(`{"return": 1, "id": "${firstId}"}`);
  expect(await Promise.all([first, second])).toEqual([1, 2]);
});

test.each(['null', '5', '"text"', 'true', '{', '', '[1', '\u0000'])(
  'a QEMU that says %j breaks nothing but its link',
  async (line) => {
    const { link, say } = await opened();
    const ended: unknown[] = [];
    link.setHandlers({ onEvent: () => undefined, onEnd: (error) => ended.push(error) });
    const answer = link.execute('query-status').catch((error: unknown) => error);
    say(line);
    await settled();
    if (line === '') link.close();
    else expect(ended).toHaveLength(1);
    expect(await answer).toBeInstanceOf(Error);
  },
);

test.each(['null', '5', '{}', '{"class": 7}', '[]'])(
  'takes %s for an error that says nothing',
  async (error) => {
    const { link, say, lastId } = await opened();
    const answer = link.execute('query-status').catch((thrown: unknown) => thrown);
    await settled();
    say(`{"error": ${error}, "id": "${lastId()}"}`);
    expect(await answer).toBeInstanceOf(MonitorError);
  },
);

test('an event without data or time is an event', async () => {
  const { link, say } = await opened();
  const events: MonitorEvent[] = [];
  link.setHandlers({ onEvent: (event) => events.push(event), onEnd: () => undefined });
  say('{"event": "STOP", "timestamp": null, "data": null}');
  await settled();
  expect(events).toEqual([{ name: 'STOP', data: {}, seconds: 0, microseconds: 0 }]);
});
