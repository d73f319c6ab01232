import { VirError } from '@modvirt/core/errors';
import type { Processes } from '@modvirt/core/ports';
import type { PolkitCheck } from './calls/relay.js';

/** A person may have to type a password. */
const ANSWER_MS = 5 * 60_000;
const DENIED_STATUSES: ReadonlySet<number> = new Set([1, 2, 3]);

/** Asks polkit whether the process at the other end may use the socket. */
export function polkitCheck(processes: Processes): PolkitCheck {
  return async ({ identity, options }) => {
    const { pid, processStartTime, uid } = identity;
    if (pid === undefined || processStartTime === undefined || uid === undefined) throw denied();
    const action = options.readOnly ? 'org.libvirt.unix.monitor' : 'org.libvirt.unix.manage';
    const result = await processes.runTool(
      [
        'pkcheck',
        '--action-id',
        action,
        '--process',
        `${pid},${processStartTime},${uid}`,
        '--allow-user-interaction',
      ],
      { timeoutMs: ANSWER_MS },
    );
    if (result.status.type === 'exited' && result.status.code === 0) return;
    if (result.status.type === 'exited' && !DENIED_STATUSES.has(result.status.code)) {
      options.log.warn('pkcheck failed', {
        status: result.status.code,
        stderr: new TextDecoder().decode(result.stderr),
      });
    }
    throw denied();
  };
}

function denied(): VirError {
  return VirError.of('AUTH_FAILED', 'access denied by policy', { domain: 'POLKIT' });
}
