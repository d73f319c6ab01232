import type { Props } from '../command/json.js';
import type { StorageSource } from '../definition/types.js';
import { cookieText } from './cookies.js';
import type { BlockLocation } from './location.js';
import { type ImageUse, locationOf } from './source-location.js';
import { storageProps } from './storage-props.js';

const NOBODY = { isCdrom: () => false };

/** Where the image is and nothing of how it is opened: what other images and commands name it by. */
export function targetProps(source: StorageSource, device: ImageUse['device']): Props {
  const location = locationOf(source, { device, readOnly: true }, NOBODY);
  const cookies = source.type === 'network' ? (source.source?.cookies ?? []) : [];
  const secrets = { encryption: [], plainCookie: cookies.length === 0 ? undefined : cookieText(cookies) };
  const { rw: _, ...props } = storageProps(bare(location), secrets);
  return props;
}

function bare(location: BlockLocation): BlockLocation {
  if (location.type !== 'network') return location;
  const { rbdEncryption: _, glusterDebug: __, user, ...rest } = location;
  const keepsUser = location.protocol === 'ssh' || location.protocol === 'nfs';
  return { ...rest, rbdEncryption: [], ...(keepsUser ? { user } : {}) };
}
