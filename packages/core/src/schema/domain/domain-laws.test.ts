import { expect, test } from 'vitest';
import { VirError } from '../../errors/vir-error.js';
import { domainDocuments } from '../../testing/document-arbitrary.js';
import { within } from '../../testing/within.js';
import type { Uuid } from '../../wire/uuid.js';
import { domainElement } from './domain.js';
import { formatDomain, parseDomain } from './parse-domain.js';

// More of them: FUZZ_RUNS=100000 npx vitest run domain-laws
const RUNS = Number(process.env.FUZZ_RUNS ?? 1000);
// An endless loop is what it ends; a machine with much to do may take its time.
const DOCUMENT_MS = 5000;

const newUuid = () => '3f2504e0-4f89-41d3-9a0c-0305e82c3301' as Uuid;
const documentOf = domainDocuments(domainElement.shape);

/** The domain printed; undefined when the document is refused by an error that a client may see. */
function printed(text: string, seed: number): string | undefined {
  try {
    return within(DOCUMENT_MS, () => formatDomain(parseDomain(text, { newUuid })));
  } catch (error) {
    expect(error, `document ${seed}: ${text}`).toBeInstanceOf(VirError);
    return undefined;
  }
}

test('any document of the schema is a domain or refused, and what is printed prints itself again', {
  timeout: 600_000,
}, () => {
  let domains = 0;
  for (let seed = 1; seed <= RUNS; seed++) {
    const text = documentOf(seed);
    const once = printed(text, seed);
    if (once === undefined) continue;
    domains++;
    // libvirt prints some that it refuses itself: a USB device of the host that says nothing about which.
    const again = printed(once, seed);
    if (again !== undefined) expect(again, `document ${seed}: ${text}`).toBe(once);
  }
  expect(domains).toBeGreaterThan(RUNS / 4);
});

const wrap = (content: string) =>
  `<domain type='kvm'><name>n</name><memory>1024</memory><os><type>hvm</type></os>${content}</domain>`;
const repeat = (count: number, text: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => text(i)).join('');

test.each([
  [
    'PCI controllers',
    "<devices><controller type='pci' index='2097729014'/></devices>",
    /PCI controller index 2097729014 too high, maximum is 255/,
  ],
  [
    'drive controllers',
    "<devices><disk type='file'><target dev='sda' bus='scsi'/><address type='drive' controller='4000000000'/></disk></devices>",
    /too high/,
  ],
])('refuses numbers of %s that would fill the memory', (_, content, message) => {
  expect(() => within(DOCUMENT_MS, () => parseDomain(wrap(content), { newUuid }))).toThrow(message);
});

test('adds the controllers that channels and cards name, and no others', () => {
  const channel = (controller: number) =>
    `<channel type='pty'><target type='virtio'/><address type='virtio-serial' controller='${controller}'/></channel>`;
  const card = "<smartcard mode='host'><address type='ccid' controller='5' slot='0'/></smartcard>";
  const domain = parseDomain(wrap(`<devices>${channel(1)}${channel(3)}${card}</devices>`), { newUuid });
  expect(domain.devices.controllers).toEqual([
    { type: 'virtio-serial', index: 1 },
    { type: 'virtio-serial', index: 3 },
    { type: 'ccid', index: 5 },
  ]);
});

test('declares no namespace of which nothing is printed', () => {
  const empty = "<q:commandline xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'/>";
  expect(formatDomain(parseDomain(wrap(empty), { newUuid }))).not.toContain('xmlns');
});

function refusalOf(text: string): VirError | undefined {
  try {
    parseDomain(text, { newUuid });
    return undefined;
  } catch (error) {
    return error instanceof VirError ? error : undefined;
  }
}

test('an error that quotes a document of megabytes still fits the wire', () => {
  const long = wrap(`<!--${'a'.repeat(4_000_000)}-- -->`);
  const error = refusalOf(long);
  expect(error?.fields.message.length).toBeLessThan(100_000);
  expect(error?.fields.message).toContain('Double hyphen within comment');
});

// Time that grows with the square of the length would be minutes for these.
test.each([
  [
    'disks',
    `<devices>${repeat(20_000, (i) => `<disk type='file'><target dev='vd${i}' bus='virtio'/></disk>`)}</devices>`,
  ],
  ['unknown elements', repeat(200_000, () => '<unknown/>')],
  [
    'namespaces in metadata',
    `<metadata>${repeat(200, (i) => `<a ${repeat(250, (j) => ` xmlns:p${i}x${j}='u'`)}>`)}${repeat(50_000, () => "<p0x0:b xmlns:q='v'/>")}${repeat(200, () => '</a>')}</metadata>`,
  ],
  [
    'deep metadata',
    `<metadata>${repeat(200, () => '<a>')}${repeat(100_000, () => '<b/>')}${repeat(200, () => '</a>')}</metadata>`,
  ],
  ['references', `<description>${repeat(500_000, () => '&amp;')}</description>`],
])('reads and prints megabytes of %s in seconds', { timeout: 60_000 }, (_, content) => {
  const outcome = within(20_000, () => {
    try {
      return formatDomain(parseDomain(wrap(content), { newUuid })).length;
    } catch (error) {
      return error;
    }
  });
  expect(typeof outcome === 'number' || outcome instanceof VirError, String(outcome)).toBe(true);
});
