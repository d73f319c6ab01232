import type { Handlers } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import { connectListAllSecretsFlags as filters, secretDefineFlags } from '@modvirt/core/protocol/constants';
import type { secret } from '@modvirt/core/protocol/rows';
import { formatSecret, parseSecret, type Secret } from '@modvirt/core/schema';
import { referenceOf, type SecretDriver } from '../driver.js';

const ALL = filters.ephemeral | filters.noEphemeral | filters.private | filters.noPrivate;

function checkFlags(api: string, flags: number, known: number): void {
  const unknown = (flags & ~known) >>> 0;
  if (unknown !== 0) throw VirError.unsupportedFlags(api, unknown, 'SECRET');
}

function isWanted(definition: Secret, flags: number): boolean {
  const groups = [
    [filters.ephemeral | filters.noEphemeral, definition.ephemeral ? filters.ephemeral : filters.noEphemeral],
    [filters.private | filters.noPrivate, definition.private ? filters.private : filters.noPrivate],
  ] as const;
  return groups.every(([group, fits]) => (flags & group) === 0 || (flags & fits) !== 0);
}

/** Secrets and their values. */
export function secretHandlers(driver: SecretDriver): Handlers<typeof secret> {
  return { ...listHandlers(driver), ...definitionHandlers(driver), ...valueHandlers(driver) };
}

function listHandlers(driver: SecretDriver): Handlers<typeof secret> {
  return {
    connectNumOfSecrets: () => ({ num: driver.all.length }),
    connectListSecrets: ({ maxuuids }) => ({
      uuids: driver.all.slice(0, maxuuids).map((it) => it.definition.uuid),
    }),
    connectListAllSecrets({ needResults, flags }) {
      checkFlags('secretConnectListAllSecrets', flags, ALL);
      const found = driver.all.filter((it) => isWanted(it.definition, flags));
      const secrets = needResults === 0 ? [] : found.map((it) => referenceOf(it.definition));
      return { secrets, ret: found.length };
    },
    secretLookupByUuid: ({ uuid }) => ({ secret: referenceOf(driver.byUuid(uuid).definition) }),
    secretLookupByUsage: ({ usageType, usageID }) => ({
      secret: referenceOf(driver.byUsage(usageType, usageID).definition),
    }),
  };
}

function definitionHandlers(driver: SecretDriver): Handlers<typeof secret> {
  return {
    async secretDefineXml({ xml, flags }) {
      checkFlags('secretDefineXML', flags, secretDefineFlags.validate);
      const validate = (flags & secretDefineFlags.validate) !== 0;
      const definition = parseSecret(xml, { newUuid: driver.parts.newUuid, validate });
      return { secret: await driver.define(definition) };
    },
    secretGetXmlDesc({ secret, flags }) {
      checkFlags('secretGetXMLDesc', flags, 0);
      return { xml: formatSecret(driver.byUuid(secret.uuid).definition) };
    },
    secretUndefine: ({ secret }) => driver.undefine(secret.uuid),
  };
}

function valueHandlers(driver: SecretDriver): Handlers<typeof secret> {
  return {
    secretSetValue({ secret, value, flags }) {
      if (value.length === 0) {
        const text = 'value in virSecretSetValue must not be NULL';
        throw VirError.invalidArgument('virSecretSetValue', 'value', text, 'SECRET');
      }
      checkFlags('secretSetValue', flags, 0);
      return driver.setValue(secret.uuid, value);
    },
    secretGetValue({ secret, flags }, { session }) {
      checkFlags('secretGetValue', flags, 0);
      const { definition, value } = driver.byUuid(secret.uuid);
      // Those are for the daemons alone.
      if (definition.private && session.isDaemon !== true)
        throw VirError.of('INVALID_SECRET', 'secret is private', { domain: 'SECRET' });
      if (value !== undefined) return { value };
      throw VirError.of('NO_SECRET', `secret '${secret.uuid}' does not have a value`, { domain: 'SECRET' });
    },
  };
}
