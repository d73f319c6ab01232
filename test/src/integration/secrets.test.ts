import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { background, eventually, output, startStack, type TestStack } from '../support/stack.js';

// Secrets, encrypted volumes, and guests whose disks are volumes.

const VOLUME = '11111111-1111-4111-8111-111111111111';
const PRIVATE = '22222222-2222-4222-8222-222222222222';
const EPHEMERAL = '33333333-3333-4333-8333-333333333333';

let stack: TestStack;

beforeAll(async () => {
  stack = await startStack();
  // Guests run as their own user, who must reach the volumes.
  await chmod(stack.root, 0o755);
}, 180_000);

afterAll(async () => {
  await stack?.close();
}, 60_000);

const below = (name: string): string => join(stack.root, name);

async function file(name: string, text: string): Promise<string> {
  await writeFile(below(name), text, { mode: 0o644 });
  return below(name);
}

async function define(uuid: string, attributes: string, usage: string): Promise<void> {
  const xml = `<secret ${attributes}><uuid>${uuid}</uuid>${usage}</secret>`;
  await stack.ok('secret-define', await file('secret.xml', xml));
}

async function setValue(uuid: string, value: string): Promise<void> {
  await stack.ok('secret-set-value', uuid, '--file', await file('value', value), '--plain');
}

async function refusal(...words: string[]): Promise<string> {
  const { status, stderr } = await stack.virsh(...words);
  expect(status).not.toBe(0);
  return stderr;
}

async function killDaemon(name: 'virtsecretd' | 'virtstoraged' | 'virtqemud'): Promise<void> {
  process.kill(await stack.pidOf(name), 'SIGKILL');
  await eventually(`${name} to be gone`, async () =>
    (await stack.status()).find((it) => it.name === name)?.pid == null ? true : undefined,
  );
  await stack.up();
}

test('secrets are kept, told of and forgotten; private and ephemeral ones are what they say', async () => {
  const events = background('virsh', ['-c', stack.uri, 'secret-event', '--event', 'value-changed', '--loop']);
  await define(VOLUME, "ephemeral='no' private='no'", "<usage type='volume'><volume>/a</volume></usage>");
  await eventually('the subscription', async () => {
    await setValue(VOLUME, 'hello');
    return events.text().includes(VOLUME) ? true : undefined;
  });
  await events.stop();
  await define(PRIVATE, "private='yes'", "<usage type='ceph'><name>c</name></usage>");
  await setValue(PRIVATE, 'hidden');
  await define(EPHEMERAL, "ephemeral='yes'", "<usage type='tls'><name>t</name></usage>");
  await setValue(EPHEMERAL, 'short');

  expect((await stack.ok('secret-get-value', VOLUME, '--plain')).trim()).toBe('hello');
  expect(await refusal('secret-get-value', PRIVATE)).toContain('secret is private');
  const directory = below('etc/libvirt/secrets');
  expect((await stat(directory)).mode & 0o777).toBe(0o700);
  expect(await readFile(join(directory, `${VOLUME}.base64`), 'utf8')).toBe('aGVsbG8=');
  expect((await stat(join(directory, `${VOLUME}.base64`))).mode & 0o777).toBe(0o600);
  expect(existsSync(join(directory, `${EPHEMERAL}.xml`))).toBe(false);

  await killDaemon('virtsecretd');
  expect((await stack.ok('secret-get-value', VOLUME, '--plain')).trim()).toBe('hello');
  expect(await refusal('secret-dumpxml', EPHEMERAL)).toContain('no secret with matching uuid');
  expect(await stack.ok('secret-list', '--private')).toContain(PRIVATE);
  expect(await stack.ok('secret-list', '--private')).not.toContain(VOLUME);
  await stack.ok('secret-undefine', PRIVATE);
  expect(existsSync(join(directory, `${PRIVATE}.base64`))).toBe(false);
  const log = await readFile(below('var/log/libvirt/virtsecretd.log'), 'utf8');
  for (const value of ['hello', 'hidden', 'short']) expect(log).not.toContain(value);
}, 60_000);

test('a guest starts from volumes, an encrypted one among them, and leaves them as they were', async () => {
  await mkdir(below('pool'));
  await stack.ok('pool-define-as', 'p', 'dir', '--target', below('pool'));
  await stack.ok('pool-start', 'p');
  await stack.ok('vol-create-as', 'p', 'base', '8M', '--format', 'qcow2');
  const on = ['--backing-vol', 'base', '--backing-vol-format', 'qcow2'];
  await stack.ok('vol-create-as', 'p', 'top', '8M', '--format', 'qcow2', ...on);
  const key = `<encryption format='luks'><secret type='passphrase' uuid='${VOLUME}'/></encryption>`;
  const xml = `<volume><name>enc</name><capacity unit='M'>4</capacity><target><format type='qcow2'/>${key}</target></volume>`;
  await stack.ok('vol-create', 'p', await file('enc.xml', xml));
  const disk = (name: string, dev: string, inside = '') =>
    `<disk type='volume'><driver name='qemu' type='qcow2'/><source pool='p' volume='${name}'>${inside}</source><target dev='${dev}'/></disk>`;
  const domain = `<domain type='qemu'><name>g</name><memory unit='MiB'>64</memory><vcpu>1</vcpu>
    <os><type arch='x86_64' machine='pc'>hvm</type></os>
    <devices>${disk('top', 'vda')}${disk('enc', 'vdb', key)}</devices></domain>`;
  await stack.ok('define', await file('g.xml', domain));
  await stack.ok('start', 'g', '--paused');
  const live = await stack.ok('dumpxml', 'g');
  expect(live).toContain("<source pool='p' volume='top' index='2'/>");
  expect(live).toContain(`<source file='${below('pool/base')}'/>`);
  const block = await stack.ok('qemu-monitor-command', 'g', '--hmp', 'info block');
  expect(block).toContain(below('pool/top'));
  expect(block).toContain('encrypted');
  await killDaemon('virtqemud');
  await stack.ok('destroy', 'g');
  await eventually('the volume to be given back', async () =>
    (await stat(below('pool/top'))).uid === process.getuid?.() ? true : undefined,
  );
  await stack.ok('pool-destroy', 'p');
  expect(await refusal('start', 'g')).toMatch(/storage pool 'p' containing volume '\w+' is not active/);
  await stack.ok('pool-start', 'p');
  await stack.ok('vol-delete', 'enc', 'p');
  expect(await refusal('start', 'g')).toContain("no storage vol with matching name 'enc'");
  await stack.ok('undefine', 'g');
}, 120_000);

test('images that lead in circles, or to nothing, start no guest', async () => {
  const image = (name: string): string => below(`pool/${name}`);
  for (const name of ['one', 'two', 'lost', 'gone'])
    await output('qemu-img', ['create', '-q', '-f', 'qcow2', image(name), '1M']);
  const rebase = (name: string, on: string) =>
    output('qemu-img', ['rebase', '-u', '-F', 'qcow2', '-b', on, image(name)]);
  await rebase('one', 'two');
  await rebase('two', 'one');
  await rebase('lost', 'nowhere');
  const start = async (name: string): Promise<string> => {
    const disk = `<disk type='file'><driver name='qemu' type='qcow2'/><source file='${image(name)}'/><target dev='vda'/></disk>`;
    const domain = `<domain type='qemu'><name>bad</name><memory unit='MiB'>64</memory><vcpu>1</vcpu>
      <os><type arch='x86_64' machine='pc'>hvm</type></os><devices>${disk}</devices></domain>`;
    return refusal('create', await file('bad.xml', domain));
  };
  expect(await start('one')).toContain('is self-referential or too deeply nested');
  expect(await start('lost')).toContain(`Cannot access backing file '${image('nowhere')}' of storage file`);
}, 60_000);
