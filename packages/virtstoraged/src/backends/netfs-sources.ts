import { VirError } from '@modvirt/core/errors';
import type { PoolSource } from '@modvirt/core/schema';
import { runCommand, type Tools } from '../files/tools.js';
import { listGlusterCommand, parseGlusterVolumes } from '../plan/gluster-volumes.js';

const LIST_MS = 60_000;

/** Directories that a server exports: by NFS, and volumes of Gluster. */
export async function findExports(
  tools: Tools,
  specification: PoolSource | undefined,
  signal: AbortSignal,
): Promise<readonly PoolSource[]> {
  if (specification === undefined) {
    const detail = 'hostname must be specified for netfs sources';
    throw VirError.of('INVALID_ARG', detail, { domain: 'STORAGE' });
  }
  const [host, ...others] = specification.hosts;
  if (host === undefined || others.length > 0)
    throw VirError.of('XML_ERROR', 'Expected exactly 1 host for the storage pool', { domain: 'STORAGE' });
  const found = [
    ...(await nfsExports(tools, host.name, signal)),
    ...(await glusterVolumes(tools, host.name, signal)),
  ];
  if (found.length > 0) return found;
  const detail = `no storage pools were found on host '${host.name}'`;
  throw VirError.of('OPERATION_FAILED', detail, { domain: 'STORAGE' });
}

// A host without the one service may have the other: only a tool that is there may fail the look.
async function nfsExports(tools: Tools, host: string, signal: AbortSignal): Promise<readonly PoolSource[]> {
  if ((await tools.locate('showmount')) === undefined) return [];
  const command = ['showmount', '--no-headers', '--exports', host] as const;
  const text = await runCommand(tools, command, { timeoutMs: LIST_MS, signal });
  return parseExports(text, host);
}

/** Lines of `/directory clients`. */
export function parseExports(text: string, host: string): readonly PoolSource[] {
  return text.split('\n').flatMap((line) => {
    const dir = /^(\/.*?)\s+\S+\s*$/.exec(line)?.[1];
    return dir === undefined ? [] : [{ hosts: [{ name: host }], devices: [], dir, format: 'nfs' }];
  });
}

async function glusterVolumes(
  tools: Tools,
  host: string,
  signal: AbortSignal,
): Promise<readonly PoolSource[]> {
  if ((await tools.locate('gluster')) === undefined) return [];
  const text = await runCommand(tools, listGlusterCommand(host), { timeoutMs: LIST_MS, signal });
  return parseGlusterVolumes(text, host, 'netfs');
}
