import { expect, test } from 'vitest';
import { filesContract } from './contracts/files.js';
import { FakeFiles } from './fake-files.js';

filesContract({
  make() {
    const files = new FakeFiles({ '/work/x': '' });
    void files.remove('/work/x');
    return { files, root: '/work' };
  },
});

test('fails when told, once', async () => {
  const files = new FakeFiles({ '/a': 'text' });
  files.failNext('read', 'EIO');
  await expect(files.read('/a')).rejects.toMatchObject({ code: 'EIO' });
  expect(await files.read('/a')).toHaveLength(4);
});
