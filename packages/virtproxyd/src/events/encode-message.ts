import { type EventMessage, remoteProgram } from '@modvirt/core/protocol';
import { beginMessage, finishMessage, messageStatuses, messageTypes } from '@modvirt/core/wire';
import type { ProgramTable } from '../calls/program-table.js';

/** A message of the remote program that no call asked for. */
export function encodeRemoteMessage(table: ProgramTable, message: EventMessage, values: unknown): Uint8Array {
  const to = beginMessage({
    program: remoteProgram.number,
    version: remoteProgram.version,
    procedure: message.number,
    type: messageTypes.message,
    serial: 0,
    status: messageStatuses.ok,
  });
  table.message(message).encode(values, to);
  return finishMessage(to);
}
