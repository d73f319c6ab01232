import { type DomainState, parseDomainState } from '@modvirt/core/hypervisor';
import { type Domain, parseDomainNode } from '@modvirt/core/schema';
import type { Uuid } from '@modvirt/core/wire';
import { attributeOf, childOf, readXml } from '@modvirt/core/xml';

/** What a status file says of a container. */
export interface SavedStatus {
  readonly state: DomainState;
  /** The supervisor's. */
  readonly pid: number;
  readonly initPid: number;
  readonly domain: Domain;
}

/** @throws VirError or Error when the text is no status file, or one without what is needed to find the container */
export function readStatus(text: string, newUuid: () => Uuid): SavedStatus {
  const root = readXml(text, { source: 'domain status', domain: 'DOMAIN' });
  const state = parseDomainState(attributeOf(root, 'state') ?? '', attributeOf(root, 'reason'));
  const pid = Number(attributeOf(root, 'pid'));
  const init = childOf(root, 'init');
  const initPid = Number(init && attributeOf(init, 'pid'));
  const domain = childOf(root, 'domain');
  const isEnough = state !== undefined && Number.isSafeInteger(pid) && Number.isSafeInteger(initPid);
  if (!isEnough || domain === undefined) throw new Error('the status file does not say enough');
  return { state, pid, initPid, domain: parseDomainNode(domain, { status: true, newUuid }) };
}
