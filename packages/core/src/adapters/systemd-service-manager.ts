import type { Native } from '@modvirt/native';
import type { ServiceManager } from '../ports/service-manager.js';
import { hasCode } from './native-error.js';

const FIRST_DESCRIPTOR = 3;
const DEFAULT_NAME = 'unknown';

/** The environment's variables of the protocol; children must not see them. */
const VARIABLES = [
  'LISTEN_FDS',
  'LISTEN_PID',
  'LISTEN_FDNAMES',
  'NOTIFY_SOCKET',
  'WATCHDOG_PID',
  'WATCHDOG_USEC',
] as const;

export interface ServiceManagerOptions {
  readonly native: Native;
  /** Its variables of the protocol are taken out. */
  readonly env: NodeJS.ProcessEnv;
  readonly pid: number;
}

/** systemd by sd_notify(3) and sd_listen_fds(3), or whatever else speaks these. */
export class SystemdServiceManager implements ServiceManager {
  readonly watchdogIntervalMs: number | undefined;
  readonly isSocketActivated: boolean;
  readonly #native: Native;
  readonly #socket: string | undefined;
  readonly #descriptors = new Map<string, number[]>();

  constructor({ native, env, pid }: ServiceManagerOptions) {
    this.#native = native;
    const mine = { ...env };
    for (const name of VARIABLES) delete env[name];
    this.#socket = mine.NOTIFY_SOCKET;
    this.watchdogIntervalMs = watchdogInterval(mine, pid);
    this.isSocketActivated = this.#takeOver(mine, pid) > 0;
  }

  notify(...lines: readonly string[]): boolean {
    return this.#send(lines, []);
  }

  takeDescriptors(name: string): readonly number[] {
    const taken = this.#descriptors.get(name) ?? [];
    this.#descriptors.delete(name);
    return taken;
  }

  descriptorNames(): readonly string[] {
    return [...this.#descriptors.keys()];
  }

  storeDescriptors(name: string, descriptors: readonly number[]): boolean {
    if (name.includes(':')) throw new TypeError(`the name '${name}' of stored descriptors has a colon`);
    return this.#send(['FDSTORE=1', `FDNAME=${name}`], descriptors);
  }

  forgetDescriptors(name: string): boolean {
    return this.#send(['FDSTOREREMOVE=1', `FDNAME=${name}`], []);
  }

  #takeOver(env: NodeJS.ProcessEnv, pid: number): number {
    const count = Number(env.LISTEN_FDS ?? 0);
    if (Number(env.LISTEN_PID) !== pid || !Number.isInteger(count)) return 0;
    const names = env.LISTEN_FDNAMES?.split(':') ?? [];
    for (let index = 0; index < count; index++) {
      const descriptor = FIRST_DESCRIPTOR + index;
      this.#native.setCloseOnExec(descriptor);
      const name = names[index] || DEFAULT_NAME;
      this.#descriptors.set(name, [...(this.#descriptors.get(name) ?? []), descriptor]);
    }
    return count;
  }

  /** Nobody there any more is as good as nobody there. */
  #send(lines: readonly string[], descriptors: readonly number[]): boolean {
    if (this.#socket === undefined || this.#socket === '') return false;
    try {
      this.#native.sendDatagram(this.#socket, Buffer.from(lines.join('\n')), Int32Array.from(descriptors));
      return true;
    } catch (error) {
      if (hasCode(error, 'ENOENT', 'ECONNREFUSED', 'EAGAIN')) return false;
      throw error;
    }
  }
}

function watchdogInterval(env: NodeJS.ProcessEnv, pid: number): number | undefined {
  const microseconds = Number(env.WATCHDOG_USEC);
  const isForUs = env.WATCHDOG_PID === undefined || Number(env.WATCHDOG_PID) === pid;
  return isForUs && microseconds > 0 ? microseconds / 1000 : undefined;
}
