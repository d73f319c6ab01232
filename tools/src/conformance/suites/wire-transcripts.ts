import {
  adminProgram,
  type EventMessage,
  lxcProgram,
  type Procedure,
  type Program,
  qemuProgram,
  remoteProgram,
} from '@modvirt/core/protocol';
import {
  decodeError,
  decodeHeader,
  encodeError,
  type Fields,
  HEADER_BYTES,
  messageStatuses,
  messageTypes,
  XdrWriter,
  xdrCodec,
} from '@modvirt/core/wire';
import { failed, inputOf, passed, type Suite } from '../case.js';

// Conversations between libvirt's own programs: every message must decode by its row and encode to the same bytes.

interface RecordedMessage {
  readonly proc: string;
  readonly hex: string;
}

const ROOM = 1 << 25;
const programs: readonly Program[] = [remoteProgram, qemuProgram, lxcProgram, adminProgram];
type Row = Procedure | EventMessage;

function rowsByNumber(): Map<string, Row> {
  const rows = new Map<string, Row>();
  for (const program of programs) {
    const all = [...Object.values(program.procedures), ...Object.values(program.events)];
    for (const row of all) rows.set(`${program.number}/${row.number}`, row);
  }
  return rows;
}

function payloadFields(row: Row, type: number): Fields {
  if ('message' in row) return row.message;
  return type === messageTypes.call ? row.args : row.returns;
}

/** The payload again after a decode by the row; raw stream data stays as it is. */
function again(row: Row, type: number, status: number, payload: Uint8Array): Uint8Array {
  const to = new XdrWriter(ROOM);
  if (status === messageStatuses.error) {
    if (payload.length === 0) return payload;
    encodeError(decodeError(payload), to);
    return to.bytes();
  }
  if (type === messageTypes.stream) return payload;
  const codec = xdrCodec(payloadFields(row, type));
  codec.encode(codec.decodeWhole(payload), to);
  return to.bytes();
}

function compare(message: RecordedMessage, rows: Map<string, Row>): string | undefined {
  const body = Buffer.from(message.hex, 'hex');
  const header = decodeHeader(body);
  const row = rows.get(`${header.program}/${header.procedure}`);
  if (row === undefined) return `${message.proc}: no row ${header.program}/${header.procedure}`;
  const payload = body.subarray(HEADER_BYTES);
  try {
    const bytes = Buffer.from(again(row, header.type, header.status, payload));
    if (bytes.equals(payload)) return undefined;
    return `${message.proc}: ${payload.toString('hex')} became ${bytes.toString('hex')}`;
  } catch (error) {
    return `${message.proc}: ${String(error)}`;
  }
}

/** What was not as recorded, one line each; undefined when nothing was. The first line tells how it was made. */
export function differencesIn(recording: string): readonly string[] | undefined {
  const rows = rowsByNumber();
  const lines = recording.trimEnd().split('\n').slice(1);
  if (lines.length === 0) return undefined;
  return lines.flatMap((line) => compare(JSON.parse(line) as RecordedMessage, rows) ?? []);
}

/** Every message of a recorded conversation, decoded and encoded again. */
export const wireTranscripts: Suite = {
  name: 'wire-transcripts',
  run(it, corpus) {
    const differences = differencesIn(corpus.read(inputOf(it)));
    if (differences === undefined) return { status: 'skipped', detail: 'the recording has no messages' };
    return differences.length === 0 ? passed : failed(differences.join('\n'));
  },
};
