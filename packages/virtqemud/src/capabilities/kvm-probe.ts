import type { Logger, Processes } from '@modvirt/core/ports';

const PROBE_MS = 3000;

/** Whether KVM can be used here, found out once. */
export interface KvmProbe {
  usable(): Promise<boolean>;
}

/**
 * Asks by starting the emulator with KVM and nothing else: `/dev/kvm` may exist and refuse, or never answer. A killable child under a
 * deadline can find out; we ourselves would hang with it.
 */
export function kvmProbe(
  emulator: string,
  processes: Processes,
  log: Logger,
  exists: () => Promise<boolean>,
): KvmProbe {
  let answer: Promise<boolean> | undefined;
  const ask = async (): Promise<boolean> => {
    if (!(await exists())) return false;
    try {
      const { status, stderr } = await processes.runTool(
        [
          emulator,
          '-machine',
          'none,accel=kvm',
          '-nodefaults',
          '-display',
          'none',
          '-monitor',
          'stdio',
          '-S',
        ],
        { stdin: 'quit\n', timeoutMs: PROBE_MS },
      );
      if (status.type === 'exited' && status.code === 0) return true;
      log.warn('KVM is there but cannot be used: guests run by emulation', {
        reason: new TextDecoder().decode(stderr).trim(),
      });
    } catch (error) {
      log.warn('KVM is there but does not answer: guests run by emulation', { error });
    }
    return false;
  };
  return {
    usable: () => {
      answer ??= ask();
      return answer;
    },
  };
}
