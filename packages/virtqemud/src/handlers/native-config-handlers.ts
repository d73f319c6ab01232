import type { Handlers } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import { checkFlags } from '@modvirt/core/hypervisor';
import type { connect } from '@modvirt/core/protocol/rows';
import type { QemuDriver } from '../driver.js';
import { type Props, toJson } from '../plan/command/json.js';
import type { LaunchPlan } from '../plan/launch-plan.js';
import { shellQuote } from '../process/launch-log.js';

type NativeConfig = Pick<Handlers<typeof connect>, 'connectDomainXmlToNative'>;

/** Forms in which a plan is given: libvirt's, and the whole of it as data. */
const FORMS: Readonly<Record<string, (plan: LaunchPlan) => string>> = {
  'qemu-argv': commandText,
  'modvirt-launch-plan': (plan) => `${toJson(plan as unknown as Props)}\n`,
};

export function nativeConfigHandlers(driver: QemuDriver): NativeConfig {
  return {
    async connectDomainXmlToNative({ nativeFormat, domainXml, flags }, call) {
      checkFlags('virConnectDomainXMLToNative', flags, 0, 'QEMU');
      const form = Object.hasOwn(FORMS, nativeFormat) ? FORMS[nativeFormat] : undefined;
      if (form === undefined) throw VirError.of('INVALID_ARG', `unsupported config type ${nativeFormat}`);
      const domain = await driver.parse(domainXml, { validate: false }, call.signal);
      const caps = await driver.capabilitiesOf(domain, call.signal);
      const { plan } = driver.parts.planner.pretend(domain, caps);
      return { nativeConfig: form(plan) };
    },
  };
}

/** As one would type it into a shell. */
function commandText(plan: LaunchPlan): string {
  const environment = Object.entries(plan.env).map(([name, value]) => `${name}=${shellQuote(value)}`);
  return [...environment, ...[plan.emulator, ...plan.argv].map(shellQuote)].join(' ');
}
