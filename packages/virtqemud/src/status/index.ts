export {
  type DomainStatus,
  formatDomainStatus,
  parseDomainStatus,
  type ReadDomainStatusOptions,
} from './domain-status.js';
