// Debian packages by what needs them: `build` the native add-on, `start` a running guest, `test` the tests, `bench` the comparison.
// Each is there when one of its files is, or as it says itself.
import { existsSync, readFileSync } from 'node:fs';
import { headerDirectory } from '../../packages/native/headers.mjs';

const packages = [
  { name: 'gcc', needs: 'build', files: ['/usr/bin/gcc', '/usr/bin/cc'], why: 'compiles the native add-on' },
  {
    name: 'libc6-dev',
    needs: 'build',
    files: ['/usr/include/stdio.h'],
    why: 'headers for the native add-on',
  },
  {
    name: 'libnode-dev',
    needs: 'build',
    isThere: () => headerDirectory() !== undefined,
    why: "Node's headers for the native add-on",
  },
  { name: 'qemu-system-x86', needs: 'start', files: ['/usr/bin/qemu-system-x86_64'], why: 'runs guests' },
  { name: 'qemu-utils', needs: 'start', files: ['/usr/bin/qemu-img'], why: 'makes disk images' },
  { name: 'libvirt-clients', needs: 'start', files: ['/usr/bin/virsh'], why: 'virsh, the client' },
  { name: 'cpio', needs: 'start', files: ['/usr/bin/cpio', '/bin/cpio'], why: "packs the guest's initramfs" },
  {
    name: 'kmod',
    needs: 'start',
    files: ['/usr/sbin/depmod', '/sbin/depmod'],
    why: "finds the guest's modules",
  },
  { name: 'xz-utils', needs: 'start', files: ['/usr/bin/xz'], why: "unpacks the guest's modules" },
  {
    name: 'libvirt-daemon-common',
    needs: 'test',
    // In Debian 12 it came with virsh.
    fromDebian: 13,
    files: ['/usr/bin/virt-admin'],
    why: "virt-admin, the administrator's client",
  },
  { name: 'iproute2', needs: 'test', files: ['/usr/sbin/ip', '/sbin/ip'], why: 'makes bridges' },
  { name: 'dnsmasq-base', needs: 'test', files: ['/usr/sbin/dnsmasq'], why: 'serves virtual networks' },
  {
    name: 'nftables',
    needs: 'test',
    files: ['/usr/sbin/nft', '/usr/sbin/iptables-save'],
    why: 'the packet filter of virtual networks',
  },
  {
    name: 'busybox-static',
    needs: 'test',
    files: ['/usr/bin/busybox', '/bin/busybox'],
    why: "guests' tools",
  },
  { name: 'mount', needs: 'test', files: ['/usr/sbin/losetup', '/sbin/losetup'], why: 'disks made of files' },
  {
    name: 'e2fsprogs',
    needs: 'test',
    files: ['/usr/sbin/mkfs.ext4', '/sbin/mkfs.ext4'],
    why: 'file systems for pools',
  },
  {
    name: 'python3-libvirt',
    needs: 'test',
    files: ['/usr/lib/python3/dist-packages/libvirt.py'],
    why: 'the Python client',
  },
  {
    name: 'libxml2-utils',
    needs: 'test',
    files: ['/usr/bin/xmllint'],
    why: 'the oracle for XML and RELAX NG',
  },
  {
    name: 'libvirt-daemon-system',
    needs: 'bench',
    files: ['/usr/sbin/libvirtd'],
    why: 'what we are measured against',
  },
  {
    name: 'libvirt-dev',
    needs: 'bench',
    files: ['/usr/include/libvirt/libvirt.h'],
    why: "builds the bench's client",
  },
];

/** Everything that a level needs includes what the levels before it need. */
const levels = ['build', 'start', 'test', 'bench'];

/** The packages that this machine lacks of those that are asked for. */
export function missingPackages(level) {
  const wanted = levels.slice(0, levels.indexOf(level) + 1);
  const missing = packages.filter((one) => wanted.includes(one.needs) && !isInstalled(one));
  return missing.filter(({ fromDebian = 0 }) => debianRelease() >= fromDebian);
}

function isInstalled({ files = [], isThere = () => files.some((file) => existsSync(file)) }) {
  return isThere();
}

// Testing and unstable have no number: they are newer than all that do.
function debianRelease() {
  const match = /^VERSION_ID="?(\d+)/m.exec(readFileSync('/etc/os-release', 'utf8'));
  return match === null ? Number.POSITIVE_INFINITY : Number(match[1]);
}
