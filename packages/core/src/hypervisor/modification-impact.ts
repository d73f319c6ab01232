import { VirError } from '../errors/vir-error.js';
import { domainModificationImpact } from '../protocol/constants/domain.js';
import type { DomainIdentity, DomainObject } from './domain-object.js';

/** Which of a domain's definitions a call is about. */
export interface Impact {
  readonly live: boolean;
  readonly config: boolean;
}

const { live: LIVE, config: CONFIG } = domainModificationImpact;

/**
 * What VIR_DOMAIN_AFFECT_LIVE, _CONFIG and _CURRENT mean for a domain as it is now: without either, the one that is in use.
 *
 * @throws VirError OPERATION_INVALID when the domain does not run, or has no persistent definition
 */
export function impactOf(flags: number, domain: DomainObject<DomainIdentity, unknown>): Impact {
  const isNamed = (flags & (LIVE | CONFIG)) !== 0;
  const live = isNamed ? (flags & LIVE) !== 0 : domain.isActive;
  const config = isNamed ? (flags & CONFIG) !== 0 : !domain.isActive;
  if (live && !domain.isActive) throw notRunning();
  if (config && !domain.isPersistent) {
    throw VirError.of('OPERATION_INVALID', 'transient domains do not have any persistent config', {
      domain: 'DOMAIN',
    });
  }
  return { live, config };
}

/** The error for what only a domain that runs can do. */
export function notRunning(): VirError {
  return VirError.of('OPERATION_INVALID', 'domain is not running', { domain: 'DOMAIN' });
}

/** The one definition that a call reads, which says whether it is the live one. @throws as `impactOf` */
export function readDefinition<D extends DomainIdentity>(
  flags: number,
  domain: DomainObject<D, unknown>,
): { readonly definition: D; readonly isLive: boolean } {
  refuseTwo('virDomainObjGetOneDefState', 'flags', flags);
  const { live } = impactOf(flags, domain);
  const definition = live ? domain.live : domain.persistent;
  if (definition === undefined) throw notRunning();
  return { definition, isLive: live };
}

/** @throws VirError INVALID_ARG when both definitions are named where only one can be meant */
export function refuseBoth(api: string, flags: number): void {
  refuseTwo(api, 'ctl', flags);
}

function refuseTwo(api: string, argument: string, flags: number): void {
  if ((flags & LIVE) === 0 || (flags & CONFIG) === 0) return;
  throw VirError.invalidArgument(
    api,
    argument,
    "Flags 'VIR_DOMAIN_AFFECT_LIVE' and 'VIR_DOMAIN_AFFECT_CONFIG' are mutually exclusive",
    'DOMAIN',
  );
}
