export { FakeClock } from './fake-clock.js';
export { FakeDescriptors } from './fake-descriptors.js';
export { FakeFileLocks } from './fake-file-locks.js';
export { FakeFiles } from './fake-files.js';
export { FakeProcess, FakeProcesses, type FakeTool } from './fake-processes.js';
export { FakeServiceManager } from './fake-service-manager.js';
export { FakeTerminals } from './fake-terminals.js';
export { MemoryChannel, type MemoryChannelOptions } from './memory-channel.js';
