import type { Files } from '../ports/files.js';
import type { DomainIdentity, DomainObject } from './domain-object.js';
import type { HypervisorDriver } from './hypervisor-driver.js';

/** Guests that are started at once: enough to use the host, few enough to let calls through. */
const AT_ONCE = 2;

/** What starting by itself needs of a driver. */
interface AutostartDriver<D extends DomainIdentity, R> extends HypervisorDriver<D, R> {
  readonly parts: { readonly files: Files };
}

/**
 * Starts the domains that are marked so, once in the life of the host: `marker` lies where nothing outlives a boot. One that
 * cannot start is reported and holds up no other.
 */
export async function startMarked<D extends DomainIdentity, R>(
  driver: AutostartDriver<D, R>,
  marker: string,
  signal: AbortSignal,
): Promise<void> {
  const { files } = driver.parts;
  if ((await files.info(marker)) !== undefined) return;
  await files.replace(marker, '', { mode: 0o600 });
  const waiting = [...driver.domains].filter((it) => it.autostart && !it.isActive)[Symbol.iterator]();
  const starters = Array.from({ length: AT_ONCE }, async () => {
    for (const domain of waiting) await startOne(driver, domain, signal);
  });
  await Promise.all(starters);
}

async function startOne<D extends DomainIdentity, R>(
  driver: HypervisorDriver<D, R>,
  domain: DomainObject<D, R>,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) return;
  try {
    await domain.withJob({ kind: 'start', owner: 'autostart', signal }, async (job) => {
      if (!domain.isActive) await driver.start(job, domain, AS_MARKED, undefined);
    });
  } catch (error) {
    driver.log.error('domain could not be started by itself', { domain: domain.name, error });
  }
}

const AS_MARKED = {
  paused: false,
  autodestroy: false,
  bypassCache: false,
  forceBoot: false,
  resetNvram: false,
} as const;
