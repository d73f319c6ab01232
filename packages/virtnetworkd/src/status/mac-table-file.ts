import type { NetworkPort } from '@modvirt/core/schema';
import type { NetworkDriver } from '../driver.js';
import { formatMacTable, type MacTable, parseMacTable, withMac, withoutMac } from '../plan/mac-table.js';

/** Lets the host's name service find a guest by its domain's name. */
export function noteGuest(driver: NetworkDriver, bridge: string, { owner, mac }: NetworkPort): Promise<void> {
  return change(driver, bridge, (table) => withMac(table, owner.name, mac));
}

export function forgetGuest(
  driver: NetworkDriver,
  bridge: string,
  { owner, mac }: NetworkPort,
): Promise<void> {
  return change(driver, bridge, (table) => withoutMac(table, owner.name, mac));
}

async function change(
  { parts }: NetworkDriver,
  bridge: string,
  edit: (table: MacTable) => MacTable,
): Promise<void> {
  const { files, paths } = parts;
  const path = `${paths.dnsmasq}/${bridge}.macs`;
  const exists = (await files.info(path)) !== undefined;
  const before = parseMacTable(exists ? new TextDecoder().decode(await files.read(path)) : '');
  await files.ensureDirectory(paths.dnsmasq, { mode: 0o755 });
  await files.replace(path, formatMacTable(edit(before)), { mode: 0o644 });
}
