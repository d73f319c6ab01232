import { formatCacheFile, probeEmulator } from '@modvirt/virtqemud/capabilities';
import { failed, inputOf, type Suite } from '../case.js';
import { compareWithFile } from '../compare.js';
import { recordedConverse } from '../qemu/recorded-conversation.js';

/** Recorded answers of an emulator to the capability cache's file. */
export const qemucapabilities: Suite = {
  name: 'qemucapabilities',
  async run(it, corpus) {
    const path = it.expect?.capsXml;
    if (path === undefined) return failed('the case names no file to compare with');
    const [version = '', rest = ''] = it.case.split(/_(.*)/);
    const [arch = '', variant] = rest.split('+');
    const offered = variant === 'hvf' ? 'hvf' : 'kvm';
    const result = await probeEmulator(recordedConverse(corpus.read(inputOf(it))), offered);
    const stamp = {
      emulator: `/usr/bin/qemu-system-${arch}`,
      emulatorChanged: 0n,
      selfChanged: 0n,
      selfVersion: 0n,
      microcode: pretendedMicrocode(arch, version),
    };
    return compareWithFile(formatCacheFile(stamp, result), path, corpus);
  },
};

/** The recordings carry a number made of the names of the case. */
function pretendedMicrocode(arch: string, version: string): bigint {
  const sum = (text: string) => [...text].reduce((total, it) => total + it.charCodeAt(0), 0);
  return BigInt(sum(arch) * 100_000 + sum(version));
}
