export { type CacheStamp, formatCacheFile, parseCacheFile } from './cache-file.js';
export { cpuFromExpansion, offeredByDefinitions } from './expanded-cpu.js';
export { type CpuSources, knownCpus } from './known-cpus.js';
export { type Conversation, type Converse, probeEmulator } from './probe.js';
export type { ProbeResult } from './probe-result.js';
export { capsOf, type ProbedCaps } from './probed-caps.js';
