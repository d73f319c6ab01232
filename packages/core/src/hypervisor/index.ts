export { answerParameters } from './answer-parameters.js';
export { startMarked } from './autostart.js';
export {
  type BlockFigures,
  type DeviceThrottle,
  readBlockFigures,
  readBlockWeight,
  setBlockWeight,
  throttleDevice,
} from './cgroup/block-group.js';
export { Cgroup } from './cgroup/cgroup.js';
export { type CgroupLayout, readCgroupLayout } from './cgroup/cgroup-layout.js';
export {
  readCpuBandwidth,
  readCpuUsage,
  readCpuUsageEach,
  setCpuPeriod,
  setCpuQuota,
  setCpuShares,
  setCpuset,
} from './cgroup/cpu-group.js';
export {
  allowDevice,
  confineDevices,
  type DeviceNumber,
  denyDevice,
  limitProcesses,
} from './cgroup/device-group.js';
export { setFrozen } from './cgroup/freezer-group.js';
export {
  readMemoryFigures,
  readMemoryLimits,
  readMemoryUsage,
  setMemoryLimit,
  UNLIMITED_KIB,
} from './cgroup/memory-group.js';
export { escapePart, partitionPath } from './cgroup/partition.js';
export { checkFlags, exclusiveFlags } from './check-flags.js';
export { domainFileHeader } from './domain-file-header.js';
export { DomainList } from './domain-list.js';
export {
  DomainNotifier,
  type DomainReference,
  type EventSink,
  type LifecycleDetail,
  type LifecycleKind,
} from './domain-notifier.js';
export {
  type DomainIdentity,
  DomainObject,
  type LazyDefinition,
  type LiveJob,
  lazyDefinition,
  parsedDefinition,
} from './domain-object.js';
export {
  type DomainState,
  type DomainStateName,
  isActiveState,
  parseDomainState,
  reasonNumber,
  stateNumber,
} from './domain-state.js';
export { type DefinitionChange, editDefinitions } from './edit-definitions.js';
export { findInterface } from './find-interface.js';
export { type BridgePort, bridgePortCommands, hostSideMac } from './guest-links/bridge-port.js';
export { DeviceNames } from './guest-links/device-names.js';
export { type BandwidthCommands, bandwidthCommands } from './guest-links/guest-bandwidth.js';
export type { GuestLease, NetworkService } from './guest-links/network-service.js';
export { defineDomain, domainConfigHandlers } from './handlers/domain-config-handlers.js';
export { domainListHandlers, passesFilters } from './handlers/domain-list-handlers.js';
export { nodeHandlers } from './handlers/node-handlers.js';
export { checkpointListHandlers, snapshotListHandlers } from './handlers/snapshot-list-handlers.js';
export { HeldDevices, type OpenDevice } from './held-devices.js';
export { CpuLibrary } from './host/cpu-library.js';
export { Host, type TscCounter } from './host/host.js';
export { hostCapabilities, readContainerHost, type SecurityModel } from './host/host-capabilities.js';
export { type CellFacts, type HostFacts, readHostFacts } from './host/host-facts.js';
export type { HostReader } from './host/host-reader.js';
export { readHostUuid } from './host/host-uuid.js';
export {
  type DeviceCounters,
  type DirectionCounters,
  networkDevices,
  parseNetworkDevices,
} from './host/network-devices.js';
export { HostFirmware, parseDmi } from './host/sysinfo.js';
export {
  type FormatOptions,
  type HypervisorDriver,
  type ParseOptions,
  type StartRequest,
  saveDefinition,
} from './hypervisor-driver.js';
export { type DefinitionReader, dropBrokenDefinitions, loadDefinitions } from './load-definitions.js';
export { lockDriver } from './lock-driver.js';
export { logTimestamp } from './log-timestamp.js';
export {
  checkMetadataType,
  type Described,
  type MetadataChange,
  metadataOf,
  withMetadata,
} from './metadata.js';
export { type Impact, impactOf, notRunning, readDefinition, refuseBoth } from './modification-impact.js';
export { openSession, type ServedUri } from './open-session.js';
export { pumpChannel } from './pump-channel.js';
export { SessionTies } from './session-ties.js';
export { interfaceGroup, stateGroup } from './stats-groups.js';
export {
  blkioChange,
  iothreadIds,
  memoryChange,
  numaChange,
  schedulerChange,
  withEmulatorPin,
  withIothreadPin,
  withVcpuPin,
} from './tuning/tuning-changes.js';
export {
  bandwidthParameters,
  blkioParameters,
  type IoLimits,
  ioTuneParameters,
  memoryParameters,
  numaParameters,
  perfParameters,
  type SchedulerLimits,
  schedulerParameters,
} from './tuning/tuning-parameters.js';
