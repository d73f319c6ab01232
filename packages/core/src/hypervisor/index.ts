export { DomainList } from './domain-list.js';
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
