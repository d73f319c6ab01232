export { assignAddresses } from './address/assign-addresses.js';
export { backingText } from './block/backing-text.js';
export { createFormatProps, createStorageProps, type NewImage } from './block/create-props.js';
export { type KeptImage, keptImages } from './block/kept-image.js';
export { parseBackingText } from './block/parse-backing-text.js';
export { targetProps } from './block/target-props.js';
export { type JsonObject, unflatten } from './block/unflatten.js';
export {
  countingDescriptors,
  type DescriptorNumbers,
  type DescriptorUse,
} from './command/descriptor-numbers.js';
export type {
  DescriptorGroup,
  DirectMode,
  FirmwareChoices,
  HostFacts,
  HostPciAddress,
  KnownCpus,
  NetworkPlug,
  PlanContext,
  PlanNetworks,
  PlanSecrets,
  PlanVolumes,
  Randomness,
  ScsiAddress,
  SecretRef,
  VolumeRef,
} from './context.js';
export { assignAliases } from './definition/assign-aliases.js';
export {
  type FirmwareDescriptor,
  type FirmwareFile,
  orderFirmwareFiles,
  parseFirmwareDescriptor,
} from './firmware/descriptor.js';
export { type SupportedFirmware, supportedFirmware } from './firmware/supported.js';
export type {
  LaunchPlan,
  PlannedDescriptor,
  PlannedDirectory,
  PlannedFile,
  PlannedOwner,
  PlannedTerminal,
} from './launch-plan.js';
export { planLaunch } from './plan-launch.js';
export { postParse } from './post-parse/post-parse.js';
export { prepareStart } from './prepare-start.js';
export type { Accelerator, CpuModelInfo, MachineType, QemuCaps, QemuHostCpu } from './qemu-caps.js';
export type { QemuConfig } from './qemu-config.js';
export { validateLifecycle } from './validate/lifecycle.js';
export { validate } from './validate/validate.js';
