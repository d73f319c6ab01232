import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { NativeDescriptors, type NativeProcesses, UnixSockets } from '@modvirt/core/adapters';
import type { Listener } from '@modvirt/core/ports';
import type { Native } from '@modvirt/native';
import { socketName } from './activator.js';
import {
  daemonCommand,
  daemonEnvironment,
  openLog,
  type ProgramName,
  type StackPaths,
  socketsOf,
} from './daemons.js';

const FIRST_DESCRIPTOR = 3;
const READABLE = 1;
/** A daemon that ends sooner than that is not started again at once. */
const SHORT_LIFE_MS = 1_000;
const BREATH_MS = 500;

interface HeldSocket {
  readonly name: string;
  readonly listener: Listener;
}

/** The sockets of one daemon, which is started with them when somebody connects, and again after it has ended. */
export class HeldSockets {
  readonly #native: Native;
  readonly #paths: StackPaths;
  readonly #name: ProgramName;
  readonly #timeoutSeconds: number | undefined;
  readonly #sockets: readonly HeldSocket[];

  /** @throws code EADDRINUSE when somebody listens on one of them already */
  constructor(
    native: Native,
    { paths, name, timeoutSeconds }: { paths: StackPaths; name: ProgramName; timeoutSeconds?: number },
  ) {
    this.#native = native;
    this.#paths = paths;
    this.#name = name;
    this.#timeoutSeconds = timeoutSeconds;
    const sockets = new UnixSockets(native);
    this.#sockets = socketsOf(paths, name).map((path) => {
      mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
      const mode = path.endsWith('-ro') ? 0o777 : 0o700;
      return { name: socketName(name, path), listener: sockets.listen(path, { mode, backlog: 64 }) };
    });
  }

  /** Starts the daemon as often as it takes; rejects when it cannot be started at all. */
  async serve(processes: NativeProcesses): Promise<never> {
    for (;;) {
      await this.#knock();
      const startedMs = performance.now();
      await this.#run(processes);
      if (performance.now() - startedMs < SHORT_LIFE_MS)
        await new Promise((wake) => setTimeout(wake, BREATH_MS));
    }
  }

  /** Closes the sockets and removes their paths. */
  close(): void {
    for (const { listener } of this.#sockets) listener.close();
  }

  /** Resolves when somebody waits at one of the sockets. */
  #knock(): Promise<void> {
    const native = this.#native;
    return new Promise((resolve) => {
      const polls = this.#sockets.map(({ listener }) => {
        // A descriptor of its own: the listener may watch its own one day.
        const descriptor = native.duplicate(listener.descriptor);
        return { descriptor, handle: native.pollOpen(descriptor, () => done()) };
      });
      const done = (): void => {
        for (const { descriptor, handle } of polls.splice(0)) {
          native.pollClose(handle);
          native.closeDescriptor(descriptor);
        }
        resolve();
      };
      for (const { handle } of polls) native.pollStart(handle, READABLE);
    });
  }

  async #run(processes: NativeProcesses): Promise<void> {
    const log = openLog(this.#paths, this.#name);
    const descriptors: Record<number, number> = { 1: log, 2: log };
    this.#sockets.forEach(({ listener }, index) => {
      descriptors[FIRST_DESCRIPTOR + index] = listener.descriptor;
    });
    const command = daemonCommand(this.#paths, this.#name, this.#timeoutSeconds);
    try {
      // LISTEN_PID must be the daemon's own: only a shell between us can say it before it becomes the daemon.
      const child = await processes.spawn({
        file: '/bin/sh',
        argv: ['-c', 'LISTEN_PID=$$ exec "$0" "$@"', process.execPath, ...command],
        env: {
          ...daemonEnvironment(),
          LISTEN_FDS: String(this.#sockets.length),
          LISTEN_FDNAMES: this.#sockets.map((socket) => socket.name).join(':'),
        },
        descriptors,
      });
      await child.exited;
    } finally {
      new NativeDescriptors(this.#native).close(log);
    }
  }
}
