export { ARCHITECTURES } from '../schema/architecture.js';
export { type BaselineOptions, baselineOf, expandFeatures, guestCpuOf } from './baseline.js';
export { type Comparison, compareCpus, incompatibleError } from './compare.js';
export {
  type CpuData,
  type CpuRegisters,
  type CpuSignature,
  parseCpuData,
  vendorRegisters,
} from './cpu-data.js';
export {
  archOf,
  type CpuDefinition,
  cpusIn,
  type FeaturePolicy,
  featuresOf,
  formatCpu,
  modelOf,
  parseCpu,
  parseHostCpus,
  type WantedFeature,
} from './cpu-definition.js';
export {
  type CpuFeature,
  CpuMap,
  type CpuModel,
  type CpuVendor,
  cpuMapFiles,
  readCpuMap,
  signatureIn,
} from './cpu-map.js';
export { type CpuWords, contains, union } from './cpu-words.js';
export {
  type CpuFacts,
  type DecodedCpu,
  type DecodeOptions,
  decodeCpu,
  featureNames,
  type OfferedModel,
} from './decode.js';
export { wordsOfCpu } from './model-words.js';
export { type Cpuid, readCpuid } from './read-cpuid.js';
export { type LiveCpu, translateCpu, updateCpu, updateLiveCpu } from './update.js';
