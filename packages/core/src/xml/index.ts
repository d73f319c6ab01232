export { attr, childAttr, flag, leaf, text } from './attribute.js';
export {
  type FormatContext,
  formatInactive,
  formatLive,
  type ParseContext,
  parseInactive,
  parseLive,
} from './context.js';
export {
  child,
  children,
  type Element,
  element,
  expectRoot,
  type Infer,
  raw,
  recursive,
  verbatim,
  within,
} from './element.js';
export { escapeXml } from './escape.js';
export {
  type Field,
  field,
  liveOnly,
  optional,
  printedIf,
  readWhen,
  statusOnly,
  when,
  withDefault,
} from './field.js';
export { fields, type Group, type GroupValue, inline, merge } from './group.js';
export { type Mac, mac, parseMac } from './mac.js';
export {
  attributeOf,
  childOf,
  childrenOf,
  textOf,
  type XmlAttribute,
  type XmlElement,
  type XmlNode,
} from './node.js';
export { type Position, positionAt } from './position.js';
export { formatRaw } from './raw.js';
export { type ReadOptions, readXml } from './reader.js';
export {
  hex,
  hex64,
  int,
  int64,
  nonZero,
  oneOf,
  onOff,
  type Scalar,
  string,
  uint,
  uint64,
  uuid,
  yesNo,
} from './scalars.js';
export type { ElementShape, Shape } from './shape.js';
export { variants } from './variants.js';
export { XmlWriter } from './writer.js';
