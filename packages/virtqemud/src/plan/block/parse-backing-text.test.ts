import { expect, test } from 'vitest';
import { backingText } from './backing-text.js';
import { parseBackingText } from './parse-backing-text.js';

const again = (text: string) => backingText(parseBackingText(text), { device: 'disk' });

test('what names an image simply is read and written the same', () => {
  for (const text of [
    '/images/a.qcow2',
    'nbd://example.org:10809/name',
    'iscsi://example.org:3260/iqn.2004-01.com%3Atarget/1',
    'gluster://example.org:24007/vol/dir/img',
  ]) {
    expect(again(text)).toBe(text);
  }
});

test('properties of a block node lead to the same place as a URI', () => {
  const nested =
    'json:{"driver":"raw","file":{"driver":"nbd","server.type":"inet","server.host":"h","server.port":"1"}}';
  expect(again(nested)).toBe('nbd://h:1');
  expect(again('json:{"file.filename":"http://h:80/x"}')).toBe('http://h:80/x');
  expect(again('nbd:unix:/run/s:exportname=e')).toBe(
    'json:{"file":{"driver":"nbd","server":{"type":"unix","path":"/run/s"},"export":"e"}}',
  );
});

test('what leads to no image is refused', () => {
  expect(() => parseBackingText('json:{"file":{"driver":"blkdebug"}}')).toThrow(
    /missing parser implementation/,
  );
  expect(() => parseBackingText('json:[')).toThrow(/cannot parse json/);
  expect(() => parseBackingText('gopher://h/x')).toThrow("invalid backing protocol 'gopher'");
});
