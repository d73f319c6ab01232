export { type ConfEntry, type ConfValue, parseConf } from './conf-syntax.js';
export {
  type ConfigKey,
  type ConfigKeys,
  type ConfigValues,
  choiceKey,
  flagKey,
  integerKey,
  limitKey,
  listKey,
  textKey,
} from './config-key.js';
export { type DaemonConfig, daemonKeys, type ProxyConfig, proxyKeys } from './daemon-keys.js';
export {
  formatLogFilters,
  formatLogOutputs,
  type LogDestination,
  type LogFilter,
  type LogPriority,
  parseLogFilters,
  parseLogOutputs,
} from './log-syntax.js';
export { type LxcConfig, lxcKeys } from './lxc-keys.js';
export { type QemuConfig, qemuKeys } from './qemu-keys.js';
export { type ConfigProblem, formatProblem, type ReadConfig, readConfig } from './read-config.js';
