import type { Uuid } from '../../wire/uuid.js';
import { type FormatContext, formatInactive, formatLive, parseInactive } from '../../xml/context.js';
import { expectRoot } from '../../xml/element.js';
import type { XmlElement } from '../../xml/node.js';
import { readXml } from '../../xml/reader.js';
import { fillPool, type Pool } from './fill-pool.js';
import { poolElement } from './pool.js';

export interface ParsePoolOptions {
  newUuid(): Uuid;
  /** Refuse what the schema does not know. */
  readonly validate?: boolean;
}

/** @throws VirError XML_DETAIL, XML_ERROR in libvirt's words */
export function parsePool(source: string, options: ParsePoolOptions): Pool {
  const root = readXml(source, { source: 'storage_pool_definition', domain: 'STORAGE' });
  return parsePoolNode(root, options);
}

/** As `parsePool`, for a `<pool>` inside another document. */
export function parsePoolNode(root: XmlElement, options: ParsePoolOptions): Pool {
  const cx = { ...parseInactive, validate: options.validate === true };
  return fillPool(poolElement.parse(expectRoot(root, 'pool'), cx), options.newUuid);
}

export interface FormatPoolOptions {
  readonly inactive?: boolean;
}

export function formatPool(pool: Pool, options: FormatPoolOptions = {}): string {
  const cx: FormatContext = options.inactive === true ? formatInactive : formatLive;
  return poolElement.format(pool, cx);
}
