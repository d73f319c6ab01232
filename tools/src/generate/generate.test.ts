import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { programSchemas, remoteProgram, schemasText } from '@modvirt/core/protocol';
import { expect, test } from 'vitest';
import { refuseIncompatible } from './avro-schemas.js';
import { generatedFiles, leftOverFiles, staleFiles } from './generators.js';

function inTemporaryTree(use: (tree: string) => Promise<void>): Promise<void> {
  const tree = mkdtempSync(join(tmpdir(), 'generate-'));
  return use(tree).finally(() => rmSync(tree, { recursive: true }));
}

async function generateInto(tree: string): Promise<void> {
  for (const { path, text } of await generatedFiles(tree)) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text);
  }
}

test('finds every file stale in a tree that has none', () =>
  inTemporaryTree(async (tree) => {
    expect((await staleFiles(tree)).length).toBeGreaterThan(5);
  }));

test('finds a planted change, and nothing else', () =>
  inTemporaryTree(async (tree) => {
    await generateInto(tree);
    expect(await staleFiles(tree)).toEqual([]);
    appendFileSync(join(tree, 'docs/reference/protocol-remote.md'), 'planted\n');
    expect((await staleFiles(tree)).map(({ path }) => path)).toEqual(['docs/reference/protocol-remote.md']);
  }));

test('finds a planted file that nobody generates', () =>
  inTemporaryTree(async (tree) => {
    await generateInto(tree);
    expect(await leftOverFiles(tree)).toEqual([]);
    writeFileSync(join(tree, 'docs/reference/protocol-planted.md'), '');
    expect(await leftOverFiles(tree)).toEqual(['docs/reference/protocol-planted.md']);
  }));

test('refuses a planted change that the last release would not understand', async () => {
  const schemas = programSchemas(remoteProgram);
  const { domainSuspend, ...others } = schemas.procedures;
  expect(domainSuspend).toBeDefined();
  const fewer = schemasText({ ...schemas, procedures: others });
  await expect(refuseIncompatible(remoteProgram, fewer)).resolves.toBeUndefined();
  const more = schemasText({
    ...schemas,
    procedures: { ...schemas.procedures, domainPlanted: { ...domainSuspend, number: 999 } as never },
  });
  await expect(refuseIncompatible(remoteProgram, more)).rejects.toThrow(/domainPlanted arguments: gone/);
});
