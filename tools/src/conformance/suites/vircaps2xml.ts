import { type CellFacts, type HostReader, hostCapabilities, readHostFacts } from '@modvirt/core/hypervisor';
import { formatCapabilities } from '@modvirt/core/schema';
import { failed, type Suite } from '../case.js';
import { compareWithFile } from '../compare.js';
import { corpusKernel } from '../corpus-kernel.js';

/** Capabilities of a host whose processors, caches and nodes are in a folder. */
export const vircaps2xml: Suite = {
  name: 'vircaps2xml',
  async run(it, corpus) {
    const path = it.expect?.xml;
    if (path === undefined) return failed('the case names no file to compare with');
    const folder = String(it.sysfs);
    if (!corpus.has(folder)) return { status: 'skipped', detail: `the corpus lacks ${folder}` };
    const arch = /vircaps-(\w+?)-/.exec(path)?.[1] ?? 'x86_64';
    const reader: HostReader = {
      kernel: corpusKernel(corpus, folder),
      arch,
      pageSizeKiB: 4,
      ticksPerSecond: 100,
    };
    const facts = await readHostFacts(reader);
    const host = hostCapabilities({
      cpu: { arch, features: [], pages: [] },
      facts: { ...facts, cells: facts.cells.map(withPretendedMemory) },
      securityModels: [],
    });
    return compareWithFile(formatCapabilities({ host, guests: [] }), path, corpus);
  },
};

const MIB_IN_KIB = 1024n;

/** The folders hold no memory: the harness counts it up with the node and the size of the page. */
function withPretendedMemory(cell: CellFacts): CellFacts {
  const node = BigInt(cell.id);
  return {
    ...cell,
    memoryKiB: (node + 1n) * MIB_IN_KIB * 1024n,
    pages: [4, 2048, 1_048_576].map((sizeKiB, index) => ({
      sizeKiB,
      total: (node + BigInt(index) + 1n) * 2048n,
      free: 0n,
    })),
  };
}
