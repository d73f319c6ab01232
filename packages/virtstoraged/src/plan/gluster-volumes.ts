import type { PoolSource } from '@modvirt/core/schema';
import { childOf, childrenOf, readXml, textOf } from '@modvirt/core/xml';
import type { Command } from './volume-commands.js';

export const listGlusterCommand = (host: string): Command => [
  'gluster',
  '--xml',
  '--log-file=/dev/null',
  'volume',
  'info',
  'all',
  `--remote-host=${host}`,
];

/** Volumes that a Gluster server has, as sources: of pools of type `gluster`, or of those that mount them. */
export function parseGlusterVolumes(
  text: string,
  host: string,
  pool: 'gluster' | 'netfs',
): readonly PoolSource[] {
  const root = readXml(text, { source: 'gluster_cli_output', domain: 'STORAGE' });
  const info = childOf(root, 'volInfo');
  const list = info === undefined ? undefined : childOf(info, 'volumes');
  const volumes = list === undefined ? [] : childrenOf(list, 'volume');
  return volumes.flatMap((volume) => {
    const node = childOf(volume, 'name');
    if (node === undefined) return [];
    const name = textOf(node);
    const common = { hosts: [{ name: host }], devices: [] };
    return [
      pool === 'gluster' ? { ...common, dir: '/', name } : { ...common, dir: name, format: 'glusterfs' },
    ];
  });
}
