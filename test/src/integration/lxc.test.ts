import { readdirSync, readFileSync } from 'node:fs';
import { chown, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  canRunContainers,
  makeContainerRoot,
  type TestContainer,
  testContainer,
} from '../support/container-root.js';
import { background, eventually, output, startStack, type TestStack } from '../support/stack.js';

// Real containers, from a root that holds one program. What they do, they write into files that the host reads.

describe.skipIf(!canRunContainers())('containers (need root and busybox)', () => {
  let stack: TestStack;
  let base: string;
  let root: string;
  let shared: string;

  beforeAll(async () => {
    base = await mkdtemp(join(tmpdir(), 'modvirt-lxc-'));
    root = join(base, 'root');
    shared = join(base, 'shared');
    await output('chmod', ['755', base]);
    await mkdir(shared);
    await output('chmod', ['777', shared]);
    await makeContainerRoot(root);
    stack = await startStack({ scheme: 'lxc' });
  }, 180_000);

  afterAll(async () => {
    await stack?.close();
    await rm(base, { recursive: true, force: true });
  }, 60_000);

  const sharedDirectory = (): string =>
    `<filesystem type='mount'><source dir='${shared}'/><target dir='/shared'/></filesystem>`;

  async function define(container: Omit<TestContainer, 'root'> & { readonly root?: string }): Promise<void> {
    const file = join(base, 'container.xml');
    await writeFile(file, testContainer({ root, ...container }));
    await stack.ok('define', file);
  }

  /** What a script in a container of that kind writes. */
  async function report(container: Omit<TestContainer, 'root' | 'script'>, script: string): Promise<string> {
    const { name } = container;
    const devices = sharedDirectory() + (container.devices ?? '');
    await define({
      ...container,
      devices,
      script: `(${script}) > /shared/${name} 2>&1; touch /shared/${name}.done; sleep 1000`,
    });
    await stack.ok('start', name);
    await eventually(`the report of ${name}`, () =>
      exists(join(shared, `${name}.done`)) ? true : undefined,
    );
    const text = await readFile(join(shared, name), 'utf8');
    await stack.ok('destroy', name);
    await stack.ok('undefine', name);
    return text;
  }

  test('a console, suspend and resume, kill -9 of the daemon, and an end', async () => {
    await define({ name: 'first', script: 'while read line; do echo heard-$line; done' });
    await stack.ok('start', 'first');
    expect(await stack.ok('list')).toMatch(/first\s+running/);
    const console = background('script', ['-qec', `virsh -c '${stack.uri}' console first`, '/dev/null']);
    await eventually('the connection', () => (console.text().includes('Escape') ? true : undefined));
    await eventually('an answer on the console', () => {
      console.send('me\n');
      return console.text().includes('heard-me') ? true : undefined;
    });
    await console.stop();
    await stack.ok('suspend', 'first');
    expect(await stack.ok('domstate', '--reason', 'first')).toContain('paused (user)');
    process.kill(await stack.pidOf('virtlxcd'), 'SIGKILL');
    await stack.up();
    expect(await stack.ok('domstate', '--reason', 'first')).toContain('paused (user)');
    await stack.ok('resume', 'first');
    expect(await stack.ok('domstate', '--reason', 'first')).toContain('running (unpaused)');
    await stack.ok('destroy', 'first');
    expect(await stack.ok('domstate', '--reason', 'first')).toContain('shut off (destroyed)');
    await stack.ok('undefine', 'first');
  }, 90_000);

  test('a container that ends while the daemon is away is found to have ended', async () => {
    await define({ name: 'away' });
    await stack.ok('start', 'away');
    const pid = Number(await readFile(join(stack.root, 'run/libvirt/lxc/away.pid'), 'utf8'));
    process.kill(await stack.pidOf('virtlxcd'), 'SIGKILL');
    process.kill(pid, 'SIGKILL');
    await stack.up();
    expect(await stack.ok('domstate', 'away')).toContain('shut off');
    await stack.ok('start', 'away');
    await stack.ok('destroy', 'away');
    await stack.ok('undefine', 'away');
  }, 60_000);

  test('init gets its arguments, environment, directory and user', async () => {
    const os =
      "<initenv name='COLOUR'>green</initenv><initdir>/tmp</initdir><inituser>guest</inituser><initgroup>guests</initgroup>";
    const text = await report(
      { name: 'init', os },
      'pwd; id; echo $COLOUR $LIBVIRT_LXC_NAME; hostname > /dev/null; ps',
    );
    expect(text).toContain('/tmp\n');
    expect(text).toContain('uid=77(guest) gid=78(guests)');
    expect(text).toContain('green init\n');
    expect(text).toMatch(/^\s*1 guest/m);
  }, 60_000);

  test('file systems of each kind are where they belong, and read-only ones are', async () => {
    const image = join(base, 'image.ext4');
    await output('truncate', ['-s', '8M', image]);
    expect((await output('mkfs.ext4', ['-q', image])).status).toBe(0);
    const devices = `<filesystem type='file'><driver type='loop' format='raw'/><source file='${image}'/><target dir='/image'/></filesystem>
<filesystem type='ram'><source usage='2048' units='KiB'/><target dir='/ram'/></filesystem>
<filesystem type='mount'><source dir='${root}'/><target dir='/look'/><readonly/></filesystem>
<filesystem type='bind'><source dir='/bin'/><target dir='/other'/></filesystem>`;
    const text = await report(
      { name: 'files', devices },
      'grep -E " /(image|ram|look|other) " /proc/mounts; touch /look/x; touch /image/x && echo image-written; ls /other/busybox',
    );
    expect(text).toMatch(/\/dev\/loop\d+ \/image ext4 rw/);
    expect(text).toMatch(/tmpfs \/ram tmpfs rw,.*size=2048k/);
    expect(text).toMatch(/ \/look ext4 ro| \/look \w+ ro/);
    expect(text).toContain('Read-only file system');
    expect(text).toContain('image-written');
    expect(text).toContain('/other/busybox');
    const loops = (await output('losetup', ['-a'])).stdout;
    expect(loops).not.toContain(image);
  }, 60_000);

  test('a target that leads out of the root by a link stays inside', async () => {
    await symlink('../../../../../../../../../etc', join(root, 'escape'));
    await mkdir(join(root, 'etc/inside'), { recursive: true });
    const devices =
      "<filesystem type='ram'><source usage='64' units='KiB'/><target dir='/escape/inside'/></filesystem>";
    const text = await report({ name: 'links', devices }, 'grep inside /proc/mounts');
    expect(text).toContain('/etc/inside tmpfs');
  }, 60_000);

  test('root of a container with ids of its own is nobody on the host', async () => {
    const own = join(base, 'own-root');
    await makeContainerRoot(own);
    await output('chown', ['-R', '-h', '100000:100000', own]);
    const secret = join(shared, 'secret');
    await writeFile(secret, 'secret', { mode: 0o600 });
    const body = `<features><privnet/></features><idmap><uid start='0' target='100000' count='1000'/><gid start='0' target='100000' count='1000'/></idmap>`;
    const container = { name: 'ids', body, root: own, devices: sharedDirectory() };
    await define({
      ...container,
      script:
        'id -u > /shared/ids; cat /shared/secret >> /shared/ids 2>&1; touch /shared/made; touch /shared/ids.done; sleep 1000',
    });
    await stack.ok('start', 'ids');
    await eventually('the report', () => (exists(join(shared, 'ids.done')) ? true : undefined));
    expect(await readFile(join(shared, 'ids'), 'utf8')).toMatch(/^0\n.*Permission denied/);
    expect((await output('stat', ['-c', '%u', join(shared, 'made')])).stdout.trim()).toBe('100000');
    await chown(secret, 0, 0);
    await stack.ok('destroy', 'ids');
    await stack.ok('undefine', 'ids');
  }, 60_000);

  test('limits bite: memory, devices, and those that are changed while it runs', async () => {
    const greedy =
      'tail /dev/zero; echo tail-ended-$?; cat /dev/vda | head -c 1; mknod /tmp/x b 254 0; echo mknod-$?';
    const text = await report({ name: 'limits', memoryMiB: 16 }, greedy);
    expect(text).toContain('tail-ended-137');
    expect(text).toMatch(/mknod-1/);
    await define({ name: 'tuned' });
    await stack.ok('start', 'tuned');
    await stack.ok('schedinfo', 'tuned', '--live', '--set', 'cpu_shares=300');
    expect(await stack.ok('schedinfo', 'tuned')).toMatch(/cpu_shares\s*: 300/);
    await stack.ok('memtune', 'tuned', '--live', '--hard-limit', '32768');
    expect(await stack.ok('memtune', 'tuned')).toMatch(/hard_limit\s*: 32768/);
    expect(await stack.ok('domstats', 'tuned')).toMatch(/cpu.time=\d+/);
    await stack.ok('destroy', 'tuned');
    await stack.ok('undefine', 'tuned');
  }, 60_000);

  test('a container can begin again and switch itself off', async () => {
    const script = 'if [ -e /shared/again ]; then poweroff -f; else touch /shared/again; reboot -f; fi';
    await define({ name: 'again', devices: sharedDirectory(), script: `sleep 1; ${script}` });
    const events = background('virsh', ['-c', stack.uri, 'event', '--all', '--loop']);
    await eventually('the watcher', async () =>
      (await stack.virsh('list')).status === 0 ? true : undefined,
    );
    await stack.ok('start', 'again');
    await eventually('its end', async () =>
      (await stack.ok('domstate', '--reason', 'again')).includes('shut off (shutdown)') ? true : undefined,
    );
    await eventually('the event of its reboot', () => (events.text().includes('reboot') ? true : undefined));
    await events.stop();
    await stack.ok('undefine', 'again');
  }, 60_000);

  test('what cannot start says why, and leaves nothing', async () => {
    await define({ name: 'bad', script: 'echo I cannot go on; exit 3' });
    const early = await stack.virsh('start', 'bad');
    expect(early.stderr).toContain('init exited with status 3: I cannot go on');
    await define2('bad', '/nowhere');
    expect((await stack.virsh('start', 'bad')).stderr).toContain("Failed to access '/nowhere'");
    expect(await stack.ok('domstate', '--reason', 'bad')).toContain('shut off (failed)');
    await stack.ok('undefine', 'bad');
    expect(leftovers(stack.root)).toEqual([]);
  }, 60_000);

  async function define2(name: string, missing: string): Promise<void> {
    const uuid = (await stack.ok('domuuid', name)).trim();
    const xml = testContainer({ name, root: missing }).replace('<memory', `<uuid>${uuid}</uuid><memory`);
    const file = join(base, 'container.xml');
    await writeFile(file, xml);
    await stack.ok('define', file);
  }

  test('fifty containers come and go, and nothing of them stays', async () => {
    const names = Array.from({ length: 50 }, (_none, index) => `many-${index}`);
    for (const name of names) await define({ name });
    for (const name of names) await stack.ok('start', name);
    expect((await stack.ok('list', '--name')).trim().split('\n')).toHaveLength(50);
    expect((await stack.ok('domstats', '--state')).match(/state.state=1/g)).toHaveLength(50);
    for (const name of names) await stack.ok('destroy', name);
    for (const name of names) await stack.ok('undefine', name);
    expect(leftovers(stack.root)).toEqual([]);
  }, 120_000);
});

function exists(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false; // Not yet.
  }
}

/** Groups, mounts, links and files of containers that are no more. */
function leftovers(root: string): string[] {
  const groups = ['cpu', 'memory', 'devices', 'pids', '.'].flatMap((it) =>
    names(`/sys/fs/cgroup/${it}/machine`),
  );
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((it) => it.includes(root));
  const files = names(join(root, 'run/libvirt/lxc')).filter(
    (it) => /\.(xml|pid|sock|root)$/.test(it) && it !== 'driver.pid',
  );
  return [...groups.filter((it) => it.includes('-many-') || it.includes('-bad.')), ...mounts, ...files];
}

function names(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return []; // A host without it.
  }
}
