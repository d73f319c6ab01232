import { domainFileHeader } from '@modvirt/core/hypervisor';
import type { Files } from '@modvirt/core/ports';
import { formatDomain } from '@modvirt/core/schema';
import type { DriverPaths } from '@modvirt/core/uri';
import { XmlWriter } from '@modvirt/core/xml';
import type { ContainerDomain } from '../container-runtime.js';

/** Everything about a container that must survive us, as libvirt writes it: `<domstatus>`. */
export function formatStatus(domain: ContainerDomain): string {
  const { runtime, live, state } = domain;
  if (runtime === undefined || live === undefined) throw new Error(`domain ${domain.name} has no status`);
  const writer = new XmlWriter();
  writer.element('domstatus', 'keep', () => {
    writer.attribute('state', state.state);
    writer.attribute('reason', state.reason);
    writer.attribute('pid', String(runtime.supervisor.pid));
    writer.element('init', 'keep', () => writer.attribute('pid', String(runtime.init.pid)));
    writer.lines((indent) =>
      formatDomain({ ...live, id: domain.id }, { status: true, secure: true }).replace(/^(?=.)/gm, indent),
    );
  });
  return writer.toString();
}

/** Whoever keeps status files: a driver. */
export interface StatusKeeper {
  readonly files: Files;
  readonly paths: DriverPaths;
}

export function statusPath({ paths }: StatusKeeper, name: string): string {
  return `${paths.state}/${name}.xml`;
}

/** Writes the status of a container that runs; does nothing for one that has ended meanwhile. */
export async function saveStatus(keeper: StatusKeeper, domain: ContainerDomain): Promise<void> {
  if (domain.runtime === undefined || domain.live === undefined) return;
  const text = domainFileHeader(domain.name, domain.uuid) + formatStatus(domain);
  await keeper.files.replace(statusPath(keeper, domain.name), text, { mode: 0o600 });
}
