import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { remoteMessages } from '../protocol/programs.js';
import { camelCase } from '../testing/protocol-facts.js';
import { readJson, sharedFolder } from '../testing/shared-facts.js';
import { arbitraryFields } from '../testing/wire-arbitrary.js';
import { validator } from '../wire/validate.js';
import { xdrCodec } from '../wire/xdr-codec.js';
import { XdrWriter } from '../wire/xdr-writer.js';
import { callbackMessage, eventPayload, legacyMessage } from './event-messages.js';
import { EventPayloads } from './event-payload.js';
import { type EventRow, eventRows } from './event-rows.js';

const golden = join(import.meta.dirname, '../../golden/protocol/events.json');
const shared = sharedFolder(import.meta.dirname);
const rows: readonly (readonly [string, EventRow])[] = Object.entries(eventRows);

interface EventFact {
  readonly object: string;
  readonly id: number;
  readonly message: string;
  readonly legacy?: string;
}

interface SharedEvents {
  readonly objects: {
    readonly [object: string]: { events: { id: number; message: string; legacy?: string | null }[] };
  };
}

/** `storage` and `nodeDevice` are called as in permissions. */
const OBJECTS: { readonly [name: string]: string } = { storage: 'storage_pool', nodeDevice: 'node_device' };
const messageName = (name: string): string => camelCase(name.replace('REMOTE_PROC_', '').toLowerCase());

function sharedFacts(folder: string): EventFact[] {
  const { objects } = readJson<SharedEvents>(join(folder, 'protocol/events.json'));
  return Object.entries(objects).flatMap(([object, { events }]) =>
    events.map(({ id, message, legacy }) => ({
      object: OBJECTS[object] ?? object,
      id,
      message: messageName(message),
      ...(legacy ? { legacy: messageName(legacy) } : {}),
    })),
  );
}

const goldenText = (facts: readonly EventFact[]): string =>
  `[\n${facts.map((fact) => JSON.stringify(fact)).join(',\n')}\n]\n`;

if (process.env.UPDATE_GOLDEN === '1' && shared !== undefined)
  writeFileSync(golden, goldenText(sharedFacts(shared)));

describe('event rows', () => {
  const names = new Map(Object.entries(remoteMessages).map(([name, message]) => [message as object, name]));

  test('are those that libvirt has, with their messages', () => {
    const declared = rows.map(([, { object, id, message, legacy }]) => ({
      object,
      id,
      message: names.get(message),
      ...(legacy === undefined ? {} : { legacy: names.get(legacy) }),
    }));
    expect(declared).toEqual(readJson<EventFact[]>(golden));
  });

  test.skipIf(shared === undefined)(
    'have golden facts that say what the shared ones say (needs ../shared/protocol)',
    () => {
      expect(readFileSync(golden, 'utf8')).toBe(goldenText(sharedFacts(shared ?? '')));
    },
  );

  test('leave no message without an event but the one about the connection', () => {
    const used = new Set(rows.flatMap(([, { message, legacy }]) => [message, legacy]));
    const unused = Object.entries(remoteMessages).filter(([, message]) => !used.has(message));
    expect(unused.map(([name]) => name)).toEqual(['connectEventConnectionClosed']);
  });
});

describe('messages of an event', () => {
  test.each(rows)('%s are whole in both styles', (_, row) => {
    const law = property(arbitraryFields(eventPayload(row)), (payload) => {
      const message = callbackMessage(row, 3, payload);
      expect(validator(row.message.message)(message)).toEqual(message);
      expect(new EventPayloads().check(row.object, row.id, payload)).toEqual(payload);
      const old = legacyMessage(row, payload);
      expect(old === undefined).toBe(row.legacy === undefined);
      if (row.legacy === undefined || old === undefined) return;
      const to = new XdrWriter(65_536);
      xdrCodec(row.legacy.message).encode(old, to);
      expect(validator(row.legacy.message)(old)).toEqual(old);
    });
    assert(law, { numRuns: 3, seed: 4 });
  });
});
