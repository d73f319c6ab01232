import { VirError } from '@modvirt/core/errors';
import type { StorageSource } from '../definition/types.js';
import { fromUri, isProtocol, networkImage } from './image-uri.js';
import { sourceOfJson } from './source-of-json.js';
import { isObject, type JsonObject, unflatten } from './unflatten.js';

/**
 * The image that another one names as the one below it.
 *
 * @throws VirError INTERNAL_ERROR, INVALID_ARG for what names no image
 */
export function parseBackingText(text: string): StorageSource {
  if (text.startsWith('json:')) return sourceOfJson(unflatten(parsedJson(text.slice('json:'.length))));
  if (/^[a-z0-9+]+:\/\//i.test(text)) return fromUri(text);
  if (text.startsWith('nbd:')) return fromNbdText(text.slice('nbd:'.length));
  const scheme = /^([a-z]+):/.exec(text)?.[1];
  if (scheme !== undefined && isProtocol(scheme)) {
    throw VirError.of('INTERNAL_ERROR', `invalid backing protocol '${scheme}'`);
  }
  return { type: 'file', source: { file: text, slices: [], seclabels: [] } };
}

function parsedJson(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw VirError.of('INTERNAL_ERROR', `cannot parse json ${text}: ${String(cause)}`);
  }
  const read = value as JsonObject;
  if (!isObject(read)) {
    throw VirError.of('INTERNAL_ERROR', `JSON backing volume definition '${text}' lacks 'file' object`);
  }
  return read;
}

/** `nbd:host:port:exportname=…` and `nbd:unix:/path:exportname=…`, from before there were URIs. */
function fromNbdText(text: string): StorageSource {
  const [address = '', name] = text.split(/:exportname=(.*)/s);
  const exported = name === undefined || name === '' ? {} : { name };
  if (address.startsWith('unix:')) {
    const socket = address.slice('unix:'.length);
    return networkImage({ protocol: 'nbd', hosts: [{ transport: 'unix', socket }], ...exported });
  }
  const match = /^(\[[^\]]*\]|[^:]*):(\d+)$/.exec(address);
  if (match === null)
    throw VirError.of('INTERNAL_ERROR', `missing remote information in 'nbd:${text}' for protocol nbd`);
  const [, host = '', port] = match;
  return networkImage({
    protocol: 'nbd',
    hosts: [{ name: host.replace(/^\[|\]$/g, ''), port: Number(port) }],
    ...exported,
  });
}
