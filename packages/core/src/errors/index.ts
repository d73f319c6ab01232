export { type ErrorName, type ErrorRow, errorCatalog } from './catalog.js';
export { type ErrorDomain, errorDomains } from './domains.js';
export { systemError } from './system-error.js';
export { VirError, type VirErrorFields } from './vir-error.js';
