import { VirError } from '@modvirt/core/errors';
import { attributeOf, childOf, readXml } from '@modvirt/core/xml';
import type { PlanVolumes } from '@modvirt/virtqemud/plan';
import type { Corpus } from '../case.js';

const ISCSI_PORT = 3260;

/** Pools by documents; a volume `T+V` is of type T, by default a block device. */
export function recordedVolumes(corpus: Corpus): PlanVolumes {
  return {
    placeOf({ pool, volume, mode }) {
      if (pool === 'inactive')
        throw VirError.of('CONFIG_UNSUPPORTED', `storage pool '${pool}' is not active`);
      if (volume === 'nonexistent') throw VirError.of('NO_STORAGE_VOL', volume);
      const [first = '', second] = volume.split('+');
      const path = `/some/${second === undefined ? 'block' : first}/device/${second ?? first}`;
      if (mode !== 'direct') return { type: 'block', source: { dev: path, seclabels: [], slices: [] } };
      return unitOf(corpus, pool, volume);
    },
  };
}

/** The unit of an iSCSI target that the volume `unit:0:0:3` is. */
function unitOf(corpus: Corpus, pool: string, volume: string): ReturnType<PlanVolumes['placeOf']> {
  const root = readXml(corpus.read(`storagepoolxml2xmlout/${pool}.xml`), {
    source: 'pool',
    domain: 'STORAGE',
  });
  const source = childOf(root, 'source');
  const part = (name: string, attribute: string) => {
    const node = source === undefined ? undefined : childOf(source, name);
    return node === undefined ? '' : (attributeOf(node, attribute) ?? '');
  };
  return {
    type: 'network',
    source: {
      protocol: 'iscsi',
      name: `${part('device', 'path')}/${volume.split(':').at(-1)}`,
      hosts: [{ name: part('host', 'name'), port: ISCSI_PORT }],
      cookies: [],
      slices: [],
    },
  };
}
