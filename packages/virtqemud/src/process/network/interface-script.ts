import { VirError } from '@modvirt/core/errors';
import type { QemuDriver } from '../../driver.js';

const SCRIPT_MS = 60_000;

/** The administrator's own way of setting up a device, called with its name. @throws VirError when it fails */
export async function runInterfaceScript(
  { parts }: QemuDriver,
  script: string | undefined,
  device: string,
): Promise<void> {
  if (script === undefined || script === '') return;
  const { status, stderr } = await parts.startPorts.processes.runTool([script, device], {
    timeoutMs: SCRIPT_MS,
  });
  if (status.type === 'exited' && status.code === 0) return;
  const how = status.type === 'exited' ? `exit status ${status.code}` : 'fatal signal';
  const said = new TextDecoder().decode(stderr).trimEnd();
  throw VirError.of('INTERNAL_ERROR', `Child process (${script} ${device}) unexpected ${how}: ${said}`);
}
