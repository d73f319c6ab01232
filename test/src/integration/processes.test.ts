import { execFileSync, spawn as spawnNode } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NativeDescriptors, NativeProcesses, UnixSockets } from '@modvirt/core/adapters';
import type { Process, SpawnPlan } from '@modvirt/core/ports';
import { loadNative } from '@modvirt/native';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openDescriptors, temporaryDirectory } from '../support/temporary.js';

const native = loadNative();
const processes = new NativeProcesses(native);
const descriptors = new NativeDescriptors(native);
const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C' };
const cgroupMount = /^\S+ (\S+) cgroup2 /m.exec(readFileSync('/proc/mounts', 'latin1'))?.[1];
const isRoot = process.getuid?.() === 0;

/** Runs a shell's script by `spawn` and returns what it wrote. */
async function run(script: string, plan: Partial<SpawnPlan> = {}): Promise<string> {
  const path = join(temporaryDirectory(onTestFinished), 'output');
  const output = openSync(path, 'w');
  const merged = { ...plan, descriptors: { 1: output, 2: output, ...plan.descriptors } };
  const child = await processes.spawn({ file: '/bin/sh', argv: ['-c', script], env, ...merged });
  closeSync(output);
  await child.exited;
  return readFileSync(path, 'utf8').trim();
}

function start(file: string, ...argv: string[]): Promise<Process> {
  return processes.spawn({ file, argv, env });
}

describe('a process that is spawned', () => {
  test('tells how it ended', async () => {
    const [failed, killed] = await Promise.all([start('/bin/sh', '-c', 'exit 7'), start('/bin/sleep', '60')]);
    expect(await failed.exited).toEqual({ type: 'exited', code: 7 });
    expect(killed.kill('SIGTERM')).toBe(true);
    expect(await killed.exited).toEqual({ type: 'killed', signal: 'SIGTERM' });
    expect(killed.kill('SIGTERM')).toBe(false);
  });

  test('tells why it could not be started, and leaves nothing', async () => {
    const before = openDescriptors().size;
    const failures = [
      ['/nonexistent', 'ENOENT'],
      ['/etc/passwd', 'EACCES'],
    ] as const;
    for (const [file, code] of failures) {
      await expect(start(file)).rejects.toMatchObject({ code, syscall: 'execve', path: file });
    }
    const plan = { file: '/bin/true', argv: [], env, directory: '/nonexistent' };
    await expect(processes.spawn(plan)).rejects.toMatchObject({ code: 'ENOENT', syscall: 'chdir' });
    await expect(processes.spawn({ ...plan, cgroups: ['/nonexistent'] })).rejects.toThrow('ENOENT');
    expect(openDescriptors().size).toBe(before);
    expect(children()).toEqual([]);
  });

  test('has its environment, directory, mask, session and default signals, and no more', async () => {
    const script =
      'env; pwd; umask; cut -d" " -f1,5,6,7 /proc/$$/stat; grep -E "^Sig(Blk|Ign)" /proc/self/status';
    const lines = (
      await run(script, { env: { A: '1', B: 'two words' }, directory: '/usr', umask: 0o027 })
    ).split('\n');
    expect(lines).toEqual(expect.arrayContaining(['A=1', 'B=two words', '/usr', '0027']));
    const [pid, group, session, terminal] = (lines.find((line) => /^\d+ \d+ \d+ /.test(line)) ?? '').split(
      ' ',
    );
    expect([group, session, terminal]).toEqual([pid, pid, '0']);
    expect(
      lines.filter((line) => line.startsWith('Sig')).map((line) => BigInt(`0x${line.slice(8)}`)),
    ).toEqual([0n, 0n]);
  });

  test('has the descriptors that were named, even when they change places, and no others', async () => {
    const one = descriptors.memoryFile('one', Buffer.from('one'));
    const two = descriptors.memoryFile('two', Buffer.from('two'));
    const plan = { descriptors: { [one]: two, [two]: one, 0: one } };
    const output = await run(`cat /proc/self/fd/${one} - /proc/self/fd/${two}; echo; ls /proc/$$/fd`, plan);
    expect(output.split('\n')).toEqual(['twooneone', ...['0', '1', '2', `${one}`, `${two}`].sort()]);
    for (const descriptor of [one, two]) descriptors.close(descriptor);
  });

  test('has its limits', async () => {
    const limits = {
      coreBytes: { soft: 0n, hard: 0n },
      openFiles: { soft: 100n, hard: 200n },
      lockedMemoryBytes: { soft: 4096n, hard: 8192n },
    };
    const output = await run('cat /proc/self/limits', { limits });
    expect(output).toMatch(/Max core file size\s+0\s+0/);
    expect(output).toMatch(/Max open files\s+100\s+200/);
    expect(output).toMatch(/Max locked memory\s+4096\s+8192/);
  });

  test.skipIf(!isRoot)('runs as its user (needs root)', async () => {
    const output = await run(
      'id -u; id -g; cut -d: -f2 /proc/self/status | head -0; grep Groups /proc/self/status',
      {
        user: { uid: 65534, gid: 65533, groups: [1234, 5678] },
      },
    );
    expect(output.replace(/\s+/g, ' ')).toBe('65534 65533 Groups: 1234 5678');
    expect(process.getuid?.()).toBe(0);
  });

  test.skipIf(!isRoot || cgroupMount === undefined)(
    'is born in its cgroup (needs root and cgroups)',
    async () => {
      const path = `${cgroupMount}/modvirt-test-${process.pid}`;
      mkdirSync(path);
      onTestFinished(() => rmdirSync(path));
      expect(await run('cat /proc/self/cgroup', { cgroups: [path] })).toContain(
        `/modvirt-test-${process.pid}`,
      );
    },
  );

  test('writes itself into each cgroup before it runs its program', async () => {
    const path = temporaryDirectory(onTestFinished);
    writeFileSync(join(path, 'cgroup.procs'), '');
    expect(await run(`cat ${path}/cgroup.procs`, { cgroups: [path] })).toBe('0');
  });

  test('does not hold the loop while its program starts', async () => {
    const all = await Promise.all(Array.from({ length: 50 }, () => start('/bin/true')));
    const ends = await Promise.all(all.map((child) => child.exited));
    expect(ends.every((end) => end.type === 'exited' && end.code === 0)).toBe(true);
    expect(children()).toEqual([]);
  });

  test('outlives us, and its end is noticed by one who is not its parent', async () => {
    const addon = join(import.meta.dirname, '../../../packages/native/build/modvirt.node');
    const script = `
      const native = require(${JSON.stringify(addon)});
      native.spawn('/bin/sleep', ['sleep', '60'], [], '/', [], new Int32Array(0), null, new BigUint64Array(0), -1)
        .then(([pid]) => { console.log(pid); setTimeout(() => process.kill(process.pid, 'SIGKILL'), 20); });`;
    const parent = spawnNode(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [text] = await once(parent.stdout, 'data');
    await once(parent, 'exit');
    expect(parent.signalCode).toBe('SIGKILL');
    const orphan = processes.watch(Number(text));
    expect(orphan?.startTimeTicks).toBe(processes.startTimeTicks(Number(text)));
    expect(orphan?.kill('SIGKILL')).toBe(true);
    expect(await orphan?.exited).toEqual({ type: 'gone' });
  });
});

test('watch refuses a process that is not there, or began at another time', async () => {
  const child = await start('/bin/sleep', '60');
  expect(processes.watch(child.pid, child.startTimeTicks + 1n)).toBeUndefined();
  const seen = processes.watch(child.pid, child.startTimeTicks);
  expect(seen).toBeDefined();
  seen?.release();
  child.kill('SIGKILL');
  await child.exited;
  expect(processes.watch(child.pid)).toBeUndefined();
  expect(processes.watch(-1)).toBeUndefined();
});

describe('a tool', () => {
  const timeoutMs = 10_000;

  test('reads its input and gives its output and status', async () => {
    const stdin = Buffer.alloc(300_000, 'x');
    const result = await processes.runTool(['sh', '-c', 'cat; echo oops >&2; exit 3'], { stdin, timeoutMs });
    expect(Buffer.compare(Buffer.from(result.stdout), stdin)).toBe(0);
    expect(Buffer.from(result.stderr).toString()).toBe('oops\n');
    expect(result.status).toEqual({ type: 'exited', code: 3 });
  });

  test('may ignore its input', async () => {
    const result = await processes.runTool(['true'], { stdin: Buffer.alloc(1_000_000), timeoutMs });
    expect(result.status).toEqual({ type: 'exited', code: 0 });
  });

  test('sees a fixed environment, and a pipe for each further descriptor', async () => {
    const file = descriptors.memoryFile('extra', Buffer.from('extra'));
    const result = await processes.runTool(['sh', '-c', 'cat <&3; echo; env | sort'], {
      descriptors: { 3: file },
      timeoutMs,
    });
    descriptors.close(file);
    expect(Buffer.from(result.stdout).toString()).toMatch(/^extra\nLC_ALL=C\nPATH=[^\n]*\nPWD=\/\n$/);
  });

  test('is killed with its children when its time is up, or its caller gives up', async () => {
    const controller = new AbortController();
    const path = join(temporaryDirectory(onTestFinished), 'pids');
    const script = `sleep 60 & echo $! $$ > ${path}; wait`;
    await expect(processes.runTool(['sh', '-c', script], { timeoutMs: 150 })).rejects.toMatchObject({
      code: 'ETIMEDOUT',
    });
    const pids = readFileSync(path, 'utf8').trim().split(' ').map(Number);
    await Promise.all(pids.map((pid) => processes.watch(pid)?.exited));
    const given = processes.runTool(['sleep', '60'], { timeoutMs, signal: controller.signal });
    controller.abort(new Error('no more'));
    await expect(given).rejects.toThrow('no more');
    await expect(processes.runTool(['true'], { timeoutMs, signal: controller.signal })).rejects.toThrow(
      'no more',
    );
  });

  test('is killed when it writes too much, and refused when it is not there', async () => {
    const options = { timeoutMs, maxOutputBytes: 1000 };
    await expect(processes.runTool(['yes'], options)).rejects.toMatchObject({ code: 'ENOBUFS' });
    await expect(processes.runTool(['/nonexistent'], options)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

test('a spawned child holds a passed end of a channel', async () => {
  const [one, other] = native.socketPair();
  native.setNonBlocking(other, false);
  const child = await processes.spawn({
    file: '/bin/cat',
    argv: [],
    env,
    descriptors: { 0: other, 1: other },
  });
  descriptors.close(other);
  const channel = new UnixSockets(native).channel(one);
  const echoed = new Promise<string>((resolve) => {
    channel.setHandlers({
      onData: (bytes) => resolve(Buffer.from(bytes).toString()),
      onClose: () => undefined,
    });
  });
  channel.write(Buffer.from('meow'));
  expect(await echoed).toBe('meow');
  channel.end();
  expect(await child.exited).toEqual({ type: 'exited', code: 0 });
});

/** Pids of our own children, zombies too. */
function children(): string[] {
  const { stdout, pid } = psOf();
  return stdout.filter((line) => !line.startsWith(`${pid} `));
}

function psOf(): { stdout: string[]; pid: string } {
  const text = execFileSync('sh', [
    '-c',
    `echo $$; ps -o pid=,comm= --ppid ${process.pid} | sed 's/^ *//'`,
  ]).toString();
  const [pid = '', ...stdout] = text.trim().split('\n');
  return { stdout: stdout.filter((line) => !/esbuild|node/.test(line)), pid };
}
