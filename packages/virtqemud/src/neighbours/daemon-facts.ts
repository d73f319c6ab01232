import { type Connection, connect, SecretValues } from '@modvirt/client';
import { VirError } from '@modvirt/core/errors';
import type { Logger } from '@modvirt/core/ports';
import type { secretUsageType } from '@modvirt/core/protocol/constants';
import { storageVolType } from '@modvirt/core/protocol/constants';
import { parsePool } from '@modvirt/core/schema';
import { type BasePaths, nativeSocketPath } from '@modvirt/core/uri';
import type { Uuid } from '@modvirt/core/wire';
import type { FoundVolume } from '../plan/block/place-of-volume.js';
import { placeOfVolume } from '../plan/block/place-of-volume.js';
import type { VolumeRef } from '../plan/context.js';
import type { FactSources } from './ask-facts.js';

interface Asking {
  readonly paths: BasePaths;
  readonly name: string;
  readonly log: Logger;
  newUuid(): Uuid;
}

/** The other daemons of this installation, over their native sockets. */
export function daemonFacts(asking: Asking): FactSources {
  const { paths, name, log } = asking;
  const path = paths.isSession ? '/session' : '/system';
  const socket = nativeSocketPath(paths, 'virtsecretd');
  const secrets = new SecretValues({ socket, uri: `secret://${path}`, name, log });
  return {
    async placeOfVolume(volume, signal) {
      const daemon = 'virtstoraged';
      const storage = await connect({
        ...{ daemon, name, log },
        socket: nativeSocketPath(paths, daemon),
        uri: `storage://${path}`,
      });
      try {
        return placeOfVolume(volume, await findVolume(storage, volume, asking, signal));
      } finally {
        await storage.close();
      }
    },
    secretValue: ({ type, uuid, usage }, signal) =>
      secrets.value({ type: type as keyof typeof secretUsageType, uuid, usage }, signal),
  };
}

async function findVolume(
  { remote }: Connection,
  { pool: name, volume }: VolumeRef,
  { newUuid }: Asking,
  signal: AbortSignal,
): Promise<FoundVolume> {
  const options = { signal };
  const { pool } = await remote.storagePoolLookupByName({ name }, options);
  if ((await remote.storagePoolIsActive({ pool }, options)).active === 0) {
    const detail = `storage pool '${name}' containing volume '${volume}' is not active`;
    throw VirError.of('CONFIG_UNSUPPORTED', detail);
  }
  const { vol } = await remote.storageVolLookupByName({ pool, name: volume }, options);
  const { type } = await remote.storageVolGetInfo({ vol }, options);
  const { name: path } = await remote.storageVolGetPath({ vol }, options);
  const { xml } = await remote.storagePoolGetXmlDesc({ pool, flags: 0 }, options);
  return { pool: parsePool(xml, { newUuid }), type: typeName(type), path };
}

function typeName(type: number): FoundVolume['type'] {
  const names = Object.entries(storageVolType) as [FoundVolume['type'], number][];
  return names.find(([, value]) => value === type)?.[0] ?? 'file';
}
