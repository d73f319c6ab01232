import type { Call, Handlers } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import { checkFlags, exclusiveFlags } from '@modvirt/core/hypervisor';
import { readParameters, type TypedParameter } from '@modvirt/core/protocol';
import { domainSaveRestoreFlags as flag } from '@modvirt/core/protocol/constants';
import type { domainJobs } from '@modvirt/core/protocol/rows';
import type { QemuDriver } from '../driver.js';
import { managedSavePath } from '../process/managed-save.js';
import type { QemuDomain } from '../process/qemu-domain.js';
import { startFrom } from '../process/start-domain.js';
import { requireSameGuest } from '../save/abi-stability.js';
import { configuredFormat, formatNamed } from '../save/configured-format.js';
import { withImage } from '../save/image-file.js';
import type { SaveFormat } from '../save/image-header.js';
import { incomingFrom } from '../save/restore-guest.js';
import { saveGuest } from '../save/save-guest.js';

const SAVE_FLAGS = flag.bypassCache | flag.running | flag.paused;
const RESTORE_FLAGS = SAVE_FLAGS | flag.resetNvram;

type Served = Pick<
  Handlers<typeof domainJobs>,
  | 'domainSave'
  | 'domainSaveFlags'
  | 'domainSaveParams'
  | 'domainManagedSave'
  | 'domainRestore'
  | 'domainRestoreFlags'
  | 'domainRestoreParams'
>;

interface Wanted {
  readonly api: string;
  readonly path: string;
  readonly xml: string | null;
  readonly flags: number;
  readonly format?: SaveFormat | undefined;
}

/** Guests that are written to files and go on from there. */
export function saveHandlers(driver: QemuDriver): Served {
  const { domains } = driver;
  const find = (dom: Parameters<typeof domains.byRef>[0]): QemuDomain => domains.byRef(dom);
  return {
    domainSave: ({ dom, to }) =>
      save(driver, find(dom), { api: 'virDomainSave', path: to, xml: null, flags: 0 }),
    domainSaveFlags: ({ dom, to, dxml, flags }) =>
      save(driver, find(dom), { api: 'virDomainSaveFlags', path: to, xml: dxml, flags }),
    domainSaveParams({ dom, params, flags }) {
      const { path, xml, format } = readPlace(params);
      const domain = find(dom);
      const api = 'virDomainSaveParams';
      if (path !== undefined) return save(driver, domain, { api, path, xml, flags, format });
      if (xml !== null) {
        throw VirError.of('OPERATION_INVALID', 'xml cannot be specified when saving to a managed file');
      }
      return managedSave(driver, domain, api, flags);
    },
    domainManagedSave: ({ dom, flags }) => managedSave(driver, find(dom), 'virDomainManagedSave', flags),
    domainRestore: ({ from }, call) =>
      restore(driver, { api: 'virDomainRestore', path: from, xml: null, flags: 0 }, call),
    domainRestoreFlags: ({ from, dxml, flags }, call) =>
      restore(driver, { api: 'virDomainRestoreFlags', path: from, xml: dxml, flags }, call),
    domainRestoreParams({ params, flags }, call) {
      const { path, xml } = readPlace(params);
      if (path === undefined) {
        throw VirError.of('INVALID_ARG', 'missing required parameter: file', { domain: 'QEMU' });
      }
      return restore(driver, { api: 'virDomainRestoreParams', path, xml, flags }, call);
    },
  };
}

function readPlace(params: readonly TypedParameter[]): {
  readonly path: string | undefined;
  readonly xml: string | null;
  readonly format: SaveFormat | undefined;
} {
  const known = {
    file: 'string',
    dxml: 'string',
    image_format: 'string',
    'parallel.channels': 'int',
  } as const;
  const { file, dxml, image_format: format } = readParameters(params, known, 'QEMU');
  return {
    path: typeof file === 'string' ? file : undefined,
    xml: typeof dxml === 'string' ? dxml : null,
    format: typeof format === 'string' ? formatNamed(format, 'save') : undefined,
  };
}

function checkStateFlags(api: string, flags: number, known: number): boolean | undefined {
  checkFlags(api, flags, known, 'QEMU');
  exclusiveFlags(
    api,
    flags,
    ['VIR_DOMAIN_SAVE_RUNNING', flag.running],
    ['VIR_DOMAIN_SAVE_PAUSED', flag.paused],
  );
  if ((flags & flag.running) !== 0) return true;
  return (flags & flag.paused) !== 0 ? false : undefined;
}

/** A path is made absolute by clients: what is not is none. */
async function save(driver: QemuDriver, domain: QemuDomain, wanted: Wanted): Promise<void> {
  const { api, path, xml, flags } = wanted;
  const running = checkStateFlags(api, flags, SAVE_FLAGS);
  const format = wanted.format ?? configuredFormat(driver, 'save');
  const bypassCache = (flags & flag.bypassCache) !== 0;
  // What goes on goes on without the client that asked for it.
  const { signal } = driver.scope;
  await domain.withJob({ kind: 'save', owner: api, signal }, async (job) => {
    const live = domain.liveJob(job);
    const definition = xml === null ? undefined : await driver.parse(xml, { validate: false }, job.signal);
    await saveGuest(driver, domain, live, { path, format, bypassCache, running, definition });
  });
}

async function managedSave(
  driver: QemuDriver,
  domain: QemuDomain,
  api: string,
  flags: number,
): Promise<void> {
  const running = checkStateFlags(api, flags, SAVE_FLAGS);
  const { signal } = driver.scope;
  const bypassCache = (flags & flag.bypassCache) !== 0;
  await domain.withJob({ kind: 'save', owner: api, signal }, async (job) => {
    const live = domain.liveJob(job);
    if (!domain.isPersistent) {
      throw VirError.of('OPERATION_INVALID', 'cannot do managed save for transient domain');
    }
    const format = configuredFormat(driver, 'save');
    const { files, paths } = driver.parts;
    await files.ensureDirectory(paths.save, { mode: 0o755 });
    const path = managedSavePath(driver, domain.name);
    await saveGuest(driver, domain, live, { path, format, bypassCache, running, definition: undefined });
    domain.hasManagedSave = true;
  });
}

async function restore(driver: QemuDriver, wanted: Wanted, call: Call): Promise<void> {
  const { api, path, xml, flags } = wanted;
  const running = checkStateFlags(api, flags, RESTORE_FLAGS);
  const bypassCache = (flags & flag.bypassCache) !== 0;
  await withImage(driver.parts.startPorts, path, async (image) => {
    const saved = await driver.parse(image.xml, { validate: false }, call.signal);
    const definition = xml === null ? saved : await driver.parse(xml, { validate: false }, call.signal);
    if (definition !== saved) requireSameGuest(saved, definition);
    const { domain, isNew } = driver.domains.claim(definition, true);
    const found = incomingFrom(driver, image, bypassCache);
    const incoming = { ...found, runs: running ?? found.runs };
    const request = {
      paused: false,
      autodestroy: false,
      bypassCache,
      forceBoot: false,
      resetNvram: (flags & flag.resetNvram) !== 0,
    };
    try {
      await domain.withJob({ kind: 'start', owner: api, signal: driver.scope.signal }, async (job) => {
        if (domain.isActive) {
          throw VirError.of('OPERATION_INVALID', `domain '${domain.name}' is already active`);
        }
        await startFrom(driver, job, domain, { definition, incoming }, request, call);
      });
    } catch (error) {
      if (isNew && !domain.isActive && !domain.isPersistent) driver.domains.remove(domain);
      throw error;
    }
  });
}
