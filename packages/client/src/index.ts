export { type Connection, type ConnectOptions, connect, type EventFilter, linkTo } from './connect.js';
export { connectError } from './connect-error.js';
export { connectDaemon, type DaemonLinkOptions } from './daemon-link.js';
export { type NetworkServiceOptions, networkService } from './network-service.js';
export { type SecretName, SecretValues, type SecretValuesOptions } from './secret-values.js';
export {
  type FullMethods,
  type FullResult,
  fullMethodsOf,
  type Methods,
  methodsOf,
} from './typed-methods.js';
