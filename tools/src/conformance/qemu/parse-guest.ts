import { type Domain, parseDomain } from '@modvirt/core/schema';
import { assignAddresses, type PlanContext, postParse, validate } from '@modvirt/virtqemud/plan';
import { countedUuid } from '../pretended-host.js';

/** A document as the daemon takes it: with QEMU's defaults and places, checked. */
export function parseGuest(text: string, cx: PlanContext, inactive: boolean): Domain {
  return parseDomain(text, {
    inactive,
    abiUpdate: cx.abiUpdate,
    newUuid: countedUuid,
    postParse: (domain) => assignAddresses(postParse(domain, cx), cx),
    driverCheck: (domain) => validate(domain, cx),
  });
}
