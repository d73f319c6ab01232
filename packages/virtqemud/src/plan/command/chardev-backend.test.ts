import { expect, test } from 'vitest';
import { type ChardevBackend, chardevOptions, chardevProps } from './chardev-backend.js';
import { toJson } from './json.js';

const server: ChardevBackend = {
  type: 'socket',
  address: { type: 'inet', host: '::1', port: '4000' },
  telnet: true,
  server: true,
};

test('a server does not wait for anybody unless it is told to', () => {
  expect(chardevOptions('c', server, undefined)).toBe(
    'socket,id=c,host=::1,port=4000,telnet=on,server=on,wait=off',
  );
  expect(chardevOptions('c', { ...server, waits: true }, undefined)).toBe(
    'socket,id=c,host=::1,port=4000,telnet=on,server=on',
  );
});

test('says the same as JSON', () => {
  expect(toJson(chardevProps('c', server, undefined))).toBe(
    '{"id":"c","backend":{"type":"socket","data":{"addr":{"type":"inet","data":{"host":"::1","port":"4000"}},' +
      '"telnet":true,"server":true,"wait":false}}}',
  );
});

test('a client tries again in the unit that the emulator counts in', () => {
  const client: ChardevBackend = { type: 'socket', address: { type: 'unix', path: '/s' } };
  expect(chardevOptions('c', { ...client, reconnect: { seconds: 2 } }, undefined)).toBe(
    'socket,id=c,path=/s,reconnect=2',
  );
  expect(chardevOptions('c', { ...client, reconnect: { milliseconds: 2000 } }, undefined)).toBe(
    'socket,id=c,path=/s,reconnect-ms=2000',
  );
});

test('keeps what passes in a log', () => {
  expect(chardevOptions('c', { type: 'null' }, '/dev/fdset/0')).toBe(
    'null,id=c,logfile=/dev/fdset/0,logappend=on',
  );
});
