export {
  beginMessage,
  DESCRIPTORS_MAX,
  decodeError,
  decodeHeader,
  encodeError,
  encodeMessage,
  finishMessage,
  HEADER_BYTES,
  LENGTH_BYTES,
  MESSAGE_MAX,
  type MessageHeader,
  MessageReader,
  messageStatuses,
  messageTypes,
  PAYLOAD_MAX,
  STREAM_PACKET_MAX,
  streamHole,
  type WireMessage,
} from './framing.js';
export { LineReader } from './line-reader.js';
export type { Fields, ValueOf, ValuesOf, WireType } from './types.js';
export {
  array,
  bytes,
  double,
  flags,
  hyper,
  int,
  nothing,
  optional,
  optionalText,
  struct,
  text,
  uhyper,
  uint,
  union,
  uuid,
} from './types.js';
export { parseUuid, type Uuid, uuidFromBytes, uuidToBytes } from './uuid.js';
export { type Check, validator } from './validate.js';
export { WireFormatError } from './wire-error.js';
export { type XdrFieldsCodec, xdrCodec } from './xdr-codec.js';
export { XdrReader } from './xdr-reader.js';
export { XdrWriter } from './xdr-writer.js';
