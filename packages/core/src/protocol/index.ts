export { schemaFingerprints } from './fingerprints.js';
export { limits } from './limits.js';
export { daemonControl, modvirtProgram } from './modvirt.js';
export type {
  AclObject,
  AclRule,
  ArgsOf,
  EventMessage,
  EventMessages,
  FlagCondition,
  MessageOf,
  Owner,
  Procedure,
  Procedures,
  Program,
  ReadOnlyRule,
  ReturnsOf,
} from './procedure.js';
export { eventMessage, procedure } from './procedure.js';
export {
  type MessageSchemas,
  type ProcedureSchemas,
  type ProgramSchemas,
  programSchemas,
  schemasText,
} from './program-schemas.js';
export { adminProgram, keepaliveProgram, lxcProgram, qemuProgram, remoteProgram } from './programs.js';
export { type ParameterTypes, type ParameterValues, readParameters } from './read-parameters.js';
export {
  booleanParameter,
  doubleParameter,
  intParameter,
  llongParameter,
  stringParameter,
  type TypedParameter,
  type TypedValue,
  typedParameter,
  uintParameter,
  ullongParameter,
} from './typed-parameter.js';
