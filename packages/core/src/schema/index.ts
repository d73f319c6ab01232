export { type Bandwidth, bandwidth } from './bandwidth.js';
export { formatNumberSet, type NumberSet, numberSet, parseNumberSet } from './bitmap.js';
export { type GuestCpu, guestCpu } from './cpu.js';
export type { Address, PciAddress } from './domain/address.js';
export type { Disk } from './domain/disk.js';
export { type DomainElement, domainElement } from './domain/domain.js';
export {
  formatDomain,
  type ParseDomainOptions,
  parseDomain,
  parseDomainNode,
} from './domain/parse-domain.js';
export type { Domain } from './domain/post-parse/domain.js';
export { toBytes } from './scale.js';
export type { Bytes, KiB } from './size.js';
