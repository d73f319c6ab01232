import type { CpuData } from '../../cpu/cpu-data.js';
import { type CpuMap, signatureIn } from '../../cpu/cpu-map.js';
import { decodeCpu } from '../../cpu/decode.js';
import type { HostCpu } from '../../schema/capabilities.js';
import type { HostReader } from './host-reader.js';
import { readNodeInfo } from './node-info.js';
import { readPages } from './pages.js';

/** What of a processor its model tells. */
export type DescribedCpu = Pick<HostCpu, 'model' | 'vendor' | 'signature' | 'counter' | 'features'>;

/** The host's processor as capabilities show it: architecture and layout alone, where nothing is known of its model. */
export async function readHostCpu(reader: HostReader, described: DescribedCpu): Promise<HostCpu> {
  const [info, pages, text, bits] = await Promise.all([
    readNodeInfo(reader),
    readPages(reader, 'all'),
    reader.kernel.text('/proc/cpuinfo'),
    readAddressBits(reader),
  ]);
  const microcode = Number(/^microcode\s*:\s*(0x[0-9a-f]+)/m.exec(text ?? '')?.[1] ?? 0);
  const { sockets, cores, threads } = info;
  return {
    arch: reader.arch,
    ...described,
    ...(microcode === 0 ? {} : { microcode: { version: microcode } }),
    topology: { sockets, dies: 1, clusters: 1, cores, threads },
    ...(bits === undefined ? {} : { maxphysaddr: { mode: 'emulate', bits } }),
    pages: pages.map((it) => ({ unit: 'KiB', size: BigInt(it.sizeKiB) })),
  };
}

/** How wide physical addresses are; undefined where the kernel does not say. */
export async function readAddressBits({ kernel }: HostReader): Promise<number | undefined> {
  const text = (await kernel.text('/proc/cpuinfo')) ?? '';
  const [, bits] = /^address sizes\s*:\s*(\d+) bits physical/m.exec(text) ?? [];
  return bits === undefined ? undefined : Number(bits);
}

/** Model and features of a processor. No more than nothing, where it said nothing. */
export function describeCpu(map: CpuMap, data: CpuData): DescribedCpu {
  if (data.length === 0) return { features: [] };
  const facts = { words: map.wordsOf(data), vendor: map.vendorOf(data), signature: signatureIn(data) };
  const { model, vendor, features, signature } = decodeCpu(map, facts, { type: 'host' });
  return {
    model,
    ...(vendor === undefined ? {} : { vendor }),
    ...(signature === undefined ? {} : { signature }),
    features: features.map(({ name }) => ({ name })),
  };
}
