import type { VirErrorFields } from '../errors/vir-error.js';
import { ProtocolError } from './protocol-error.js';

// The frames of the native protocol. A frame is a 32-bit big-endian length and one msgpack array: its kind's number, and then the
// fields below. Numbers and fields are never changed; a new kind is appended and used only when both sides speak
// a protocol version that has it.

/** What the first frame begins with, so that a stranger is told from a peer. */
export const PROTOCOL_NAME = 'modvirt';
export const PROTOCOL_VERSION = 1;

const fieldKinds = {
  uint: (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0,
  uhyper: (value: unknown) => typeof value === 'bigint' && value >= 0n,
  flag: (value: unknown) => typeof value === 'boolean',
  text: (value: unknown) => typeof value === 'string',
  optionalText: (value: unknown) => value === null || typeof value === 'string',
  bytes: (value: unknown) => value instanceof Uint8Array,
  /** Checked where it is used. */
  value: () => true,
} as const;

interface FieldValues {
  uint: number;
  uhyper: bigint;
  flag: boolean;
  text: string;
  optionalText: string | null;
  bytes: Uint8Array;
  value: unknown;
}
type FieldKind = keyof FieldValues;

const kind = <const N extends number, const F extends { readonly [name: string]: FieldKind }>(
  number: N,
  fields: F,
) => ({ number, fields });

export const frameKinds = {
  hello: kind(0, {
    protocol: 'text',
    protocolVersion: 'uint',
    daemon: 'text',
    version: 'text',
    epoch: 'text',
    programs: 'value',
  }),
  /** A program's schemas, sent to a peer whose fingerprint of it differs. */
  contract: kind(1, { program: 'uint', schemas: 'text' }),
  open: kind(2, { id: 'uint', session: 'uint', uri: 'text', readOnly: 'flag', identity: 'value' }),
  close: kind(3, { id: 'uint', session: 'uint' }),
  call: kind(4, {
    id: 'uint',
    session: 'uint',
    program: 'uint',
    procedure: 'uint',
    deadlineMs: 'uint',
    descriptors: 'uint',
    args: 'value',
  }),
  reply: kind(5, { id: 'uint', descriptors: 'uint', stream: 'flag', values: 'value' }),
  error: kind(6, { id: 'uint', error: 'value' }),
  cancel: kind(7, { id: 'uint' }),
  /** All events after `sequence` of `epoch`; from now on when the epoch is null. Answered by an empty reply. */
  subscribe: kind(8, { id: 'uint', subscription: 'uint', epoch: 'optionalText', sequence: 'uint' }),
  unsubscribe: kind(9, { subscription: 'uint' }),
  event: kind(10, { subscription: 'uint', event: 'value' }),
  /** What followed the last event is lost; events go on after `sequence`. */
  gap: kind(11, { subscription: 'uint', reason: 'text', sequence: 'uint' }),
  data: kind(12, { id: 'uint', bytes: 'bytes' }),
  hole: kind(13, { id: 'uint', length: 'uhyper' }),
  finish: kind(14, { id: 'uint' }),
  abort: kind(15, { id: 'uint', error: 'value' }),
  /** So many bytes of the stream have been taken. */
  credit: kind(16, { id: 'uint', amount: 'uint' }),
  ping: kind(17, {}),
  pong: kind(18, {}),
  /** The daemon is going to stop: no new calls. */
  goodbye: kind(19, { reason: 'text' }),
} as const;

export type FrameName = keyof typeof frameKinds;
type FieldsOf<N extends FrameName> = (typeof frameKinds)[N]['fields'];
export type FrameOf<N extends FrameName> = { readonly type: N } & {
  readonly [K in keyof FieldsOf<N>]: FieldsOf<N>[K] extends FieldKind ? FieldValues[FieldsOf<N>[K]] : never;
};
export type Frame = { [N in FrameName]: FrameOf<N> }[FrameName];

interface FrameShape {
  readonly name: FrameName;
  readonly fields: readonly (readonly [string, FieldKind])[];
}

/** Frames by number, made once for each reader and writer. */
export function frameShapes(): readonly FrameShape[] {
  const shapes: FrameShape[] = [];
  for (const [name, row] of Object.entries(frameKinds)) {
    shapes[row.number] = { name: name as FrameName, fields: Object.entries(row.fields) };
  }
  return shapes;
}

/** @throws ProtocolError when `value`, as it was decoded, is no frame */
export function toFrame(shapes: readonly FrameShape[], value: unknown): Frame {
  if (!Array.isArray(value)) throw new ProtocolError('frame is no array');
  const shape = typeof value[0] === 'number' ? shapes[value[0]] : undefined;
  if (shape === undefined) throw new ProtocolError('frame of unknown kind');
  if (value.length !== shape.fields.length + 1)
    throw new ProtocolError(`${shape.name} frame of wrong length`);
  const frame: Record<string, unknown> = { type: shape.name };
  let index = 1;
  for (const [name, field] of shape.fields) {
    const item: unknown = value[index++];
    if (!fieldKinds[field](item)) throw new ProtocolError(`${shape.name} frame: ${name} is no ${field}`);
    frame[name] = item;
  }
  return frame as unknown as Frame;
}

/** The array of a frame, as it is encoded. */
export function fromFrame(frame: Frame): unknown[] {
  const row = frameKinds[frame.type];
  const values: unknown[] = [row.number];
  const fields = frame as unknown as Record<string, unknown>;
  for (const name in row.fields) values.push(fields[name]);
  return values;
}

export function errorToWire(fields: VirErrorFields): unknown {
  const { code, domain, message, str1, str2, str3, int1, int2 } = fields;
  return [code, domain, message, str1, str2, str3, int1, int2];
}

/** @throws ProtocolError */
export function errorFromWire(value: unknown): VirErrorFields {
  if (!Array.isArray(value) || value.length !== 8) throw new ProtocolError('error of wrong length');
  const [code, domain, message, str1, str2, str3, int1, int2] = value as unknown[];
  const numbers = [code, domain, int1, int2].every((item) => Number.isSafeInteger(item));
  const texts = [str1, str2, str3].every(fieldKinds.optionalText);
  if (!numbers || !texts || typeof message !== 'string') throw new ProtocolError('error with wrong fields');
  return { code, domain, message, str1, str2, str3, int1, int2 } as VirErrorFields;
}
