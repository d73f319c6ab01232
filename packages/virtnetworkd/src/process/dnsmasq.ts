import { VirError } from '@modvirt/core/errors';
import type { Process } from '@modvirt/core/ports';
import type { Network } from '@modvirt/core/schema';
import { escapeXml } from '@modvirt/core/xml';
import type { NetworkDriverParts } from '../driver.js';
import { dnsmasqFiles } from '../plan/dnsmasq-config.js';
import { extraHosts } from '../plan/hosts-file.js';
import { runTool } from './tool.js';

type Parts = Pick<NetworkDriverParts, 'files' | 'paths' | 'processes' | 'leaseHelper' | 'log'>;

/** Whether anybody is to be served: without addresses, or with neither DHCP nor DNS, there is nothing to do. */
export function needsDnsmasq(network: Network): boolean {
  return network.ips.length > 0;
}

interface FileNames {
  readonly conf: string;
  readonly hosts: string;
  readonly extraHosts: string;
  readonly pid: string;
}

function fileNames({ paths }: Parts, name: string): FileNames {
  return {
    conf: `${paths.dnsmasq}/${name}.conf`,
    // The configuration names these as XML would.
    hosts: escapeXml(`${paths.dnsmasq}/${name}.hostsfile`),
    extraHosts: escapeXml(`${paths.dnsmasq}/${name}.addnhosts`),
    pid: `${paths.pid}/${name}.pid`,
  };
}

export async function writeDnsmasqFiles(parts: Parts, network: Network): Promise<void> {
  const { files, paths } = parts;
  const names = fileNames(parts, network.name);
  const made = dnsmasqFiles(network, { directory: paths.dnsmasq, pidFile: names.pid });
  // dnsmasq reads the hosts as a user of its own.
  await files.ensureDirectory(paths.dnsmasq, { mode: 0o755 });
  await files.replace(names.conf, made.conf);
  await files.replace(names.hosts, made.hosts ?? '', { mode: 0o644 });
  await files.replace(names.extraHosts, extraHosts(network), { mode: 0o644 });
}

export async function removeDnsmasqFiles(parts: Parts, name: string): Promise<void> {
  for (const path of Object.values(fileNames(parts, name))) await parts.files.remove(path);
}

/** Starts dnsmasq; it goes to the background when it serves, so that its failure is ours. */
export async function startDnsmasq(
  parts: Parts,
  network: Network,
  bridge: string,
  signal: AbortSignal,
): Promise<Process> {
  const names = fileNames(parts, network.name);
  const { leaseHelper } = parts;
  const helper = leaseHelper === undefined ? [] : [`--dhcp-script=${leaseHelper}`];
  const env = { VIR_BRIDGE_NAME: bridge, LEASES_DIRECTORY: parts.paths.dnsmasq };
  await runTool(parts.processes, ['dnsmasq', `--conf-file=${names.conf}`, '--leasefile-ro', ...helper], {
    env,
    signal,
  });
  const process = await runningDnsmasq(parts, network.name);
  if (process !== undefined) return process;
  throw VirError.of('INTERNAL_ERROR', `dnsmasq of network '${network.name}' ended at once`, {
    domain: 'NETWORK',
  });
}

/** The dnsmasq that serves a network, whoever started it. */
export async function runningDnsmasq(parts: Parts, name: string): Promise<Process | undefined> {
  const { conf, pid } = fileNames(parts, name);
  if ((await parts.files.info(pid)) === undefined) return undefined;
  const number = Number(new TextDecoder().decode(await parts.files.read(pid)).trim());
  if (!Number.isSafeInteger(number) || number <= 1) return undefined;
  const process = parts.processes.watch(number);
  if (process === undefined) return undefined;
  // The number may be another process's by now.
  const words = new TextDecoder().decode(await parts.files.read(`/proc/${number}/cmdline`)).split('\0');
  if (words.includes(`--conf-file=${conf}`)) return process;
  process.release();
  return undefined;
}
