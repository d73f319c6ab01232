export { type CacheStamp, formatCacheFile, parseCacheFile } from './cache-file.js';
export { domainCapabilities } from './domain-capabilities.js';
export { cpuFromExpansion, offeredByDefinitions } from './expanded-cpu.js';
export { guestCapabilities } from './guest-capabilities.js';
export { type Conversation, type Converse, probeEmulator } from './probe.js';
export type { ProbeResult } from './probe-result.js';
export { capsOf, type ProbedCaps } from './probed-caps.js';
export type { Target } from './target.js';
export type { FirmwareReport, TargetHost } from './target-host.js';
