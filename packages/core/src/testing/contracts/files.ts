import { beforeEach, expect, test } from 'vitest';
import type { Files } from '../../ports/files.js';

/** An empty directory, and the port that reaches it. */
export interface FilesSetting {
  make(): { readonly files: Files; readonly root: string };
}

/** What every Files promises. */
export function filesContract(setting: FilesSetting): void {
  let files: Files;
  let root: string;
  const at = (name: string) => `${root}/${name}`;
  const read = async (name: string) => new TextDecoder().decode(await files.read(at(name)));
  beforeEach(() => {
    ({ files, root } = setting.make());
  });

  test('replaces a file, and leaves nothing else behind', async () => {
    await files.replace(at('a.xml'), '<old/>');
    await files.replace(at('a.xml'), new TextEncoder().encode('<new/>'), { mode: 0o640 });
    expect(await read('a.xml')).toBe('<new/>');
    expect(await files.list(root)).toEqual([{ name: 'a.xml', type: 'file' }]);
    expect(await files.info(at('a.xml'))).toMatchObject({ type: 'file', sizeBytes: 6n, mode: 0o640 });
  });

  test('keeps the last of several replacements that are asked for at once', async () => {
    const texts = Array.from({ length: 20 }, (_, index) => `text ${index}`);
    await Promise.all(texts.map((text) => files.replace(at('a'), text)));
    expect(await read('a')).toBe('text 19');
  });

  test('makes files that only their owner reads unless told otherwise', async () => {
    await files.replace(at('a'), 'secret');
    expect((await files.info(at('a')))?.mode).toBe(0o600);
  });

  test('says which file is not there, and refuses one that is too long', async () => {
    await expect(files.read(at('none'))).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(files.replace(at('none/a'), 'x')).rejects.toMatchObject({ code: 'ENOENT' });
    await files.replace(at('long'), 'x'.repeat(1001));
    await expect(files.read(at('long'), { maxBytes: 1000 })).rejects.toMatchObject({ code: 'EFBIG' });
    expect((await files.read(at('long'), { maxBytes: 1001 })).length).toBe(1001);
  });

  test('lists what is in a directory by name, and nothing where there is none', async () => {
    await files.ensureDirectory(at('d/e'), { mode: 0o700 });
    await files.replace(at('d/b'), '');
    await files.link('b', at('d/a'));
    expect(await files.list(at('d'))).toEqual([
      { name: 'a', type: 'link' },
      { name: 'b', type: 'file' },
      { name: 'e', type: 'directory' },
    ]);
    expect(await files.list(at('none'))).toEqual([]);
    expect((await files.info(at('d/e')))?.mode).toBe(0o700);
  });

  test('makes, reads and replaces links, and nothing but links', async () => {
    await files.link('/one', at('l'));
    await files.link('/two', at('l'));
    expect(await files.readLink(at('l'))).toBe('/two');
    await files.replace(at('f'), 'x');
    await expect(files.link('/one', at('f'))).rejects.toMatchObject({ code: 'EEXIST' });
    expect(await files.readLink(at('f'))).toBeUndefined();
    expect(await files.readLink(at('none'))).toBeUndefined();
  });

  test('removes what is there and says whether something was', async () => {
    await files.replace(at('a'), 'x');
    expect([await files.remove(at('a')), await files.remove(at('a'))]).toEqual([true, false]);
    await files.ensureDirectory(at('d/e/f'));
    await files.replace(at('d/e/g'), 'x');
    expect([await files.removeTree(at('d')), await files.removeTree(at('d'))]).toEqual([true, false]);
    expect(await files.info(at('d'))).toBeUndefined();
  });

  test('renames over what is there', async () => {
    await files.replace(at('a'), 'new');
    await files.replace(at('b'), 'old');
    await files.rename(at('a'), at('b'));
    expect(await read('b')).toBe('new');
    expect(await files.info(at('a'))).toBeUndefined();
  });

  test('does not wait for one who has given up', async () => {
    const signal = AbortSignal.abort(new Error('stop'));
    await files.replace(at('a'), 'x');
    await expect(files.read(at('a'), { signal })).rejects.toThrow('stop');
    await expect(files.list(root, { signal })).rejects.toThrow('stop');
    await expect(files.info(at('a'), { signal })).rejects.toThrow('stop');
  });
}
