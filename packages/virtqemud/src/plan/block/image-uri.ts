import { VirError } from '@modvirt/core/errors';
import { networkProtocols } from '@modvirt/core/schema';
import type { StorageSource } from '../definition/types.js';

export type NetworkSource = NonNullable<Extract<StorageSource, { type: 'network' }>['source']>;
export type NetworkHost = NetworkSource['hosts'][number];

const PROTOCOLS: ReadonlySet<string> = new Set(networkProtocols);

export function isProtocol(name: string): name is NetworkSource['protocol'] {
  return PROTOCOLS.has(name);
}

export function networkImage(
  source: Partial<NetworkSource> & Pick<NetworkSource, 'protocol' | 'hosts'>,
): StorageSource {
  return { type: 'network', source: { slices: [], cookies: [], ...source } };
}

/** `scheme+transport://host:port/path?query`, as network protocols have it. */
export function fromUri(text: string): StorageSource {
  const match =
    /^([a-z0-9]+)(?:\+([a-z]+))?:\/\/(?:([^@/?#]*)@)?(\[[^\]]*\]|[^:/?#]*)(?::(\d+))?([^?#]*)(?:\?([^#]*))?/i.exec(
      text,
    );
  if (match === null) throw VirError.of('INTERNAL_ERROR', `failed to parse backing file location '${text}'`);
  const [, scheme = '', transport = 'tcp', userInfo, host = '', port, path = '', query] = match;
  if (!isProtocol(scheme)) throw VirError.of('INTERNAL_ERROR', `invalid backing protocol '${scheme}'`);
  if (transport !== 'tcp' && transport !== 'unix' && transport !== 'rdma') {
    throw VirError.of('INTERNAL_ERROR', `invalid protocol transport type '${transport}'`);
  }
  const name = decoded(path).replace(/^\//, '');
  const socket = /(?:^|&)socket=([^&]*)/.exec(query ?? '')?.[1];
  const hosts: readonly NetworkHost[] =
    transport === 'unix'
      ? [{ transport, ...(socket === undefined ? {} : { socket: decoded(socket) }) }]
      : [
          {
            name: host.replace(/^\[|\]$/g, ''),
            ...(port === undefined ? {} : { port: Number(port) }),
            ...(transport === 'tcp' ? {} : { transport }),
          },
        ];
  const keepsQuery = transport !== 'unix' && query !== undefined && query !== '';
  if (scheme === 'iscsi' && userInfo !== undefined) {
    throw VirError.of('CONFIG_UNSUPPORTED', `unsupported backing store URI with credentials`);
  }
  return networkImage({
    protocol: scheme,
    hosts,
    ...(name === '' ? {} : { name }),
    ...(keepsQuery ? { query } : {}),
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A lone per cent sign stands for itself.
    return text;
  }
}
