import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  NativeDescriptors,
  NativeFileLocks,
  NativeTerminals,
  NodeFiles,
  NodeKernelFiles,
  SystemClock,
  SystemdServiceManager,
} from '@modvirt/core/adapters';
import { DeadlineError, withDeadline } from '@modvirt/core/ports';
import {
  ChannelWitness,
  fileLocksContract,
  filesContract,
  kernelFilesContract,
} from '@modvirt/core/testing/contracts';
import { loadNative } from '@modvirt/native';
import { describe, expect, onTestFinished, test } from 'vitest';
import { temporaryDirectory } from '../support/temporary.js';

const native = loadNative();

describe('files', () => {
  filesContract({ make: () => ({ files: new NodeFiles(native), root: temporaryDirectory(onTestFinished) }) });

  test('reads what says that it is empty', async () => {
    expect(Buffer.from(await new NodeFiles(native).read('/proc/self/status')).toString()).toContain('Pid:');
  });

  test('appends to a log that belongs to whoever opened it', async () => {
    const path = join(temporaryDirectory(onTestFinished), 'log');
    const files = new NodeFiles(native);
    for (const text of ['one\n', 'two\n']) {
      const descriptor = await files.openToAppend(path);
      execFileSync('echo', ['-n', text], { stdio: ['ignore', descriptor, 'inherit'] });
      new NativeDescriptors(native).close(descriptor);
    }
    expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
  });
});

describe('files of the kernel', () => {
  kernelFilesContract({
    make(texts) {
      const root = temporaryDirectory(onTestFinished);
      for (const [name, text] of Object.entries(texts)) {
        mkdirSync(dirname(join(root, name)), { recursive: true });
        writeFileSync(join(root, name), text);
      }
      return { kernel: new NodeKernelFiles(new SystemClock()), root };
    },
  });
});

describe('locks', () => {
  fileLocksContract({
    make: () => ({
      ours: new NativeFileLocks(native),
      theirs: new NativeFileLocks(native),
      root: temporaryDirectory(onTestFinished),
    }),
  });

  const script = (path: string, then: string) => `
import fcntl, os, sys
f = open(${JSON.stringify(path)}, 'a+')
try:
    fcntl.lockf(f, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 0)
    print('held', flush=True)
except OSError: print('busy', flush=True)
${then}`;

  test('keep out a program that locks as libvirt does, and are kept out by it', async () => {
    const path = join(temporaryDirectory(onTestFinished), 'pid');
    const locks = new NativeFileLocks(native);
    const result = locks.acquirePidFile(path);
    expect(readFileSync(path, 'utf8').trim()).toBe(`${process.pid}`);
    expect(
      execFileSync('python3', ['-c', script(path, '')])
        .toString()
        .trim(),
    ).toBe('busy');
    if (result.type === 'held') result.lock.release();
    const child = spawn('python3', ['-c', script(path, 'f.truncate(0); sys.stdin.read()')]);
    await once(child.stdout, 'data');
    expect(locks.acquire(path)).toEqual({ type: 'busy', pid: child.pid });
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(locks.acquire(path).type).toBe('held');
  });
});

describe('terminals', () => {
  test('carry bytes both ways unchanged, and tell the end', async () => {
    const terminals = new NativeTerminals(native);
    const { path, channel } = terminals.open();
    const attached = await terminals.attach(path);
    const [near, far] = [new ChannelWitness(channel).start(), new ChannelWitness(attached).start()];
    channel.write(Buffer.from('to guest\r\n\x03\x04'));
    attached.write(Buffer.from('to host\n'));
    await Promise.all([
      near.until(() => near.text === 'to host\n'),
      far.until(() => far.text === 'to guest\r\n\x03\x04'),
    ]);
    attached.destroy();
    await near.until(() => near.closedWith !== undefined);
    expect(near.closedWith).toEqual({ error: undefined });
  });

  test('hold back a writer whose reader is slow', async () => {
    const terminals = new NativeTerminals(native);
    const { path, channel } = terminals.open();
    const attached = await terminals.attach(path);
    const [, far] = [new ChannelWitness(channel).start(), new ChannelWitness(attached).start()];
    attached.pause();
    const text = Buffer.alloc(300_000, 'x');
    expect(channel.write(text)).toBe(false);
    attached.resume();
    await far.until(() => far.receivedBytes === text.length);
    channel.destroy();
    attached.destroy();
  });

  test('are refused where there are none', async () => {
    const terminals = new NativeTerminals(native);
    const file = join(temporaryDirectory(onTestFinished), 'file');
    writeFileSync(file, '');
    await expect(terminals.attach(file)).rejects.toMatchObject({ code: 'ENOTTY' });
    await expect(terminals.attach('/dev/none')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('the service manager', () => {
  test.each(['path', 'abstract'])('hears us, and gets descriptors (%s)', async (kind) => {
    const path = join(temporaryDirectory(onTestFinished), 'notify');
    const address = kind === 'path' ? path : `@modvirt-test-${process.pid}`;
    const script = `
import array, os, socket
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(${JSON.stringify(address)}.replace('@', chr(0)))
print('bound', flush=True)
for _ in range(2):
    data, ancillary, _, _ = s.recvmsg(1000, socket.CMSG_SPACE(8))
    fds = array.array('i', ancillary[0][2]) if ancillary else []
    print(data, [os.read(fd, 10) for fd in fds], flush=True)`;
    const child = spawn('python3', ['-c', script]);
    let output = '';
    child.stdout.on('data', (text) => {
      output += text;
    });
    await once(child.stdout, 'data');
    const env = { NOTIFY_SOCKET: address };
    const manager = new SystemdServiceManager({ native, env, pid: process.pid });
    const descriptors = new NativeDescriptors(native);
    const file = descriptors.memoryFile('stored', Buffer.from('stored'));
    expect(manager.notify('READY=1')).toBe(true);
    expect(manager.storeDescriptors('name', [file])).toBe(true);
    descriptors.close(file);
    await once(child, 'close');
    expect(output).toBe(`bound\nb'READY=1' []\nb'FDSTORE=1\\nFDNAME=name' [b'stored']\n`);
    expect(manager.notify('STOPPING=1')).toBe(false);
  });
});

describe('the clock', () => {
  test('never rings early, nor after it was told not to', async () => {
    const clock = new SystemClock();
    const start = clock.monotonicMs();
    const silent = clock.setTimer(5, () => expect.unreachable());
    silent.cancel();
    await new Promise<void>((resolve) => clock.setTimer(20, resolve));
    expect(clock.monotonicMs() - start).toBeGreaterThanOrEqual(20);
  });

  test('ends a wait at its deadline', async () => {
    const limit = { what: 'waiting for nothing', timeoutMs: 10 };
    const wait = withDeadline(new SystemClock(), limit, () => new Promise(() => undefined));
    await expect(wait).rejects.toBeInstanceOf(DeadlineError);
  });
});

test('accounts are found by name and number, with all their groups', async () => {
  const root = await native.findUser('root');
  expect(root).toMatchObject({ name: 'root', uid: 0, gid: 0, home: '/root' });
  expect(root?.groups).toContain(0);
  expect(await native.findUser(0)).toEqual(root);
  expect(await native.findGroup('root')).toEqual({ name: 'root', gid: 0 });
  expect(await native.findUser('no such user')).toBeUndefined();
  expect(await native.findGroup(4_000_000_000)).toBeUndefined();
});
