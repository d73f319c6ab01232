import type { Domain } from '@modvirt/core/schema';
import { draftOf, finished } from './definition/draft.js';
import type { NetworkInterface } from './definition/types.js';

/** What a guest's interface keeps when somebody else is to start it: the card, and a tap device without a bridge. */
function standalone(net: NetworkInterface): NetworkInterface {
  const { mac, model, address, script, downscript, alias, rom } = net;
  return {
    type: 'ethernet',
    portForwards: [],
    ips: [],
    routes: [],
    ...(mac === undefined ? {} : { mac }),
    ...(model === undefined ? {} : { model }),
    ...(address === undefined ? {} : { address }),
    ...(script === undefined ? {} : { script }),
    ...(downscript === undefined ? {} : { downscript }),
    ...(alias === undefined ? {} : { alias }),
    ...(rom === undefined ? {} : { rom }),
  };
}

/** `domain` as its command line is shown: without what a network or a bridge would give its interfaces. */
export function withoutNetworks(domain: Domain): Domain {
  const draft = draftOf(domain);
  draft.devices.interfaces = domain.devices.interfaces.map(standalone) as typeof draft.devices.interfaces;
  return finished(draft);
}
