import { expect, test } from 'vitest';
import { byteChannelContract, ChannelWitness } from './contracts/byte-channel.js';
import { FakeDescriptors } from './fake-descriptors.js';
import { MemoryChannel } from './memory-channel.js';

const descriptors = new FakeDescriptors();
let count = 0;

byteChannelContract({
  pair: async () => MemoryChannel.pair({ descriptors }),
  descriptors: {
    make: () => descriptors.open(`file ${count++}`),
    fileOf: (descriptor) => descriptors.fileOf(descriptor),
    isOpen: (descriptor) => descriptors.fileOf(descriptor) !== undefined,
    close: (descriptor) => descriptors.close(descriptor),
  },
});

test('refuses descriptors where none travel', () => {
  const [left] = MemoryChannel.pair();
  expect(() => left.write(Buffer.from('x'), [3])).toThrow(TypeError);
});

test('tells a paused reader that its peer has gone, and leaves it open', async () => {
  const [left, right] = MemoryChannel.pair();
  const witness = new ChannelWitness(right);
  const gone = new Promise<void>((resolve) => Object.assign(witness, { onPeerGone: resolve }));
  witness.start();
  right.pause();
  left.destroy();
  await gone;
  expect(right.isOpen).toBe(true);
});
