import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import {
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { repository } from '../checks/part.js';
import { type Apt, aptThatKnows } from './apt.js';

// Builds the guest that `npm start` and the tests boot: Debian's cloud kernel and one initramfs with busybox and the guest
// agent. Packages are downloaded and unpacked, nothing is installed.

const run = promisify(execFile);

const KERNEL_PACKAGE = 'linux-image-cloud-amd64';
const MODULES = [
  'virtio_pci',
  'virtio_console',
  'virtio_net',
  'virtio_blk',
  'virtio_scsi',
  'virtio_balloon',
  'virtio-rng',
  'sd_mod',
  'sr_mod',
  'ahci',
  'nvme',
  'e1000',
  'e1000e',
  '9p',
  '9pnet_virtio',
  'virtiofs',
  'button',
  'evdev',
];
/** Where kernel and initramfs are. */
export const guestDirectory = join(repository, '.cache/guest');

const AGENT_PACKAGE = 'qemu-guest-agent';
/** Counts the changes of what is put into the image: another image is built again. */
const RECIPE = 2;

/** The agent's package and those of the libraries that it needs. */
async function agentPackages(apt: Apt): Promise<string[]> {
  const no = ['recommends', 'suggests', 'conflicts', 'breaks', 'replaces', 'enhances', 'pre-depends'];
  const listed = await apt.cache('depends', '--recurse', ...no.map((kind) => `--no-${kind}`), AGENT_PACKAGE);
  const names = listed.split('\n').filter((line) => /^lib[^\s:]+$/.test(line));
  return [AGENT_PACKAGE, ...new Set(names)];
}

async function kernelImage(apt: Apt): Promise<string> {
  const found = /Depends: (linux-image-[0-9]\S*)/.exec(await apt.cache('depends', KERNEL_PACKAGE))?.[1];
  if (found === undefined) throw new Error(`${KERNEL_PACKAGE} names no kernel`);
  return found;
}

/** Downloads the packages and unpacks them all into one folder. */
async function unpack(folder: string): Promise<string> {
  const apt = await aptThatKnows(KERNEL_PACKAGE, folder);
  const names = [await kernelImage(apt), 'busybox-static', ...(await agentPackages(apt))];
  const downloads = join(folder, 'packages');
  await mkdir(downloads);
  await chmod(folder, 0o755);
  await apt.download(names, downloads);
  const target = join(folder, 'unpacked');
  for (const file of await readdir(downloads)) await run('dpkg-deb', ['-x', join(downloads, file), target]);
  return target;
}

async function find(folder: string, names: readonly string[]): Promise<string[]> {
  const { stdout } = await run(
    'find',
    [folder, ...names.flatMap((name, i) => [...(i > 0 ? ['-o'] : []), '-name', name])],
    {
      maxBuffer: 1 << 26,
    },
  );
  return stdout.split('\n').filter((line) => line !== '');
}

async function installModules(unpacked: string, root: string): Promise<void> {
  const base = existsSync(join(unpacked, 'lib/modules'))
    ? join(unpacked, 'lib/modules')
    : join(unpacked, 'usr/lib/modules');
  const [version] = await readdir(base);
  if (version === undefined) throw new Error('the kernel package has no modules');
  const moduleRoot = base.endsWith('usr/lib/modules') ? join(unpacked, 'usr') : unpacked;
  await run('/sbin/depmod', ['-b', moduleRoot, version]);
  const order: string[] = [];
  for (const name of MODULES) {
    const listed = await run('/sbin/modprobe', [
      '-d',
      moduleRoot,
      '-S',
      version,
      '--show-depends',
      name,
    ]).catch(() => undefined);
    for (const line of listed?.stdout.split('\n') ?? []) {
      const path = /^insmod (\S+)/.exec(line)?.[1];
      if (path === undefined || order.includes(path)) continue;
      order.push(path);
    }
  }
  await mkdir(join(root, 'lib/modules'), { recursive: true });
  const plain: string[] = [];
  for (const path of order) {
    const target = join(root, 'lib/modules', basename(path));
    await copyFile(path, target);
    if (target.endsWith('.xz')) await run('xz', ['-d', target]);
    plain.push(basename(target, '.xz'));
  }
  await writeFile(join(root, 'lib/modules/order'), `${plain.join('\n')}\n`);
}

async function installAgent(unpacked: string, root: string): Promise<void> {
  const [agent] = await find(unpacked, ['qemu-ga']);
  const [loader] = await find(unpacked, ['ld-linux-x86-64.so.2']);
  if (agent === undefined || loader === undefined) throw new Error(`${AGENT_PACKAGE} has no agent to run`);
  const libraries = join(root, 'lib/x86_64-linux-gnu');
  await mkdir(join(root, 'lib64'), { recursive: true });
  await mkdir(libraries, { recursive: true });
  await run('cp', ['-L', agent, join(root, 'sbin/qemu-ga')]);
  await run('cp', ['-L', loader, join(root, 'lib64/')]);
  for (const library of await librariesOf(agent, loader, unpacked))
    await run('cp', ['-L', library, join(libraries, basename(library))]);
}

/** The libraries that the loader would load, all from the packages. */
async function librariesOf(program: string, loader: string, unpacked: string): Promise<string[]> {
  const folders = ['lib/x86_64-linux-gnu', 'usr/lib/x86_64-linux-gnu'].map((path) => join(unpacked, path));
  const { stdout } = await run(loader, ['--library-path', folders.join(':'), '--list', program]);
  const listed = [...stdout.matchAll(/^\s*\S+\.so\S* => (.+?)(?: \(0x[0-9a-f]+\))?$/gm)].map(
    (match) => match[1],
  );
  const foreign = listed.find((path) => path === undefined || !path.startsWith(`${unpacked}/`));
  if (listed.length === 0 || foreign !== undefined)
    throw new Error(`${program} needs a library that its packages do not bring:\n${stdout}`);
  return listed.filter((path) => path !== undefined);
}

async function makeRoot(unpacked: string, root: string): Promise<void> {
  for (const name of [
    'bin',
    'sbin',
    'dev',
    'proc',
    'sys',
    'tmp',
    'root',
    'etc/acpi/PWRF',
    'etc/acpi/events',
    'var/run',
  ]) {
    await mkdir(join(root, name), { recursive: true });
  }
  const busybox = (await find(unpacked, ['busybox'])).find((path) => path.endsWith('bin/busybox'));
  if (busybox === undefined) throw new Error('busybox-static has no busybox');
  await copyFile(busybox, join(root, 'bin/busybox'));
  const { stdout } = await run(busybox, ['--list']);
  for (const applet of stdout.split('\n').filter((name) => name !== '' && name !== 'busybox')) {
    await symlink('/bin/busybox', join(root, 'bin', applet));
  }
  await script(join(root, 'init'), await readFile(join(repository, 'tools/guest/init'), 'utf8'));
  await script(join(root, 'etc/acpi/PWRF/00000080'), '#!/bin/sh\npoweroff -f\n');
  await script(
    join(root, 'etc/udhcpc.script'),
    `#!/bin/sh
case $1 in bound|renew)
    ip addr flush dev "$interface" scope global
    ip addr add "$ip/$mask" dev "$interface"
    [ -n "$router" ] && ip route replace default via "$router"
    for server in $dns; do echo "nameserver $server"; done > /etc/resolv.conf
    echo "GUEST-LEASE $ip router=$router dns=$dns";;
esac
`,
  );
  for (const [name, verb] of [
    ['shutdown', 'poweroff'],
    ['qemu-ga-shutdown', 'poweroff'],
  ] as const) {
    // What the agent calls is `/sbin/shutdown -h|-P|-r`.
    await script(
      join(root, 'sbin', name),
      `#!/bin/sh\ncase "$*" in *-r*) reboot -f;; *-H*) halt -f;; *) ${verb} -f;; esac\n`,
    );
  }
}

async function script(path: string, text: string): Promise<void> {
  await writeFile(path, text, { mode: 0o755 });
}

/** Builds kernel and initramfs unless they are there. @returns where they are */
export async function buildGuest(): Promise<{ readonly kernel: string; readonly initrd: string }> {
  const output = guestDirectory;
  const built = { kernel: join(output, 'vmlinuz'), initrd: join(output, 'initrd.gz') };
  const stamp = join(output, 'init');
  const init = await readFile(join(repository, 'tools/guest/init'), 'utf8');
  const wanted = `${init}# recipe ${RECIPE}\n`;
  const isCurrent =
    existsSync(built.kernel) && existsSync(stamp) && (await readFile(stamp, 'utf8')) === wanted;
  if (isCurrent) return built;
  const folder = await mkdtemp(join(tmpdir(), 'modvirt-guest-'));
  try {
    const unpacked = await unpack(folder);
    const root = join(folder, 'root');
    await makeRoot(unpacked, root);
    await installModules(unpacked, root);
    await installAgent(unpacked, root);
    await run('sh', ['-c', 'find . | cpio -o -H newc --quiet | gzip -6 > ../initrd.gz'], { cwd: root });
    const [kernel] = await find(join(unpacked, 'boot'), ['vmlinuz-*']);
    if (kernel === undefined) throw new Error('the kernel package has no kernel');
    await mkdir(output, { recursive: true });
    await copyFile(kernel, `${built.kernel}.new`);
    await copyFile(join(folder, 'initrd.gz'), `${built.initrd}.new`);
    await chmod(`${built.kernel}.new`, 0o644);
    await rename(`${built.kernel}.new`, built.kernel);
    await rename(`${built.initrd}.new`, built.initrd);
    await writeFile(stamp, wanted);
    return built;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
