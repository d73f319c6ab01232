import type { Domain } from '@modvirt/core/schema';
import { assignAddresses } from '../address/assign-addresses.js';
import type { PlanContext } from '../context.js';
import { assignAliases } from '../definition/assign-aliases.js';
import { draftOf, finished } from '../definition/draft.js';
import { nameDisk } from '../definition/name-nodes.js';
import { plugInterfaces } from '../definition/plug-interfaces.js';
import { postParse } from '../post-parse/post-parse.js';
import { prepareChannels } from '../prepare-start.js';
import { validate } from '../validate/validate.js';
import { type Inserted, insertDevice } from './insert-device.js';
import { requirePluggable } from './pluggable.js';
import { devicesOf, type PluggedDevice, withReplaced } from './plugged-device.js';

export interface LiveInsertion extends Inserted {
  /** The last number of a block node. */
  readonly lastNode: number;
}

/** The running guest with one more device, which has all that it needs to be plugged in. */
export function insertLive(live: Domain, xml: string, cx: PlanContext, lastNode: number): LiveInsertion {
  const inserted = insertDevice(live, xml, {
    isLive: true,
    newUuid: () => cx.random.uuid(),
    complete: (domain) => assignAddresses(postParse(domain, cx), cx),
    check: (domain) => validate(domain, cx),
  });
  requirePluggable(live, inserted);
  const places = [...inserted.added, inserted.device].map(({ kind, device }) => ({
    kind,
    at: devicesOf(inserted.domain, kind).findIndex((it) => it.device === device),
  }));
  const draft = draftOf(assignAliases(inserted.domain));
  prepareChannels(draft, cx);
  plugInterfaces(draft, cx);
  const { vsock } = draft.devices;
  if (vsock?.cid?.auto === true && vsock.cid.address === undefined) vsock.cid.address = cx.vsockCid();
  const domain = finished(draft);
  const all = places.map(({ kind, at }) => devicesOf(domain, kind)[at]).filter((it) => it !== undefined);
  const device = all.at(-1);
  if (device === undefined) throw new Error('what was inserted is not there');
  return withNodes({ domain, device, added: all.slice(0, -1) }, cx, lastNode);
}

function withNodes(inserted: Inserted, cx: PlanContext, lastNode: number): LiveInsertion {
  const { domain, device } = inserted;
  if (device.kind !== 'disks') return { ...inserted, lastNode };
  const named = nameDisk(device.device, cx, lastNode);
  const next: PluggedDevice = { kind: 'disks', device: named.disk };
  return {
    ...inserted,
    domain: withReplaced(domain, device, named.disk),
    device: next,
    lastNode: named.last,
  };
}
