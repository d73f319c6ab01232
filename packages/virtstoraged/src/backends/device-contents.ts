import { VirError } from '@modvirt/core/errors';
import { type Tools, tryCommand } from '../files/tools.js';

const PROBE_MS = 10_000;
/** What blkid(8) answers when it finds nothing. */
const NOTHING_FOUND = 2;

export interface DeviceProbe {
  readonly device: string;
  /** What the device is to hold, as blkid calls it. */
  readonly format: string;
  /** `build`: it must hold nothing; `start`: it must hold just that. */
  readonly use: 'build' | 'start';
}

/** @throws VirError STORAGE_POOL_BUILT, STORAGE_PROBE_FAILED when what is on a device forbids its use */
export async function mustBeEmpty(tools: Tools, probe: DeviceProbe, signal: AbortSignal): Promise<void> {
  const { device, format, use } = probe;
  const found = await contentsOf(tools, device, signal);
  if (found === undefined && use === 'build') return;
  if (found === format) {
    if (use === 'start') return;
    throw refused('STORAGE_POOL_BUILT', `Device '${device}' already formatted using '${format}'`);
  }
  if (use === 'build') {
    const detail = `Format of device '${device}' does not match the expected format '${format}', forced overwrite is necessary`;
    throw refused('STORAGE_POOL_BUILT', detail);
  }
  const detail =
    found === undefined
      ? `Failed to probe for format type '${format}'`
      : `Known format of device '${device}' does not match the expected format '${format}'`;
  throw refused('OPERATION_INVALID', detail);
}

function refused(
  name: 'STORAGE_POOL_BUILT' | 'STORAGE_PROBE_FAILED' | 'OPERATION_INVALID',
  detail: string,
): VirError {
  return VirError.of(name, detail, { domain: 'STORAGE' });
}

/** What is on a device: a file system, a partition table, anything else that has a mark; undefined for nothing. */
async function contentsOf(tools: Tools, device: string, signal: AbortSignal): Promise<string | undefined> {
  const command = ['blkid', '-p', '-o', 'export', device] as const;
  const { status, stdout, stderr } = await tryCommand(tools, command, { timeoutMs: PROBE_MS, signal });
  const text = new TextDecoder();
  if (status.type === 'exited' && status.code === NOTHING_FOUND) return undefined;
  if (status.type !== 'exited' || status.code !== 0) {
    throw refused(
      'STORAGE_PROBE_FAILED',
      `Failed to probe device '${device}': ${text.decode(stderr).trim()}`,
    );
  }
  const facts = new Map(
    text
      .decode(stdout)
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  return facts.get('TYPE') ?? facts.get('PTTYPE') ?? 'unknown';
}
