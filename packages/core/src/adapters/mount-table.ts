// File systems whose answers come from this host alone.
const LOCAL: ReadonlySet<string> = new Set([
  'bcachefs',
  'btrfs',
  'ext2',
  'ext3',
  'ext4',
  'f2fs',
  'overlay',
  'ramfs',
  'tmpfs',
  'vfat',
  'xfs',
  'zfs',
]);

/**
 * Whether `path` lies on a file system of this host, by the text of /proc/self/mountinfo and without touching the path itself:
 * on a server that is gone even that would hang.
 */
export function isLocalPath(mountinfo: string, path: string): boolean {
  let best = '';
  let type = '';
  for (const line of mountinfo.split('\n')) {
    const [left = '', right = ''] = line.split(' - ');
    const place = unescapeMount(left.split(' ')[4] ?? '');
    const isAbove = path === place || path.startsWith(place.endsWith('/') ? place : `${place}/`);
    // Of two mounts on one place the later one is seen.
    if (place === '' || !isAbove || place.length < best.length) continue;
    best = place;
    type = right.split(' ')[0] ?? '';
  }
  return LOCAL.has(type);
}

function unescapeMount(text: string): string {
  return text.replace(/\\(\d{3})/g, (_all, code: string) => String.fromCharCode(Number.parseInt(code, 8)));
}
