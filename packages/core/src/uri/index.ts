export { type ConnectionUri, parseConnectionUri } from './connection-uri.js';
export { type DaemonRow, daemonForOwner, daemonForScheme, daemons, PROXY } from './daemons.js';
export {
  type BasePaths,
  type DriverPaths,
  driverPaths,
  legacySocketPaths,
  nativeSocketPath,
  pidFilePath,
  type SessionEnvironment,
  sessionPaths,
  systemPaths,
} from './paths.js';
