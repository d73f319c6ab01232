import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { emptyDomain, testDomain } from '../support/domain-xml.js';
import { type Output, output, startStack, type TestStack } from '../support/stack.js';

let stack: TestStack;

beforeAll(async () => {
  stack = await startStack();
}, 180_000);

afterAll(async () => {
  await stack?.close();
}, 60_000);

async function start(name: string, xml: string): Promise<void> {
  const path = join(stack.root, `${name}.xml`);
  await writeFile(path, xml);
  await stack.ok('create', path);
}

/** Runs a program with python-libvirt; `uri` is ours. */
async function python(text: string): Promise<Output> {
  const path = join(stack.root, 'program.py');
  await writeFile(
    path,
    `import libvirt
libvirt.registerErrorHandler(lambda context, error: None, None)
conn = libvirt.open(${JSON.stringify(stack.uri)})
def refused(call):
    try:
        call()
    except libvirt.libvirtError as error:
        print(error.get_error_code(), error.get_error_domain(), error.get_error_message())
def read_until(stream, mark):
    text = b''
    while mark not in text:
        piece = stream.recv(4096)
        if not piece: break
        text += piece
    return text
${text}`,
  );
  return output('/usr/bin/python3', [path]);
}

test('a console belongs to one client until another takes it by force', async () => {
  await start('held', testDomain({ name: 'held', cmdline: 'tick' }));
  const result = await python(`
dom = conn.lookupByName('held')
first = conn.newStream()
dom.openConsole(None, first)
print(b'GUEST-TICK' in read_until(first, b'GUEST-TICK'))
second = conn.newStream()
refused(lambda: dom.openConsole('serial0', second))
third = conn.newStream()
dom.openConsole('serial0', third, libvirt.VIR_DOMAIN_CONSOLE_FORCE)
print(b'GUEST-TICK' in read_until(third, b'GUEST-TICK'))
while first.recv(4096): pass
first.finish()
third.finish()
again = conn.newStream()
dom.openConsole(None, again)
dom.destroy()
while again.recv(4096): pass
again.finish()
refused(lambda: conn.lookupByName('held'))
`);
  expect(result.stderr).toBe('');
  expect(result.stdout.split('\n')).toEqual([
    'True',
    '9 10 operation failed: Active console session exists for this domain',
    'True',
    `42 10 Domain not found: no domain with matching name 'held'`,
    '',
  ]);
}, 60_000);

test('devices that are not there, or are no terminals, are refused', async () => {
  const channel = `<devices>
    <channel type='unix'><target type='virtio' name='org.example.port'/></channel>
    <serial type='null'/>
  </devices>`;
  await start('odd', emptyDomain('odd', channel));
  const result = await python(`
dom = conn.lookupByName('odd')
refused(lambda: dom.openConsole(None, conn.newStream()))
refused(lambda: dom.openConsole('serial7', conn.newStream()))
refused(lambda: dom.openConsole(None, conn.newStream(), 4))
refused(lambda: dom.openChannel('none.such', conn.newStream()))
stream = conn.newStream()
dom.openChannel('org.example.port', stream)
refused(lambda: dom.openChannel(None, conn.newStream()))
stream.send(b'into the void')
stream.abort()
dom.openChannel('channel0', conn.newStream(), libvirt.VIR_DOMAIN_CHANNEL_FORCE)
dom.destroy()
`);
  expect(result.stderr).toBe('');
  expect(result.stdout.split('\n')).toEqual([
    '1 10 internal error: character device <null> is not using a PTY',
    '1 10 internal error: cannot find character device serial7',
    '8 10 unsupported flags (0x4) in function qemuDomainOpenConsole',
    '1 10 internal error: cannot find channel none.such',
    '9 10 operation failed: Active channel stream exists for this domain',
    '',
  ]);
}, 60_000);
