import type { Procedure, Program } from '../protocol/procedure.js';
import { beginMessage, finishMessage, messageStatuses, messageTypes } from '../wire/framing.js';
import { xdrCodec } from '../wire/xdr-codec.js';

/** The bytes of a call as a client of libvirt sends it. */
export function encodeCall(program: Program, row: Procedure, serial: number, args: unknown): Uint8Array {
  const to = beginMessage({
    program: program.number,
    version: program.version,
    procedure: row.number,
    type: messageTypes.call,
    serial,
    status: messageStatuses.ok,
  });
  xdrCodec(row.args).encode(args, to);
  return finishMessage(to);
}
