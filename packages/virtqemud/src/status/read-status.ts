import { type DomainState, parseDomainState } from '@modvirt/core/hypervisor';
import { domainAgentResponseTimeout } from '@modvirt/core/protocol/constants';
import { type Domain, parseDomainNode } from '@modvirt/core/schema';
import type { Uuid } from '@modvirt/core/wire';
import { attributeOf, childOf, childrenOf, readXml, textOf, type XmlElement } from '@modvirt/core/xml';

/** What a status file says of a guest. */
export interface SavedStatus {
  readonly state: DomainState;
  readonly pid: number;
  readonly monitorPath: string;
  readonly taints: readonly string[];
  readonly capabilityFlags: readonly string[];
  readonly deviceAliases: readonly string[];
  readonly vcpuThreads: readonly { readonly id: number; readonly threadId: number }[];
  readonly fakeReboot: boolean;
  readonly agentTimeout: number;
  readonly privateDirectory: string | undefined;
  readonly channelDirectory: string | undefined;
  readonly id: number;
  readonly domain: Domain;
}

/** @throws VirError or Error when the text is no status file, or one without what is needed to find the guest */
export function readStatus(text: string, newUuid: () => Uuid): SavedStatus {
  const root = readXml(text, { source: 'domain status', domain: 'DOMAIN' });
  const state = parseDomainState(attributeOf(root, 'state') ?? '', attributeOf(root, 'reason'));
  const pid = Number(attributeOf(root, 'pid'));
  const monitor = childOf(root, 'monitor');
  const domain = childOf(root, 'domain');
  const monitorPath = monitor && attributeOf(monitor, 'path');
  if (
    state === undefined ||
    !Number.isSafeInteger(pid) ||
    domain === undefined ||
    monitorPath === undefined
  ) {
    throw new Error('the status file does not say enough');
  }
  return {
    state,
    pid,
    monitorPath,
    domain: parseDomainNode(domain, { status: true, newUuid }),
    id: Number(attributeOf(domain, 'id') ?? -1),
    taints: childrenOf(root, 'taint').map((node) => attributeOf(node, 'flag') ?? ''),
    capabilityFlags: namesIn(root, 'qemuCaps', 'flag', 'name'),
    deviceAliases: namesIn(root, 'devices', 'device', 'alias'),
    vcpuThreads: threadsIn(root),
    fakeReboot: childOf(root, 'fakereboot') !== undefined,
    agentTimeout: agentTimeoutIn(root),
    privateDirectory: pathOf(root, 'libDir'),
    channelDirectory: pathOf(root, 'channelTargetDir'),
  };
}

function agentTimeoutIn(root: XmlElement): number {
  const node = childOf(root, 'agentTimeout');
  const value = node === undefined ? Number.NaN : Number(textOf(node));
  return Number.isSafeInteger(value) ? value : domainAgentResponseTimeout.block;
}

function namesIn(root: XmlElement, list: string, item: string, attribute: string): string[] {
  const parent = childOf(root, list);
  if (parent === undefined) return [];
  return childrenOf(parent, item).map((node) => attributeOf(node, attribute) ?? '');
}

function threadsIn(root: XmlElement): { id: number; threadId: number }[] {
  const parent = childOf(root, 'vcpus');
  if (parent === undefined) return [];
  return childrenOf(parent, 'vcpu').map((node) => ({
    id: Number(attributeOf(node, 'id')),
    threadId: Number(attributeOf(node, 'pid')),
  }));
}

function pathOf(root: XmlElement, name: string): string | undefined {
  const node = childOf(root, name);
  return node && attributeOf(node, 'path');
}
