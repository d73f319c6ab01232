import { expect, test } from 'vitest';
import type { KernelFiles } from '../../ports/kernel-files.js';

/** A directory that holds files with these texts, and the port that reaches it. */
export interface KernelFilesSetting {
  make(texts: Readonly<Record<string, string>>): { readonly kernel: KernelFiles; readonly root: string };
}

/** What every KernelFiles promises. */
export function kernelFilesContract(setting: KernelFilesSetting): void {
  test('reads a text without the white space around it, and writes another', async () => {
    const { kernel, root } = setting.make({ online: '0-3\n' });
    expect(await kernel.text(`${root}/online`)).toBe('0-3');
    await kernel.write(`${root}/online`, '0');
    expect(await kernel.text(`${root}/online`)).toBe('0');
  });

  test('has nothing to say where nothing is', async () => {
    const { kernel, root } = setting.make({ online: '' });
    expect(await kernel.text(`${root}/absent`)).toBeUndefined();
    expect(await kernel.text(`${root}/online/deeper`)).toBeUndefined();
    expect(await kernel.names(`${root}/absent`)).toEqual([]);
    expect(await kernel.exists(`${root}/absent`)).toBe(false);
    expect(await kernel.exists(`${root}/online`)).toBe(true);
  });

  test('lists a directory by names', async () => {
    const { kernel, root } = setting.make({ 'cpu0/online': '1', 'cpu1/online': '1', present: '0-1' });
    expect([...(await kernel.names(root))].sort()).toEqual(['cpu0', 'cpu1', 'present']);
    expect(await kernel.exists(`${root}/cpu0`)).toBe(true);
  });

  test('says why it cannot write', async () => {
    const { kernel, root } = setting.make({ present: '' });
    await expect(kernel.write(`${root}/absent/file`, '1')).rejects.toMatchObject({
      code: 'ENOENT',
      errno: -2,
    });
  });
}
