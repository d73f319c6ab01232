import { expect, test } from 'vitest';
import { EventLog } from './event-log.js';
import { EventPayloads } from './event-payload.js';
import { eventRows } from './event-rows.js';

const dom = { name: 'web', uuid: '6ba7b810-9dad-11d1-80b4-00c04fd430c8', id: 3 };

test('takes payloads as their rows have them, and no others', () => {
  const payloads = new EventPayloads();
  expect(payloads.check('domain', 0, { dom, event: 2, detail: 0 })).toMatchObject({ event: 2 });
  expect(() => payloads.check('domain', 0, { dom, event: 'started', detail: 0 })).toThrow(/event/);
  expect(() => payloads.check('domain', 0, { callbackID: 1, dom, event: 2, detail: 0 })).toThrow(
    /callbackID/,
  );
});

test('passes on what a newer daemon tells', () => {
  expect(new EventPayloads().check('domain', 99, { what: 1 })).toEqual({ what: 1 });
});

test('emits a checked payload under its number', () => {
  const sent: unknown[] = [];
  const log = new EventLog({
    epoch: 'e',
    encode: (value) => {
      sent.push(value);
      return new Uint8Array(1);
    },
  });
  const row = eventRows.domainMemoryDeviceSizeChange;
  const payload = { dom: dom as never, alias: 'ua-x', size: 5n };
  new EventPayloads().emit(log, row, { name: 'web' }, payload);
  expect(sent).toEqual([[1, 'domain', row.id, null, 'web', payload]]);
});
