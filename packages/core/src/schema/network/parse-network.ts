import { VirError } from '../../errors/vir-error.js';
import type { Uuid } from '../../wire/uuid.js';
import { type FormatContext, formatLive, type ParseContext, parseLive } from '../../xml/context.js';
import { expectRoot } from '../../xml/element.js';
import { childOf, textOf, type XmlElement } from '../../xml/node.js';
import { readXml } from '../../xml/reader.js';
import type { Bridge } from './bridge.js';
import { type Forward, hasOwnBridge, type Network } from './filled-network.js';
import type { ForwardElement, ForwardInterface } from './forward.js';
import { type NetworkElement, networkElement } from './network.js';
import { malformed } from './refuse.js';
import { validateNetwork } from './validate.js';

export interface ParseNetworkOptions extends Partial<ParseContext> {
  /** Makes the UUID of a network that has none. */
  readonly newUuid: () => Uuid;
}

/** @throws VirError XML_DETAIL when the document is malformed, XML_ERROR and others when its content is */
export function parseNetwork(text: string, options: ParseNetworkOptions): Network {
  return parseNetworkNode(readXml(text, { source: 'network_definition', domain: 'NETWORK' }), options);
}

/** As `parseNetwork`, for a `<network>` inside another document. */
export function parseNetworkNode(node: XmlElement, options: ParseNetworkOptions): Network {
  const { newUuid, ...context } = options;
  try {
    const root = expectRoot(node, 'network');
    const read = networkElement(nameIn(root)).parse(root, { ...parseLive, ...context });
    const network = completed(read, newUuid);
    validateNetwork(network);
    return network;
  } catch (error) {
    throw error instanceof VirError ? error.inDomain('NETWORK') : error;
  }
}

function nameIn(root: XmlElement): string {
  const found = childOf(root, 'name');
  const name = found === undefined ? '' : textOf(found);
  if (name === '') throw VirError.of('NO_NAME');
  if (name.includes('\n')) throw malformed("invalid char in name: '\\n'");
  if (name.includes('/')) throw malformed(`name ${name} cannot contain '/'`);
  // It is a directory's name too.
  if (name === '.' || name === '..') throw malformed(`invalid network name '${name}'`);
  return name;
}

function completed(read: NetworkElement, newUuid: () => Uuid): Network {
  const { forward: forwardElement, uuid = newUuid(), ...rest } = read;
  if (forwardElement === undefined) return { ...rest, uuid, bridge: withDefaults(read.bridge) };
  const forward = resolved(read.name, forwardElement);
  if (!hasOwnBridge(forward.mode)) return { ...rest, uuid, forward };
  return { ...rest, uuid, forward, bridge: withDefaults(read.bridge) };
}

function withDefaults(bridge: Bridge = {}): Bridge {
  return { ...bridge, stp: bridge.stp ?? true, delay: bridge.delay ?? 0 };
}

function resolved(network: string, read: ForwardElement): Forward {
  const { dev, mode = 'nat', ...rest } = read;
  return { ...rest, mode, interfaces: interfacesOf(network, dev, read) };
}

function interfacesOf(
  network: string,
  dev: string | undefined,
  { interfaces, addresses, pf }: ForwardElement,
): readonly ForwardInterface[] {
  if (dev !== undefined && (addresses.length > 0 || pf !== undefined)) {
    throw malformed(
      `the <forward> 'dev' attribute cannot be used when <address> or <pf> sub-elements are present in network ${network}`,
    );
  }
  const [first] = interfaces;
  if (first === undefined) return dev === undefined ? [] : [{ dev }];
  if (dev !== undefined && dev !== first.dev) {
    throw malformed(
      `<forward dev='${dev}'> must match first <interface dev='${first.dev ?? ''}'/> in network ${network}`,
    );
  }
  return interfaces;
}

/** The document of `network`, ending with a newline. */
export function formatNetwork(network: Network, context: Partial<FormatContext> = {}): string {
  return networkElement(network.name).format(network, { ...formatLive, ...context });
}
