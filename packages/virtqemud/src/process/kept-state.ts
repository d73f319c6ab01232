import { systemError, VirError } from '@modvirt/core/errors';
import { checkFlags } from '@modvirt/core/hypervisor';
import type { Files } from '@modvirt/core/ports';
import { allBits, domainUndefineFlags as flag } from '@modvirt/core/protocol/constants';
import type { Domain } from '@modvirt/core/schema';
import type { DriverPaths } from '@modvirt/core/uri';
import { managedSavePath, removeManagedSave } from './managed-save.js';
import { nvramPath } from './nvram.js';
import type { QemuDomain } from './qemu-domain.js';

/** Whoever keeps state of domains beside their definitions: a driver. */
interface StateKeeper {
  readonly parts: { readonly files: Files; readonly paths: DriverPaths };
}

/** One kind of state: whether it goes or stays, and how it goes. */
interface Kept {
  /** @throws VirError OPERATION_INVALID when nobody said what to do with it */
  remove: (() => Promise<void>) | undefined;
}

/**
 * Removes what is kept for a domain beside its definition, as the flags say. Whatever is refused is refused before anything is
 * removed.
 *
 * @throws VirError OPERATION_INVALID for state that the flags do not speak of
 */
export async function removeKeptState(keeper: StateKeeper, domain: QemuDomain, flags: number): Promise<void> {
  checkFlags('virDomainUndefineFlags', flags, allBits(flag), 'QEMU');
  const definition = domain.persistent;
  if (definition === undefined) return;
  // They are looked at together; what is refused is refused in this order.
  const looks = await Promise.allSettled([
    metadataFiles(keeper, domain, flags, 'snapshot'),
    metadataFiles(keeper, domain, flags, 'checkpoint'),
    savedState(keeper, domain, flags),
    variables(keeper, definition, flags),
  ]);
  const kept = [...looks.map(settled), tpmState(keeper, definition, flags)];
  for (const { remove } of kept) await remove?.();
}

function settled(look: PromiseSettledResult<Kept>): Kept {
  if (look.status === 'rejected') throw look.reason;
  return look.value;
}

const STAYS: Kept = { remove: undefined };

function refuse(text: string): never {
  throw VirError.of('OPERATION_INVALID', text);
}

/** What was noted of snapshots or checkpoints. */
async function metadataFiles(
  { parts }: StateKeeper,
  domain: QemuDomain,
  flags: number,
  kind: 'snapshot' | 'checkpoint',
): Promise<Kept> {
  if (domain.isActive) return STAYS;
  const directory = `${parts.paths[kind]}/${domain.name}`;
  const found = (await parts.files.list(directory)).filter((it) => it.name.endsWith('.xml'));
  if (found.length === 0) return STAYS;
  const bit = kind === 'snapshot' ? flag.snapshotsMetadata : flag.checkpointsMetadata;
  if ((flags & bit) === 0) refuse(`cannot delete inactive domain with ${found.length} ${kind}s`);
  return { remove: async () => void (await parts.files.removeTree(directory)) };
}

async function savedState(keeper: StateKeeper, domain: QemuDomain, flags: number): Promise<Kept> {
  const info = await keeper.parts.files.info(managedSavePath(keeper, domain.name));
  if (info === undefined) return STAYS;
  if ((flags & flag.managedSave) === 0) {
    refuse('Refusing to undefine while domain managed save image exists');
  }
  return { remove: () => removeManagedSave(keeper, domain) };
}

async function variables({ parts }: StateKeeper, definition: Domain, flags: number): Promise<Kept> {
  const path = nvramPath(definition);
  if (path === undefined) return STAYS;
  const [removes, keeps] = [(flags & flag.nvram) !== 0, (flags & flag.keepNvram) !== 0];
  if (removes && keeps) refuse('cannot both keep and delete nvram');
  if ((await parts.files.info(path)) === undefined) return STAYS;
  if (!removes && !keeps) refuse('cannot undefine domain with nvram');
  if (keeps) return STAYS;
  return { remove: () => removeFile(parts.files, path, `failed to remove nvram: ${path}`) };
}

async function removeFile(files: Files, path: string, text: string): Promise<void> {
  try {
    await files.remove(path);
  } catch (error) {
    throw systemError(error, text);
  }
}

/** A software TPM's state stays when the definition or the caller says so. */
function tpmState({ parts }: StateKeeper, definition: Domain, flags: number): Kept {
  const [removes, keeps] = [(flags & flag.tpm) !== 0, (flags & flag.keepTpm) !== 0];
  if (removes && keeps) refuse('cannot both keep and delete TPM');
  const emulated = definition.devices.tpms.filter((it) => it.backend?.type === 'emulator');
  const isKept = emulated.every(
    (it) => it.backend?.type === 'emulator' && it.backend.persistent_state === true,
  );
  if (emulated.length === 0 || keeps || (isKept && !removes)) return STAYS;
  const directory = `${tpmDirectory(parts.paths)}/${definition.uuid}`;
  return { remove: async () => void (await parts.files.removeTree(directory)) };
}

/** Where the states of all software TPMs are. */
function tpmDirectory({ lib }: DriverPaths): string {
  return `${lib.slice(0, lib.lastIndexOf('/'))}/swtpm`;
}
