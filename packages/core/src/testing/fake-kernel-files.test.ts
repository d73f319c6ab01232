import { kernelFilesContract } from './contracts/kernel-files.js';
import { FakeKernelFiles } from './fake-kernel-files.js';

kernelFilesContract({
  make(texts) {
    const below = Object.entries(texts).map(([name, text]) => [`/sys/x/${name}`, text]);
    return { kernel: new FakeKernelFiles(Object.fromEntries(below)), root: '/sys/x' };
  },
});
