import { systemError, VirError } from '@modvirt/core/errors';
import type { Files } from '@modvirt/core/ports';
import type { Domain } from '@modvirt/core/schema';

/** The largest store of variables. */
const MAX_BYTES = 128 * 1024 * 1024;

/** The file of a domain's firmware variables; undefined when it has none on this host. */
export function nvramPath({ os }: Domain): string | undefined {
  const { nvram } = os;
  if (os.loader === undefined || nvram === undefined) return undefined;
  if (nvram.path !== undefined) return nvram.path;
  switch (nvram.type) {
    case 'file':
      return nvram.source?.file;
    case 'block':
      return nvram.source?.dev;
    default:
      return undefined;
  }
}

/**
 * Gives the guest its store of variables: a copy of the firmware's own, where there is none yet or it is to begin anew.
 *
 * @returns what takes it back when the start fails
 * @throws VirError OPERATION_FAILED when there is nothing to copy
 */
export async function prepareNvram(files: Files, live: Domain, reset: boolean): Promise<() => Promise<void>> {
  const path = nvramPath(live);
  const existed = path !== undefined && (await files.info(path, { follow: true })) !== undefined;
  if (path === undefined || (existed && !reset)) return nothing;
  const { nvram, loader } = live.os;
  if (nvram?.template === undefined) {
    const detail = `unable to find any master var store for loader: ${loader?.path ?? ''}`;
    throw VirError.of('OPERATION_FAILED', detail);
  }
  if ((nvram.templateFormat ?? nvram.format) !== nvram.format) {
    const detail = `a master var store of another format than ${nvram.format ?? 'raw'}`;
    throw VirError.of('OPERATION_UNSUPPORTED', detail);
  }
  await copy(files, nvram.template, path);
  return existed ? nothing : async () => void (await files.remove(path));
}

async function copy(files: Files, template: string, path: string): Promise<void> {
  let content: Uint8Array;
  try {
    content = await files.read(template, { maxBytes: MAX_BYTES });
  } catch (error) {
    throw systemError(error, `Failed to open file '${template}'`);
  }
  try {
    await files.ensureDirectory(path.slice(0, path.lastIndexOf('/')), {});
    await files.replace(path, content, { mode: 0o600 });
  } catch (error) {
    throw systemError(error, `Failed to create file '${path}'`);
  }
}

const nothing = async (): Promise<void> => undefined;
