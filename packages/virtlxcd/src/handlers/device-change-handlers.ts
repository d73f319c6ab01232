import type { Call, Handlers } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import { checkFlags, editDefinitions, impactOf } from '@modvirt/core/hypervisor';
import { domainModificationImpact } from '@modvirt/core/protocol/constants';
import type { domainDevices } from '@modvirt/core/protocol/rows';
import type { ContainerDomain } from '../container-runtime.js';
import { attachToConfig, detachFromConfig, updateInConfig } from '../devices/config-devices.js';
import { type ChangedDevice, readDevice } from '../devices/read-device.js';
import type { LxcDriver } from '../driver.js';
import { attachLive } from '../process/attach-live.js';
import { detachLive } from '../process/detach-live.js';

type Served = Pick<
  Handlers<typeof domainDevices>,
  | 'domainAttachDevice'
  | 'domainAttachDeviceFlags'
  | 'domainDetachDevice'
  | 'domainDetachDeviceFlags'
  | 'domainUpdateDeviceFlags'
>;

const { live: LIVE, config: CONFIG } = domainModificationImpact;

interface Request {
  readonly api: string;
  readonly xml: string;
  readonly flags: number;
}

/** Devices that come and go. */
export function deviceChangeHandlers(driver: LxcDriver): Served {
  const { domains } = driver;
  const attach = (domain: ContainerDomain, request: Request, call: Call) =>
    change(driver, domain, request, call, { config: attachToConfig, live: attachLive });
  const detach = (domain: ContainerDomain, request: Request, call: Call) =>
    change(driver, domain, request, call, { config: detachFromConfig, live: detachLive });
  return {
    domainAttachDevice: ({ dom, xml }, call) =>
      attach(domains.byRef(dom), { api: 'virDomainAttachDeviceFlags', xml, flags: LIVE }, call),
    domainAttachDeviceFlags: ({ dom, xml, flags }, call) =>
      attach(domains.byRef(dom), { api: 'virDomainAttachDeviceFlags', xml, flags }, call),
    domainDetachDevice: ({ dom, xml }, call) =>
      detach(domains.byRef(dom), { api: 'virDomainDetachDeviceFlags', xml, flags: LIVE }, call),
    domainDetachDeviceFlags: ({ dom, xml, flags }, call) =>
      detach(domains.byRef(dom), { api: 'virDomainDetachDeviceFlags', xml, flags }, call),
    domainUpdateDeviceFlags: ({ dom, xml, flags }, call) => {
      const request = { api: 'virDomainUpdateDeviceFlags', xml, flags };
      const live = (): never => {
        throw VirError.of('OPERATION_UNSUPPORTED', 'Unable to modify live devices');
      };
      return change(driver, domains.byRef(dom), request, call, { config: updateInConfig, live });
    },
  };
}

interface Ways {
  readonly config: typeof attachToConfig;
  readonly live: typeof attachLive;
}

/** Whatever can be refused is, before anything is done. */
async function change(
  driver: LxcDriver,
  domain: ContainerDomain,
  { api, xml, flags }: Request,
  call: Call,
  ways: Ways,
): Promise<void> {
  checkFlags(api, flags, LIVE | CONFIG, driver.errorDomain);
  await domain.withJob({ kind: 'modify', owner: api, signal: call.signal }, async (job) => {
    const impact = impactOf(flags, domain);
    // An update says that it cannot be done before it looks at what is wanted.
    if (impact.live && api === 'virDomainUpdateDeviceFlags') {
      throw VirError.of('OPERATION_UNSUPPORTED', 'Unable to modify live devices');
    }
    const device: ChangedDevice = await readDevice(driver, xml);
    const { persistent, live } = domain;
    if (impact.config && persistent !== undefined) ways.config(persistent, device);
    if (impact.live && live !== undefined) {
      domain.setLive(await ways.live(driver, domain.liveJob(job), live, device));
      await driver.saveStatus(domain);
    }
    await editDefinitions(driver, domain, { live: false, config: impact.config }, (it) =>
      ways.config(it, device),
    );
  });
}
