import { type Props, toJson } from '../command/json.js';
import type { StorageSource } from '../definition/types.js';
import type { BlockHost, NetworkLocation } from './location.js';
import { type ImageUse, locationOf } from './source-location.js';
import { targetProps } from './target-props.js';

const NOBODY = { isCdrom: () => false };

export interface BackingTextOptions {
  readonly device: ImageUse['device'];
  /** What is known of the image's format. */
  readonly format?: string | undefined;
  /** Writes properties where they stand in the text; in one line without blanks unless said otherwise. */
  readonly print?: (props: Props) => string;
}

/** How an image above names the one below it: a path, a URI, or QEMU's `json:` where neither says enough. */
export function backingText(source: StorageSource, options: BackingTextOptions): string {
  const local = localText(source, options.format);
  if (local !== undefined) return local;
  const simple = source.type === 'network' ? simpleUri(source, options) : undefined;
  const print = options.print ?? toJson;
  return simple ?? `json:{"file":${print(targetProps(source, options.device))}}`;
}

function localText(source: StorageSource, format: string | undefined): string | undefined {
  switch (source.type) {
    case 'file':
      return source.source?.file;
    case 'block':
      return source.source?.dev;
    case 'dir':
      return format === 'fat' ? `fat:${source.source?.dir}` : source.source?.dir;
    default:
      return undefined;
  }
}

const URI_PROTOCOLS: ReadonlySet<string> = new Set([
  'nbd',
  'http',
  'https',
  'ftp',
  'ftps',
  'tftp',
  'iscsi',
  'gluster',
]);

function simpleUri(
  source: Extract<StorageSource, { type: 'network' }>,
  options: BackingTextOptions,
): string | undefined {
  const location = locationOf(source, { device: options.device, readOnly: true }, NOBODY);
  if (location.type !== 'network' || !URI_PROTOCOLS.has(location.protocol)) return undefined;
  const [host, ...more] = location.hosts;
  if (host === undefined || more.length > 0 || host.transport !== 'tcp') return undefined;
  const isPlain =
    location.timeout === undefined &&
    location.readahead === undefined &&
    location.reconnectDelay === undefined &&
    location.sslVerify === undefined &&
    (source.source?.cookies ?? []).length === 0;
  return isPlain ? uriOf(location, host) : undefined;
}

function uriOf(location: NetworkLocation, host: BlockHost): string {
  const name = host.name?.includes(':') === true ? `[${host.name}]` : host.name;
  const path = location.name === '' ? '' : escapePath(withLun(location));
  const query = location.query === undefined ? '' : `?${location.query}`;
  return `${location.protocol}://${name}:${host.port ?? 0}${path}${query}`;
}

/** The unit of an iSCSI target is the first one if none is named. */
function withLun({ protocol, name }: NetworkLocation): string {
  const rooted = name.startsWith('/') ? name : `/${name}`;
  return protocol === 'iscsi' && !name.includes('/') ? `${rooted}/0` : rooted;
}

function escapePath(path: string): string {
  return encodeURI(path).replace(/[:?#]/g, (it) => encodeURIComponent(it));
}
