const PREFIXES = ['fd', 'hd', 'sd', 'vd', 'xvd', 'ubd', 'nvme'];

/** How far a disk's name is from the first of its kind: `sda` 0, `sdab` 27. Undefined when it is no such name. */
export function diskIndex(name: string): number | undefined {
  const prefix = PREFIXES.find((it) => name.startsWith(it));
  if (prefix === undefined) return undefined;
  const letters = /^([a-z]+)\d*$/.exec(name.slice(prefix.length))?.[1];
  if (letters === undefined || letters.length > 7) return undefined;
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 96, 0) - 1;
}
