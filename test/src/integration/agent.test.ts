import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDomain } from '../support/domain-xml.js';
import { eventually, type Output, output, startStack, type TestStack } from '../support/stack.js';

const AGENT = `<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>`;

let stack: TestStack;

beforeAll(async () => {
  stack = await startStack();
}, 180_000);

afterAll(async () => {
  await stack?.close();
}, 60_000);

async function start(name: string, devices: string): Promise<void> {
  const path = join(stack.root, `${name}.xml`);
  await writeFile(path, testDomain({ name, devices, cmdline: 'tick' }));
  await stack.ok('create', path);
}

function agentIsThere(name: string): Promise<true> {
  return eventually(`the agent of ${name}`, async () =>
    /guest_agent\.0' state='connected'/.test(await stack.ok('dumpxml', name)) ? true : undefined,
  );
}

/** Runs a program with python-libvirt; `dom` is the domain called so. */
async function python(name: string, text: string): Promise<Output> {
  const path = join(stack.root, 'program.py');
  await writeFile(
    path,
    `import libvirt, libvirt_qemu, os, signal, time
libvirt.registerErrorHandler(lambda context, error: None, None)
conn = libvirt.open(${JSON.stringify(stack.uri)})
dom = conn.lookupByName(${JSON.stringify(name)})
def refused(call):
    try:
        print(call())
    except libvirt.libvirtError as error:
        print(error.get_error_code(), error.get_error_domain(), error.get_error_message())
${text}`,
  );
  return output('/usr/bin/python3', [path]);
}

test('the agent answers what libvirt asks it', async () => {
  await start('asked', AGENT);
  expect((await stack.virsh('domtime', 'asked')).stderr).toContain(
    'Guest agent is not responding: QEMU guest agent is not connected',
  );
  await agentIsThere('asked');
  const result = await python(
    'asked',
    `
print(abs(dom.getTime()['seconds'] - time.time()) < 10)
print(dom.hostname(), dom.fsFreeze(), dom.fsThaw(), dom.fSTrim(None, 0), dom.fsInfo())
print(dom.guestVcpus())
refused(lambda: dom.setGuestVcpus('0', 0))
refused(lambda: dom.setGuestVcpus('5', 1))
info = dom.guestInfo(0)
print(info['os.machine'], info['timezone.name'], info['user.count'], info['if.0.name'])
print(dom.interfaceAddresses(1)['lo']['addrs'][0])
refused(lambda: dom.interfaceAddresses(9))
refused(lambda: dom.guestInfo(1 << 20))
refused(lambda: dom.agentSetResponseTimeout(-3))
refused(lambda: libvirt_qemu.qemuAgentCommand(dom, '{"execute":"guest-ping"}', -2, 0))
refused(lambda: libvirt_qemu.qemuAgentCommand(dom, '{"execute":"guest-pong"}', -2, 0))
refused(lambda: libvirt_qemu.qemuAgentCommand(dom, '{"execute":"guest-ping"}', 0, 0))
refused(lambda: dom.pMSuspendForDuration(9, 0))
`,
  );
  expect(result.stderr).toBe('');
  expect(result.stdout.split('\n')).toEqual([
    'True',
    '(none) 0 0 0 []',
    "{'vcpus': '0', 'online': '0', 'offlinable': ''}",
    `8 10 invalid argument: vCPU '0' is not offlinable`,
    `8 10 invalid argument: guest is missing vCPUs '5'`,
    'x86_64 UTC 0 lo',
    "{'addr': '127.0.0.1', 'prefix': 8, 'type': 0}",
    '74 10 argument unsupported: Unknown IP address data source 9',
    `8 10 invalid argument: unsupported guest information types '0x100000'`,
    `8 10 invalid argument: guest agent timeout '-3' is less than the minimum '-2'`,
    '{"return":{}}',
    `1 10 internal error: unable to execute QEMU agent command 'guest-pong': The command guest-pong has not been found`,
    '86 10 Guest agent is not responding: Guest agent not available for now',
    '8 10 invalid argument: Unknown suspend target: 9',
    '',
  ]);
}, 60_000);

test('a guest that hangs costs its caller seconds, and is asked again when it goes on', async () => {
  await start('hung', AGENT);
  await agentIsThere('hung');
  const pid = await readFile(join(stack.root, 'run/libvirt/qemu/hung.pid'), 'utf8');
  const result = await python(
    'hung',
    `
refused(lambda: dom.getTime()['nseconds'] >= 0)
os.kill(${pid}, signal.SIGSTOP)
refused(lambda: libvirt_qemu.qemuAgentCommand(dom, '{"execute":"guest-info"}', 1, 0))
os.kill(${pid}, signal.SIGCONT)
refused(lambda: libvirt_qemu.qemuAgentCommand(dom, '{"execute":"guest-ping"}', -2, 0))
dom.suspend()
refused(lambda: dom.getTime())
`,
  );
  expect(result.stdout.split('\n')).toEqual([
    'True',
    '86 10 Guest agent is not responding: Guest agent not available for now',
    '{"return":{}}',
    '55 20 Requested operation is not valid: domain is not running',
    '',
  ]);
}, 60_000);

test('the agent ends its guest and begins it again, also after a restart of the daemon', async () => {
  await start('ending', AGENT);
  await agentIsThere('ending');
  await stack.ok('reboot', 'ending', '--mode', 'agent');
  await agentIsThere('ending');
  process.kill(await stack.pidOf('virtqemud'), 'SIGKILL');
  await stack.up();
  await agentIsThere('ending');
  await stack.ok('shutdown', 'ending', '--mode', 'agent');
  await eventually('the guest to end', async () =>
    (await stack.virsh('domstate', 'ending')).stderr.includes('failed to get domain') ? true : undefined,
  );
}, 60_000);

test('a guest without a channel for an agent has none', async () => {
  await start('without', '');
  const result = await python(
    'without',
    `
refused(lambda: dom.getTime())
refused(lambda: dom.shutdownFlags(2))
refused(lambda: libvirt_qemu.qemuAgentCommand(dom, '{}', -2, 0))
`,
  );
  const refusal = '74 10 argument unsupported: QEMU guest agent is not configured';
  expect(result.stdout.split('\n')).toEqual([refusal, refusal, refusal, '']);
}, 60_000);
