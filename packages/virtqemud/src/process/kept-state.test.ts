import { DomainObject, parsedDefinition } from '@modvirt/core/hypervisor';
import { parseDomain } from '@modvirt/core/schema';
import { FakeClock, FakeFiles } from '@modvirt/core/testing';
import type { DriverPaths } from '@modvirt/core/uri';
import type { Uuid } from '@modvirt/core/wire';
import { expect, test } from 'vitest';
import { removeKeptState } from './kept-state.js';
import type { QemuDomain } from './qemu-domain.js';

const uuid = '9f1c6a52-77a5-4a0e-9f0e-0b8f5a1f6c11' as Uuid;
const NVRAM = '/lib/qemu/nvram/x_VARS.fd';
const SAVE = '/lib/qemu/save/x.save';
const TPM = `/lib/swtpm/${uuid}/tpm2/state`;
const [MANAGED_SAVE, SNAPSHOTS, DELETE_NVRAM, KEEP_NVRAM, KEEP_TPM] = [1, 2, 4, 8, 64];

const paths = {
  lib: '/lib/qemu',
  save: '/lib/qemu/save',
  snapshot: '/lib/qemu/snapshot',
  checkpoint: '/lib/qemu/checkpoint',
} as DriverPaths;

function domain(): QemuDomain {
  const os = `<os><type>hvm</type><loader type='pflash'>/code.fd</loader><nvram>${NVRAM}</nvram></os>`;
  const tpm = "<devices><tpm model='tpm-crb'><backend type='emulator' version='2.0'/></tpm></devices>";
  const text = `<domain type='qemu'><name>x</name><uuid>${uuid}</uuid><memory>1024</memory>${os}${tpm}</domain>`;
  const definition = parseDomain(text, { newUuid: () => uuid });
  const object: QemuDomain = new DomainObject(definition, new FakeClock());
  object.setPersistent(parsedDefinition(definition));
  return object;
}

async function kept(...present: string[]): Promise<FakeFiles> {
  const files = new FakeFiles();
  for (const path of present) {
    await files.ensureDirectory(path.slice(0, path.lastIndexOf('/')));
    await files.replace(path, 'kept');
  }
  return files;
}

async function exists(files: FakeFiles, path: string): Promise<boolean> {
  return (await files.info(path)) !== undefined;
}

test('refuses what nobody spoke of, before anything is removed', async () => {
  const files = await kept(NVRAM, SAVE);
  await expect(removeKeptState({ parts: { files, paths } }, domain(), MANAGED_SAVE)).rejects.toThrow(
    'cannot undefine domain with nvram',
  );
  expect(await exists(files, SAVE)).toBe(true);
});

test('removes and keeps as it is told', async () => {
  const files = await kept(NVRAM, SAVE, TPM);
  const flags = MANAGED_SAVE | KEEP_NVRAM | KEEP_TPM;
  await removeKeptState({ parts: { files, paths } }, domain(), flags);
  expect(await exists(files, SAVE)).toBe(false);
  expect(await exists(files, NVRAM)).toBe(true);
  expect(await exists(files, TPM)).toBe(true);
});

test('forgets a software TPM with its domain unless told to keep it', async () => {
  const files = await kept(NVRAM, TPM);
  await removeKeptState({ parts: { files, paths } }, domain(), DELETE_NVRAM);
  expect(await exists(files, NVRAM)).toBe(false);
  expect(await exists(files, TPM)).toBe(false);
});

test('leaves snapshots alone that are not spoken of', async () => {
  const snapshot = '/lib/qemu/snapshot/x/one.xml';
  const files = await kept(snapshot);
  const keeper = { parts: { files, paths } };
  await expect(removeKeptState(keeper, domain(), 0)).rejects.toThrow(
    'cannot delete inactive domain with 1 snapshots',
  );
  await removeKeptState(keeper, domain(), SNAPSHOTS);
  expect(await exists(files, snapshot)).toBe(false);
});

test('cannot both keep and delete', async () => {
  const keeper = { parts: { files: await kept(), paths } };
  await expect(removeKeptState(keeper, domain(), DELETE_NVRAM | KEEP_NVRAM)).rejects.toThrow(
    'cannot both keep and delete nvram',
  );
});
