import type { Call } from '../../driver/call.js';
import type { Handlers } from '../../driver/handlers.js';
import { VirError } from '../../errors/vir-error.js';
import { domainMetadataType, domainModificationImpact } from '../../protocol/constants/domain.js';
import type { domainConfig } from '../../protocol/domain-config.js';
import type { Domain } from '../../schema/domain/post-parse/filled-domain.js';
import { checkFlags } from '../check-flags.js';
import { editDefinitions } from '../edit-definitions.js';
import type { HypervisorDriver } from '../hypervisor-driver.js';
import { lifecycleChange } from '../lifecycle-action.js';
import { checkMetadataType, type MetadataChange, metadataOf, withMetadata } from '../metadata.js';
import { impactOf, readDefinition, refuseBoth } from '../modification-impact.js';

const IMPACT_FLAGS = domainModificationImpact.live | domainModificationImpact.config;

type Served = Pick<
  Handlers<typeof domainConfig>,
  'domainSetMetadata' | 'domainGetMetadata' | 'domainSetLifecycleAction'
>;

/** What is noted about a domain, and what it does when its guest ends. */
export function domainMetadataHandlers<R>(driver: HypervisorDriver<Domain, R>): Served {
  const { domains } = driver;
  return {
    domainGetMetadata({ dom, type, uri, flags }) {
      const api = 'virDomainGetMetadata';
      refuseBoth(api, flags);
      checkArguments(api, { type, text: undefined, key: undefined, uri: uri ?? undefined });
      const domain = domains.byRef(dom);
      checkFlags('virDomainObjGetMetadata', flags, IMPACT_FLAGS, 'DOMAIN');
      checkMetadataType(type);
      const { definition } = readDefinition(flags, domain);
      return { metadata: metadataOf(definition, type, uri ?? undefined) };
    },
    async domainSetMetadata({ dom, flags, ...wire }, call) {
      const change: MetadataChange = {
        type: wire.type,
        text: wire.metadata ?? undefined,
        key: wire.key ?? undefined,
        uri: wire.uri ?? undefined,
      };
      checkArguments('virDomainSetMetadata', change);
      await setMetadata(driver, dom, flags, change, call);
    },
    async domainSetLifecycleAction({ dom, type, action, flags }, call) {
      const owner = 'virDomainSetLifecycleAction';
      const change = lifecycleChange(type, action);
      checkFlags('virDomainSetLifecycleAction', flags, IMPACT_FLAGS, driver.errorDomain);
      change.checkAllowed();
      const domain = domains.byRef(dom);
      await domain.withJob({ kind: 'modify', owner, signal: call.signal }, async () => {
        await editDefinitions(driver, domain, impactOf(flags, domain), (definition) => {
          const changed = change.apply(definition);
          driver.checkLifecycle(changed);
          return changed;
        });
      });
    },
  };
}

async function setMetadata<R>(
  driver: HypervisorDriver<Domain, R>,
  dom: Parameters<typeof driver.domains.byRef>[0],
  flags: number,
  change: MetadataChange,
  call: Call,
): Promise<void> {
  checkFlags('virDomainSetMetadata', flags, IMPACT_FLAGS, driver.errorDomain);
  const domain = driver.domains.byRef(dom);
  const owner = 'virDomainSetMetadata';
  await domain.withJob({ kind: 'modify', owner, signal: call.signal }, async () => {
    await editDefinitions(driver, domain, impactOf(flags, domain), (it) => withMetadata(it, change));
    driver.notifier.emit('domainMetadataChange', domain.reference, {
      type: change.type,
      nsuri: change.uri ?? null,
    });
  });
}

/** What the public functions refuse before they look at the domain. */
function checkArguments(api: string, { type, text, key, uri }: MetadataChange): void {
  const refuse = (argument: string, condition: string): never => {
    throw VirError.invalidArgument(api, argument, `${argument} in ${api} must ${condition}`, 'DOMAIN');
  };
  const isTitle = type === domainMetadataType.title;
  if (isTitle && text?.includes('\n')) {
    const message = "metadata title can't contain newlines";
    throw VirError.invalidArgument(api, 'metadata', message, 'DOMAIN');
  }
  if (isTitle || type === domainMetadataType.description) {
    if (uri !== undefined) refuse('uri', 'be NULL');
    if (key !== undefined) refuse('key', 'be NULL');
  } else if (type === domainMetadataType.element) {
    if (uri === undefined) refuse('uri', 'not be NULL');
    if (text !== undefined && key === undefined) refuse('key', 'not be NULL');
  }
}
