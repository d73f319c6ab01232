import { VirError } from '@modvirt/core/errors';
import type { Processes } from '@modvirt/core/ports';
import type { PolkitCheck } from './calls/relay.js';

/** A person may have to type a password. */
const ANSWER_MS = 5 * 60_000;

// How pkcheck ends.
const ALLOWED = 0;
const DENIED = 1;
const NEEDS_AGENT = 2;
const DISMISSED = 3;

/** Asks polkit whether the process at the other end may use the socket. */
export function polkitCheck(processes: Processes): PolkitCheck {
  return async ({ identity, options }, signal) => {
    const { pid, processStartTime, uid } = identity;
    // Without its start time a process cannot be told from a later one with its number.
    if (pid === undefined || pid === 0 || processStartTime === undefined || uid === undefined) throw denied();
    const action = options.readOnly ? 'org.libvirt.unix.monitor' : 'org.libvirt.unix.manage';
    const subject = `${pid},${processStartTime},${uid}`;
    const command = [
      'pkcheck',
      '--action-id',
      action,
      '--process',
      subject,
      '--allow-user-interaction',
    ] as const;
    const { status, stderr } = await processes.runTool(command, { timeoutMs: ANSWER_MS, signal });
    const code = status.type === 'exited' ? status.code : undefined;
    switch (code) {
      case ALLOWED:
        return;
      case NEEDS_AGENT:
        throw refused('AUTH_UNAVAILABLE', `no polkit agent available to authenticate action '${action}'`);
      case DISMISSED:
        throw refused('AUTH_CANCELLED', 'user cancelled authentication process');
      default:
        if (code !== DENIED)
          options.log.warn('pkcheck failed', { status, stderr: new TextDecoder().decode(stderr) });
        throw denied();
    }
  };
}

function denied(): VirError {
  return refused('AUTH_FAILED', 'access denied by policy');
}

function refused(name: 'AUTH_FAILED' | 'AUTH_UNAVAILABLE' | 'AUTH_CANCELLED', text: string): VirError {
  return VirError.of(name, text, { domain: 'POLKIT' });
}
