import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { emptyDomain } from '../support/domain-xml.js';
import { startStack, type TestStack } from '../support/stack.js';

// What an administrator sees when something is wrong: libvirt's words, as Debian's libvirtd says them.

let stack: TestStack;

beforeAll(async () => {
  stack = await startStack();
  await mkdir(join(stack.root, 'xml'));
}, 180_000);

afterAll(async () => {
  await stack?.close();
}, 60_000);

async function define(xml: string, ...words: string[]): Promise<string> {
  const path = join(stack.root, 'xml/one.xml');
  await writeFile(path, xml);
  return (await stack.virsh('define', path, ...words)).stderr;
}

const UUID = '7f1c1a32-5f0e-4d56-9d0e-4a0a58a0b001';

test('refuses a second domain with the same name or UUID', async () => {
  expect(await define(emptyDomain('one', `<uuid>${UUID}</uuid>`))).toBe('');
  expect(await define(emptyDomain('one'))).toContain(
    `operation failed: domain 'one' already exists with uuid ${UUID}`,
  );
  expect(await define(emptyDomain('two', `<uuid>${UUID}</uuid>`))).toContain(
    `operation failed: domain 'one' is already defined with uuid ${UUID}`,
  );
});

test.each(['destroy', 'suspend', 'resume', 'reboot', 'shutdown', 'reset'])(
  'refuses to %s what does not run',
  async (verb) => {
    expect((await stack.virsh(verb, 'one')).stderr).toContain(
      'error: Requested operation is not valid: domain is not running',
    );
  },
);

test('refuses what is not well formed, with the place', async () => {
  expect(await define('<domain type="qemu"><name>x')).toContain('(domain_definition):1: ');
});

test.each([
  ['<foo/>', "XML error: expecting root element of 'domain', not 'foo'"],
  [
    '<domain type="foo"><name>x</name></domain>',
    "Invalid value for attribute 'type' in element 'domain': 'foo'",
  ],
  ['<domain type="qemu"><memory>1</memory></domain>', 'missing name information'],
  [
    emptyDomain('x').replace('</domain>', '<devices><memballoon model="foo"/></devices></domain>'),
    "XML error: Invalid value for attribute 'model' in element 'memballoon': 'foo'.",
  ],
  [
    emptyDomain('x').replace('>64<', '>abc<'),
    "XML error: Invalid value 'abc' for element or attribute './memory[1]'",
  ],
  [
    emptyDomain('x').replace('</domain>', '<devices><emulator>/nope</emulator></devices></domain>'),
    'Cannot check QEMU binary /nope: No such file or directory',
  ],
  [emptyDomain('a/b'), "name a/b cannot contain '/'"],
])('refuses %s', async (xml, words) => {
  expect(await define(xml)).toContain(words);
});

test('ignores an unknown element unless asked to validate', async () => {
  const xml = emptyDomain('loose', '<bar/>');
  expect(await define(xml, '--validate')).toContain('XML document failed to validate against schema');
  expect(await define(xml)).toBe('');
});

test('a guest that dies at start says what QEMU said', async () => {
  const args = "<qemu:commandline><qemu:arg value='-nonsense'/></qemu:commandline></domain>";
  const xml = emptyDomain('dies')
    .replace('</domain>', args)
    .replace('<domain ', "<domain xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0' ");
  expect(await define(xml)).toBe('');
  const { stderr } = await stack.virsh('start', 'dies');
  expect(stderr).toContain('-nonsense: invalid option');
  expect((await stack.ok('domstate', '--reason', 'dies')).trim()).toMatch(/^shut off \(failed\)$/);
});

test('refuses URIs that nobody serves', async () => {
  const socket = stack.uri.split('?')[1];
  const { output } = await import('../support/stack.js');
  const foo = await output('virsh', ['-c', `foo:///system?${socket}`, 'list']);
  expect(foo.stderr).toContain('no connection driver available for foo:///system');
  const bla = await output('virsh', ['-c', `qemu:///bla?${socket}`, 'list']);
  expect(bla.stderr).toContain("unexpected qemu URI path '/bla', try qemu:///system");
});
