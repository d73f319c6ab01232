import { expect, test } from 'vitest';
import { formatDomain, parseDomain } from '../schema/domain/parse-domain.js';
import type { Domain } from '../schema/domain/post-parse/filled-domain.js';
import type { Uuid } from '../wire/uuid.js';
import { type MetadataChange, metadataOf, withMetadata } from './metadata.js';

const [DESCRIPTION, TITLE, ELEMENT] = [0, 1, 2];
const uuid = '9f1c6a52-77a5-4a0e-9f0e-0b8f5a1f6c11' as Uuid;

function domain(inside = ''): Domain {
  const text = `<domain type='qemu'><name>x</name><memory>1024</memory>${inside}<os><type>hvm</type></os></domain>`;
  return parseDomain(text, { newUuid: () => uuid });
}

const element = (change: Partial<MetadataChange>): MetadataChange => ({
  type: ELEMENT,
  text: '<a/>',
  key: 'k',
  uri: 'urn:k',
  ...change,
});

function metadataLines(of: Domain): string[] {
  const [, inside = ''] = /<metadata>\n([\s\S]*) {2}<\/metadata>/.exec(formatDomain(of)) ?? [];
  return inside
    .split('\n')
    .map((line) => line.slice(4))
    .filter((line) => line !== '');
}

test('sets, reads and removes title and description', () => {
  const titled = withMetadata(domain(), { type: TITLE, text: 'one', key: undefined, uri: undefined });
  expect(metadataOf(titled, TITLE, undefined)).toBe('one');
  const bare = withMetadata(titled, { type: TITLE, text: '', key: undefined, uri: undefined });
  expect(() => metadataOf(bare, TITLE, undefined)).toThrow('Requested metadata element is not present');
  const described = withMetadata(bare, { type: DESCRIPTION, text: 'a\nb', key: undefined, uri: undefined });
  expect(metadataOf(described, DESCRIPTION, undefined)).toBe('a\nb');
});

test('puts an element into its namespace, and everything in it that is in none', () => {
  const changed = withMetadata(domain(), element({ text: '<a x="1"><b xmlns:c="urn:c"/></a>' }));
  expect(metadataLines(changed)).toEqual([
    '<k:a xmlns:k="urn:k" x="1">',
    '  <k:b xmlns:c="urn:c"/>',
    '</k:a>',
  ]);
});

test('gives an element back as it came', () => {
  const changed = withMetadata(domain(), element({ text: '<a x="1"><b/></a>' }));
  expect(metadataOf(changed, ELEMENT, 'urn:k')).toBe('<a x="1">\n  <b/>\n</a>');
});

test('keeps the blanks of an element that has some', () => {
  const changed = withMetadata(domain(), element({ text: '<a><b/>\n</a>' }));
  expect(metadataOf(changed, ELEMENT, 'urn:k')).toBe('<a><b/>\n</a>');
});

test('has one element of a namespace, and leaves the others alone', () => {
  const before = domain('<metadata><o:x xmlns:o="urn:o"/><k:old xmlns:k="urn:k"/></metadata>');
  const changed = withMetadata(before, element({ text: '<new/>' }));
  expect(metadataLines(changed)).toEqual(['<o:x xmlns:o="urn:o"/>', '<k:new xmlns:k="urn:k"/>']);
  const removed = withMetadata(changed, element({ text: undefined }));
  expect(metadataLines(removed)).toEqual(['<o:x xmlns:o="urn:o"/>']);
});

test('refuses what is no element', () => {
  expect(() => withMetadata(domain(), element({ text: '<a/><b/>' }))).toThrow(
    '(metadata_xml):1: Extra content at the end of the document',
  );
});

test('refuses a kind of metadata that it does not know', () => {
  expect(() => withMetadata(domain(), element({ type: 7 }))).toThrow("unknown metadata type '7'");
});
