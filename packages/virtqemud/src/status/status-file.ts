import { domainFileHeader } from '@modvirt/core/hypervisor';
import type { Files } from '@modvirt/core/ports';
import { formatDomain } from '@modvirt/core/schema';
import type { DriverPaths } from '@modvirt/core/uri';
import { XmlWriter } from '@modvirt/core/xml';
import type { QemuDomain } from '../process/qemu-domain.js';

/** Everything about a guest that must survive us, as libvirt writes it: `<domstatus>`. */
export function formatStatus(domain: QemuDomain): string {
  const { runtime, live, state } = domain;
  if (runtime === undefined || live === undefined) throw new Error(`domain ${domain.name} has no status`);
  const writer = new XmlWriter();
  writer.element('domstatus', 'keep', () => {
    writer.attribute('state', state.state);
    writer.attribute('reason', state.reason);
    writer.attribute('pid', String(runtime.process.pid));
    for (const flag of runtime.taints) leafElement(writer, 'taint', { flag });
    leafElement(writer, 'monitor', { path: runtime.monitorPath, type: 'unix' });
    writer.element('vcpus', 'drop', () => {
      for (const { id, threadId } of runtime.vcpuThreads) {
        leafElement(writer, 'vcpu', { id: String(id), pid: String(threadId) });
      }
    });
    writer.element('qemuCaps', 'keep', () => {
      for (const flag of runtime.capabilityFlags) leafElement(writer, 'flag', { name: flag });
    });
    if (runtime.fakeReboot) writer.element('fakereboot', 'keep', () => undefined);
    writer.element('devices', 'drop', () => {
      for (const alias of runtime.deviceAliases) leafElement(writer, 'device', { alias });
    });
    leafElement(writer, 'libDir', { path: runtime.privateDirectory });
    leafElement(writer, 'channelTargetDir', { path: runtime.channelDirectory });
    leafElement(writer, 'allowReboot', { value: 'yes' });
    writer.leaf('agentTimeout', String(runtime.agentTimeout));
    writer.lines((indent) =>
      indented(formatDomain({ ...live, id: domain.id }, { status: true, secure: true }), indent),
    );
  });
  return writer.toString();
}

function leafElement(writer: XmlWriter, name: string, attributes: Readonly<Record<string, string>>): void {
  writer.element(name, 'keep', () => {
    for (const [key, value] of Object.entries(attributes)) writer.attribute(key, value);
  });
}

function indented(text: string, indent: string): string {
  return text.replace(/^(?=.)/gm, indent);
}

/** Whoever keeps status files: a driver. */
export interface StatusKeeper {
  readonly parts: { readonly files: Files; readonly paths: DriverPaths };
}

/** Writes the status of a guest that runs; does nothing for one that has ended meanwhile. */
export async function saveStatus(driver: StatusKeeper, domain: QemuDomain): Promise<void> {
  if (domain.runtime === undefined || domain.live === undefined) return;
  const { files, paths } = driver.parts;
  const text = domainFileHeader(domain.name, domain.uuid) + formatStatus(domain);
  await files.ensureDirectory(paths.state, { mode: 0o755 });
  await files.replace(`${paths.state}/${domain.name}.xml`, text, { mode: 0o600 });
}
