export { FakeClock } from './fake-clock.js';
export { FakeDescriptors } from './fake-descriptors.js';
export { MemoryChannel, type MemoryChannelOptions } from './memory-channel.js';
