import { VirError } from '@modvirt/core/errors';
import type { Logger, Processes, UserIds } from '@modvirt/core/ports';

const PROBE_MS = 3000;

/** A machine with one processor that is the host's: it may be that only setting its registers shows that KVM does not work. */
const ARGUMENTS = [
  '-machine',
  'pc,accel=kvm',
  '-cpu',
  'host',
  '-nodefaults',
  '-display',
  'none',
  '-monitor',
  'stdio',
  '-S',
];

type Command = readonly [string, ...string[]];

/** By setpriv(1), which keeps the groups. */
function asUser(user: UserIds | undefined, command: Command): Command {
  if (user === undefined) return command;
  const { uid, gid, groups } = user;
  return ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, `--groups=${groups.join(',')}`, ...command];
}

/** Whether KVM can be used here, found out once. */
export interface KvmProbe {
  usable(): Promise<boolean>;
  /** How many processors a guest can have. @throws VirError where KVM cannot be used */
  maxVcpus(): Promise<number>;
}

export interface KvmPorts {
  readonly processes: Processes;
  readonly log: Logger;
  /** Whom guests run as: the device may be open to us and closed to them. */
  readonly user: UserIds | undefined;
  exists(): Promise<boolean>;
  /** Asked only after KVM has answered. */
  maxVcpus(): number;
}

/**
 * Asks by starting the emulator with KVM and next to nothing else: `/dev/kvm` may exist and refuse, or never answer. A killable child under a
 * deadline can find out; we ourselves would hang with it.
 */
export function kvmProbe(emulator: string, ports: KvmPorts): KvmProbe {
  const { processes, log } = ports;
  let answer: Promise<boolean> | undefined;
  const ask = async (): Promise<boolean> => {
    if (!(await ports.exists())) return false;
    try {
      const { status, stderr } = await processes.runTool(asUser(ports.user, [emulator, ...ARGUMENTS]), {
        stdin: 'quit\n',
        timeoutMs: PROBE_MS,
      });
      if (status.type === 'exited' && status.code === 0) return true;
      log.warn('KVM is there but cannot be used: guests run by emulation', {
        reason: new TextDecoder().decode(stderr).trim(),
      });
    } catch (error) {
      log.warn('KVM is there but does not answer: guests run by emulation', { error });
    }
    return false;
  };
  const usable = (): Promise<boolean> => {
    answer ??= ask();
    return answer;
  };
  return {
    usable,
    async maxVcpus() {
      if (!(await ports.exists())) {
        throw VirError.system(2, 'No such file or directory', 'Unable to open /dev/kvm');
      }
      if (!(await usable())) {
        throw VirError.system(19, 'No such device', 'Unable to open /dev/kvm');
      }
      return ports.maxVcpus();
    },
  };
}
