import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { programSchemas, remoteProgram, schemasText } from '@modvirt/core/protocol';
import { expect, test } from 'vitest';
import { refuseIncompatible } from './avro-schemas.js';
import { staleFiles } from './generators.js';

const repository = join(import.meta.dirname, '../../..');

test('what is generated and committed is what the rows say', async () => {
  const stale = await staleFiles(repository);
  expect(
    stale.map(({ path }) => path),
    'run: npm run generate',
  ).toEqual([]);
});

test('finds a tree without generated files stale', async () => {
  const empty = mkdtempSync(join(tmpdir(), 'generate-'));
  try {
    expect((await staleFiles(empty)).length).toBeGreaterThan(5);
  } finally {
    rmSync(empty, { recursive: true });
  }
});

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
