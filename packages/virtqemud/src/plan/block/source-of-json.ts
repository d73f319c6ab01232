import { VirError } from '@modvirt/core/errors';
import type { StorageSource } from '../definition/types.js';
import { fromUri, isProtocol, type NetworkHost, type NetworkSource, networkImage } from './image-uri.js';
import { isObject, type JsonObject, type JsonValue } from './unflatten.js';

/**
 * The image that properties of a block node lead to. What only says how it is opened is left out.
 *
 * @throws VirError INTERNAL_ERROR, INVALID_ARG for what leads to no image
 */
export function sourceOfJson(node: JsonObject): StorageSource {
  const inner = node.file;
  if (isObject(inner)) return sourceOfJson(inner);
  const driver = textOf(node, 'driver') ?? schemeOf(node);
  switch (driver) {
    case undefined:
      throw VirError.of('INTERNAL_ERROR', 'JSON backing volume definition lacks driver name');
    case 'file':
      return { type: 'file', source: { file: needed(node, 'filename'), slices: [], seclabels: [] } };
    case 'host_device':
    case 'host_cdrom':
      return { type: 'block', source: { dev: needed(node, 'filename'), slices: [], seclabels: [] } };
    case 'nvme':
      return nvmeImage(node);
    default:
      if (isProtocol(driver)) return networkOf(driver, node);
      throw VirError.of(
        'INTERNAL_ERROR',
        `missing parser implementation for JSON backing volume driver '${driver}'`,
      );
  }
}

/** A node without driver is told by its file name: a URI says what it is. */
function schemeOf(node: JsonObject): string | undefined {
  const name = textOf(node, 'filename') ?? textOf(node, 'uri');
  if (name === undefined) return undefined;
  return /^([a-z]+)(?:\+[a-z]+)?:\/\//.exec(name)?.[1] ?? 'file';
}

function textOf(node: JsonObject, name: string): string | undefined {
  const value = node[name];
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined;
}

function needed(node: JsonObject, name: string): string {
  const value = textOf(node, name);
  if (value !== undefined) return value;
  throw VirError.of('INTERNAL_ERROR', `missing '${name}' field in JSON backing volume definition`);
}

function nvmeImage(node: JsonObject): StorageSource {
  const match = /^([0-9a-f]+):([0-9a-f]+):([0-9a-f]+)\.([0-7])$/i.exec(needed(node, 'device'));
  if (match === null) throw VirError.of('INTERNAL_ERROR', "malformed 'device' in nvme storage");
  const [domain = 0, bus = 0, slot = 0, fn = 0] = match.slice(1).map((it) => Number.parseInt(it, 16));
  return {
    type: 'nvme',
    source: {
      type: 'pci',
      namespace: BigInt(needed(node, 'namespace')),
      address: { domain, bus, slot, function: fn },
      slices: [],
      seclabels: [],
    },
  };
}

function networkOf(protocol: NetworkSource['protocol'], node: JsonObject): StorageSource {
  const uri = textOf(node, 'uri') ?? textOf(node, 'filename') ?? textOf(node, 'url');
  const known = uri === undefined ? undefined : fromUri(uri);
  const base = known?.type === 'network' ? known.source : undefined;
  const name = base?.name ?? nameOf(protocol, node);
  return networkImage({
    ...base,
    protocol,
    hosts: base?.hosts ?? hostsOf(protocol, node),
    ...(name === undefined ? {} : { name }),
    ...webParts(node),
    ...rbdParts(protocol, node),
  });
}

/** What HTTP and its relatives have besides. */
function webParts(node: JsonObject): Partial<NetworkSource> {
  const { sslverify, timeout, readahead } = node;
  const cookie = textOf(node, 'cookie');
  const checks = sslverify === undefined ? {} : { ssl: sslverify !== false && sslverify !== 'off' };
  return {
    ...checks,
    ...(cookie === undefined ? {} : { cookies: cookiesOf(cookie) }),
    ...(timeout === undefined ? {} : { timeout: BigInt(needed(node, 'timeout')) }),
    ...(readahead === undefined ? {} : { readahead: BigInt(needed(node, 'readahead')) }),
  };
}

function cookiesOf(text: string): NetworkSource['cookies'] {
  return text.split(';').map((it) => {
    const [name = '', value = ''] = it.trim().split(/=(.*)/s);
    return { name, value };
  });
}

function rbdParts(protocol: NetworkSource['protocol'], node: JsonObject): Partial<NetworkSource> {
  if (protocol !== 'rbd') return {};
  const snapshot = textOf(node, 'snapshot');
  const config = textOf(node, 'conf');
  return { ...(snapshot === undefined ? {} : { snapshot }), ...(config === undefined ? {} : { config }) };
}

/** Where on the server it is, by the words of each protocol. */
function nameOf(protocol: NetworkSource['protocol'], node: JsonObject): string | undefined {
  switch (protocol) {
    case 'nbd':
      return textOf(node, 'export');
    case 'rbd': {
      const space = textOf(node, 'namespace');
      return [needed(node, 'pool'), ...(space === undefined ? [] : [space]), needed(node, 'image')].join('/');
    }
    case 'gluster':
      return `${needed(node, 'volume')}/${needed(node, 'path').replace(/^\//, '')}`;
    case 'iscsi':
      return `${needed(node, 'target')}/${textOf(node, 'lun') ?? '0'}`;
    case 'vxhs':
      return needed(node, 'vdisk-id');
    case 'sheepdog':
      return needed(node, 'vdi');
    default:
      return textOf(node, 'path');
  }
}

function hostsOf(protocol: NetworkSource['protocol'], node: JsonObject): readonly NetworkHost[] {
  const portal = protocol === 'iscsi' ? textOf(node, 'portal') : undefined;
  if (portal !== undefined) return [hostOfPortal(portal)];
  const { server } = node;
  if (Array.isArray(server)) return server.map(hostOf);
  if (server !== undefined) return [hostOf(server)];
  if (textOf(node, 'host') !== undefined || textOf(node, 'path') !== undefined) return [hostOf(node)];
  if (protocol === 'rbd') return [];
  throw VirError.of('INTERNAL_ERROR', `missing server specification in JSON backing volume definition`);
}

function hostOfPortal(portal: string): NetworkHost {
  const match = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(portal);
  if (match === null) throw VirError.of('INTERNAL_ERROR', `malformed portal '${portal}' in iSCSI storage`);
  const [, name = '', port] = match;
  return { name: name.replace(/^\[|\]$/g, ''), ...(port === undefined ? {} : { port: Number(port) }) };
}

function hostOf(server: JsonValue): NetworkHost {
  if (!isObject(server)) throw VirError.of('INTERNAL_ERROR', 'missing hosts in JSON backing definition');
  const type = textOf(server, 'type');
  const socket = textOf(server, 'path') ?? textOf(server, 'socket');
  if (
    type === 'unix' ||
    (type === undefined && socket !== undefined && textOf(server, 'host') === undefined)
  ) {
    return { transport: 'unix', ...(socket === undefined ? {} : { socket }) };
  }
  const port = textOf(server, 'port');
  const rdma = type === 'rdma' ? { transport: 'rdma' as const } : {};
  return { name: needed(server, 'host'), ...(port === undefined ? {} : { port: Number(port) }), ...rdma };
}
