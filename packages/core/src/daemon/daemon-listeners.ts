import { chmodSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { UnixSockets } from '../adapters/unix-sockets.js';
import type { Listener } from '../ports/listener.js';
import type { Logger } from '../ports/logger.js';
import type { ServiceManager } from '../ports/service-manager.js';
import type { ListenPlan } from './daemon-context.js';

/** The sockets of one daemon, from systemd by name or opened here. */
export class DaemonListeners {
  readonly #sockets: UnixSockets;
  readonly #serviceManager: ServiceManager;
  readonly #log: Logger;
  readonly #open: Listener[] = [];

  constructor(parts: { sockets: UnixSockets; serviceManager: ServiceManager; log: Logger }) {
    this.#sockets = parts.sockets;
    this.#serviceManager = parts.serviceManager;
    this.#log = parts.log;
  }

  /** Opens all sockets that `plan` stands for; nothing is taken from them before `start`. */
  open(plan: Omit<ListenPlan, 'name' | 'onChannel'>, names: readonly string[]): readonly Listener[] {
    const inherited = names.flatMap((name) => [...this.#serviceManager.takeDescriptors(name)]);
    const listeners =
      inherited.length > 0
        ? inherited.map((descriptor) => this.#sockets.adopt(descriptor))
        : [this.#make(plan)];
    this.#open.push(...listeners);
    return listeners;
  }

  start(listener: Listener, onChannel: ListenPlan['onChannel']): void {
    listener.start({
      onChannel,
      onError: (error) =>
        this.#log.error('cannot take a connection', { socket: listener.description, error }),
    });
  }

  pauseAll(): void {
    for (const listener of this.#open) listener.pause();
  }

  closeAll(): void {
    for (const listener of this.#open.splice(0)) listener.close();
  }

  #make({ path, mode = 0o600, gid, backlog }: Omit<ListenPlan, 'name' | 'onChannel'>): Listener {
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    return this.#sockets.listen(path, {
      mode,
      ...(gid === undefined ? {} : { gid }),
      ...(backlog === undefined ? {} : { backlog }),
    });
  }
}

/** The directory of native sockets: others may reach a socket in it, not list them. */
export function makeSocketDirectory(path: string): void {
  const directory = dirname(path);
  mkdirSync(directory, { recursive: true, mode: 0o755 });
  chmodSync(directory, 0o711);
}
