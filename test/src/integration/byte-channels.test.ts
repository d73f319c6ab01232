import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectNode, listenTcp, NativeDescriptors, SystemClock, UnixSockets } from '@modvirt/core/adapters';
import { type ByteChannel, type Listener, startDeadline } from '@modvirt/core/ports';
import { byteChannelContract, ChannelWitness } from '@modvirt/core/testing/contracts';
import { loadNative } from '@modvirt/native';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { openDescriptors, temporaryDirectory } from '../support/temporary.js';

const native = loadNative();
const clock = new SystemClock();
const sockets = new UnixSockets(native);
const descriptors = new NativeDescriptors(native);
const before = socketsAndMemory();
let files = 0;

const real = {
  make: () => descriptors.memoryFile(`contract ${files++}`, Buffer.from('content')),
  fileOf: (descriptor: number) => linkOf(descriptor),
  isOpen: (descriptor: number) => linkOf(descriptor) !== undefined,
  close: (descriptor: number) => descriptors.close(descriptor),
};

function linkOf(descriptor: number): string | undefined {
  return openDescriptors().get(descriptor);
}

function firstChannel(listener: Listener): Promise<ByteChannel> {
  return new Promise((onChannel, onError) => listener.start({ onChannel, onError }));
}

async function unixPair(): Promise<[ByteChannel, ByteChannel]> {
  const listener = sockets.listen(join(temporaryDirectory(onTestFinished), 'sock'));
  onTestFinished(() => listener.close());
  const accepted = firstChannel(listener);
  const path = listener.description.replace('unix ', '');
  return [await sockets.connect(path), await accepted];
}

async function tcpPair(): Promise<[ByteChannel, ByteChannel]> {
  const listener = await listenTcp({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => listener.close());
  const accepted = firstChannel(listener);
  const port = Number(listener.description.split(' ').at(-1));
  return [await connectNode({ host: '127.0.0.1', port }), await accepted];
}

describe('channels over unix sockets', () => byteChannelContract({ pair: unixPair, descriptors: real }));
describe('channels over a socket pair', () =>
  byteChannelContract({ pair: async () => sockets.pair(), descriptors: real }));
async function tlsPair(): Promise<[ByteChannel, ByteChannel]> {
  const { key, cert } = certificate();
  const listener = await listenTcp({ host: '127.0.0.1', port: 0 }, { key, cert });
  onTestFinished(() => listener.close());
  const accepted = firstChannel(listener);
  const port = Number(listener.description.split(' ').at(-1));
  const tls = { ca: cert, servername: 'localhost' };
  return [await connectNode({ host: '127.0.0.1', port, tls }), await accepted];
}

/** A certificate that signs itself. */
function certificate(): { readonly key: string; readonly cert: string } {
  const [key, cert] = ['key', 'cert'].map((name) => join(temporaryDirectory(onTestFinished), name));
  const request = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost -keyout ${key} -out ${cert}`;
  execFileSync('openssl', [...request.split(' '), '-addext', 'subjectAltName=DNS:localhost'], {
    stdio: 'ignore',
  });
  return { key: readFileSync(`${key}`, 'latin1'), cert: readFileSync(`${cert}`, 'latin1') };
}

describe('channels over TLS', () => byteChannelContract({ pair: tlsPair }));
describe('channels over TCP', () => byteChannelContract({ pair: tcpPair }));

afterAll(() => {
  expect(socketsAndMemory()).toEqual(before);
});

function socketsAndMemory(): string[] {
  return [...openDescriptors().values()].filter((file) => /socket|memfd|pipe|fdinfo/.test(file)).sort();
}

describe('unix sockets', () => {
  test('know who is at the other end', async () => {
    const [left, right] = await unixPair();
    const stat = readFileSync('/proc/self/stat', 'latin1');
    const startTimeTicks = BigInt(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? 0);
    const me = { pid: process.pid, uid: process.getuid?.(), gid: process.getgid?.(), startTimeTicks };
    expect(left.peer).toMatchObject(me);
    expect(right.peer).toMatchObject(me);
    left.destroy();
    right.destroy();
  });

  test('take a hundred connections at once', async () => {
    const path = join(temporaryDirectory(onTestFinished), 'sock');
    const listener = sockets.listen(path);
    let answered = 0;
    listener.start({
      onChannel: (channel) =>
        channel.setHandlers({ onData: (bytes) => channel.write(bytes), onClose: () => undefined }),
      onError: (error) => expect.unreachable(error.message),
    });
    const channels = await Promise.all(Array.from({ length: 100 }, () => sockets.connect(path)));
    const echoes = channels.map(async (channel, index) => {
      const witness = new ChannelWitness(channel).start();
      channel.write(Buffer.from(`hello ${index}`));
      await witness.until(() => witness.text === `hello ${index}`);
      answered += 1;
      channel.destroy();
    });
    await Promise.all(echoes);
    expect(answered).toBe(100);
    listener.close();
    expect(existsSync(path)).toBe(false);
  });

  test('wait for room in a full queue, until the signal aborts', async () => {
    const path = join(temporaryDirectory(onTestFinished), 'sock');
    const listener = sockets.listen(path, { backlog: 1 });
    const first = await Promise.all([sockets.connect(path), sockets.connect(path)]);
    const impatient = sockets.connect(path, startDeadline(clock, 'connecting', 30).signal);
    await expect(impatient).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    const patience = startDeadline(clock, 'connecting', 5000);
    const patient = sockets.connect(path, patience.signal);
    listener.start({ onChannel: (channel) => channel.destroy(), onError: () => undefined });
    for (const channel of [...first, await patient]) channel.destroy();
    patience.cancel();
    listener.close();
  });

  test('have their mode before anybody can connect', () => {
    const path = join(temporaryDirectory(onTestFinished), 'sock');
    const before = process.umask(0o077);
    const listener = sockets.listen(path, { mode: 0o777 });
    process.umask(before);
    expect(statSync(path).mode & 0o777).toBe(0o777);
    listener.close();
  });

  test('replace the path of a dead listener, but not of a live one, nor a file', async () => {
    const path = join(temporaryDirectory(onTestFinished), 'sock');
    const child = spawn('python3', ['-c', `import socket; socket.socket(1).bind(${JSON.stringify(path)})`]);
    await once(child, 'exit');
    expect(existsSync(path)).toBe(true);
    const listener = sockets.listen(path);
    expect(() => sockets.listen(path)).toThrow(expect.objectContaining({ code: 'EADDRINUSE' }));
    expect(existsSync(path)).toBe(true);
    listener.close();
    writeFileSync(path, 'precious');
    expect(() => sockets.listen(path)).toThrow(expect.objectContaining({ code: 'EADDRINUSE' }));
  });

  test('reach a path that is longer than an address', async () => {
    const path = join(temporaryDirectory(onTestFinished), 'd'.repeat(120));
    mkdirSync(path);
    const listener = sockets.listen(join(path, 'sock'));
    const accepted = firstChannel(listener);
    const channel = await sockets.connect(join(path, 'sock'));
    (await accepted).destroy();
    channel.destroy();
    listener.close();
    expect(existsSync(join(path, 'sock'))).toBe(false);
  });

  test('take over a listening descriptor, and nothing else', async () => {
    const path = join(temporaryDirectory(onTestFinished), 'sock');
    const made = sockets.listen(path);
    const adopted = sockets.adopt(descriptors.duplicate(made.descriptor));
    const accepted = firstChannel(adopted);
    const channel = await sockets.connect(path);
    (await accepted).destroy();
    channel.destroy();
    adopted.close();
    expect(existsSync(path)).toBe(true);
    made.close();
    const [one, other] = native.socketPair();
    expect(() => sockets.adopt(one)).toThrow(TypeError);
    for (const descriptor of [one, other]) descriptors.close(descriptor);
    expect(() => sockets.adopt(0)).toThrow();
  });

  test('end when a peer sends more descriptors than a message may have', async () => {
    const [left, right] = await unixPair();
    const [a, b] = [new ChannelWitness(left).start(), new ChannelWitness(right).start()];
    const many = Array.from({ length: 33 }, () => real.make());
    left.write(Buffer.from('x'), many);
    await b.until(() => b.closedWith !== undefined);
    expect(b.closedWith?.error).toMatchObject({ code: 'EMSGSIZE' });
    await a.until(() => a.closedWith !== undefined);
  });

  test('give one zero byte with each descriptor to a peer that reads like libvirt', async () => {
    const path = join(temporaryDirectory(onTestFinished), 'sock');
    const listener = sockets.listen(path);
    const accepted = firstChannel(listener);
    const script = `
import array, os, socket
s = socket.socket(socket.AF_UNIX); s.connect(${JSON.stringify(path)})
print(s.recv(6, socket.MSG_WAITALL).decode())
for _ in range(2):
    data, ancillary, flags, _ = s.recvmsg(1, socket.CMSG_SPACE(4))
    fd = array.array('i', ancillary[0][2])[0]
    print(data.hex(), os.read(fd, 100).decode())
print(s.recv(4, socket.MSG_WAITALL).decode())`;
    const child = spawn('python3', ['-c', script]);
    let output = '';
    child.stdout.on('data', (text) => {
      output += text;
    });
    const channel = await accepted;
    channel.setHandlers({ onData: () => undefined, onClose: () => undefined });
    channel.write(Buffer.from('header'));
    for (const name of ['one', 'two']) {
      channel.write(Buffer.from('\0'), [descriptors.memoryFile(name, Buffer.from(name))]);
    }
    channel.write(Buffer.from('next'));
    await once(child, 'close');
    expect(output.trim().split('\n')).toEqual(['header', '00 one', '00 two', 'next']);
    listener.close();
  });

  test('tell a paused reader that its client is gone', async () => {
    const [left, right] = await unixPair();
    const gone = new Promise<void>((onPeerGone) => {
      right.setHandlers({ onData: () => undefined, onClose: () => undefined, onPeerGone });
    });
    right.pause();
    left.destroy();
    await gone;
    expect(right.isOpen).toBe(true);
    right.destroy();
  });
});

test('descriptors of the addon are closed on exec', () => {
  const [one, other] = native.socketPair();
  const [reading, writing] = native.openPipe();
  const memory = native.memoryFile('flags');
  for (const descriptor of [one, other, reading, writing, memory, native.duplicate(memory)]) {
    const name = readlinkSync(`/proc/self/fd/${descriptor}`);
    expect(readFlags(descriptor) & 0o2000000, name).not.toBe(0);
    descriptors.close(descriptor);
  }
});

function readFlags(descriptor: number): number {
  const text = readFileSync(`/proc/self/fdinfo/${descriptor}`, 'latin1');
  return Number.parseInt(/flags:\s*(\d+)/.exec(text)?.[1] ?? '0', 8);
}
