import { FakeClock, MemoryChannel } from '@modvirt/core/testing';
import { expect, test } from 'vitest';
import { AgentLink } from './agent-link.js';

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
const never = new AbortController().signal;

/** A link and the guest at its other end, which writes what the test wants. */
function linked() {
  const [ours, guest] = MemoryChannel.pair();
  const heard: string[] = [];
  guest.setHandlers({
    onData: (bytes) => heard.push(Buffer.from(bytes).toString('latin1')),
    onClose: () => undefined,
  });
  const clock = new FakeClock();
  const link = new AgentLink(ours, clock);
  return { link, clock, heard, write: (text: string) => void guest.write(Buffer.from(text, 'latin1')) };
}

test('whatever the guest writes before it answers is no answer', async () => {
  const { link, write } = linked();
  const synchronised = link.synchronise(5000, never);
  for (const line of ['null', '5', '{', '[]', '{"return": 7}', '{"return": {"id": 1}}', '\u0000\u0001', '']) {
    write(`${line}\n`);
  }
  await settled();
  write('half a line \xff{"return": 1}\n');
  await synchronised;
  const answer = link.execute('{"execute": "guest-ping"}', 5000, never);
  write('{"return": {}}\n');
  expect(await answer).toEqual({ return: {} });
});

test('a guest that writes without end loses its link', async () => {
  const { link, write } = linked();
  const answer = link.execute('{"execute": "guest-info"}', 5000, never).catch((error: unknown) => error);
  for (let i = 0; i < 11 && link.isOpen; i++) {
    write('x'.repeat(1 << 20));
    await settled();
  }
  expect(link.isOpen).toBe(false);
  expect(await answer).toMatchObject({ message: expect.stringContaining('not connected') });
});
