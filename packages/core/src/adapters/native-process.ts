import { constants } from 'node:os';
import type { Native, PollHandle } from '@modvirt/native';
import type { ExitStatus, Process, SignalName } from '../ports/processes.js';

const READABLE = 1;

interface ProcessParts {
  readonly pid: number;
  /** Owned from here on. */
  readonly pidfd: number;
  readonly startTimeTicks: bigint;
}

export class NativeProcess implements Process {
  readonly pid: number;
  readonly startTimeTicks: bigint;
  readonly exited: Promise<ExitStatus>;
  readonly #native: Native;
  readonly #pidfd: number;
  readonly #poll: PollHandle;
  #tell: (status: ExitStatus) => void = () => undefined;
  #isOpen = true;

  constructor(native: Native, parts: ProcessParts) {
    this.pid = parts.pid;
    this.startTimeTicks = parts.startTimeTicks;
    this.#native = native;
    this.#pidfd = parts.pidfd;
    this.exited = new Promise((resolve) => {
      this.#tell = resolve;
    });
    this.#poll = native.pollOpen(parts.pidfd, () => this.#onEnd());
    native.pollStart(this.#poll, READABLE);
  }

  kill(signal: SignalName | number): boolean {
    const number = typeof signal === 'number' ? signal : constants.signals[signal];
    return this.#isOpen && this.#native.pidfdSignal(this.#pidfd, number);
  }

  release(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#native.pollClose(this.#poll);
    this.#native.closeDescriptor(this.#pidfd);
  }

  #onEnd(): void {
    const end = this.#native.pidfdWait(this.#pidfd);
    if (end === null) return;
    this.release();
    this.#tell(toStatus(end));
  }
}

function toStatus(end: readonly [number, number] | undefined): ExitStatus {
  if (end === undefined) return { type: 'gone' };
  const [exited, value] = end;
  return exited === 1 ? { type: 'exited', code: value } : { type: 'killed', signal: signalName(value) };
}

export function signalName(number: number): string {
  for (const [name, value] of Object.entries(constants.signals)) {
    if (value === number) return name;
  }
  return `signal ${number}`;
}
