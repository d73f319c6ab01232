import { VirError } from '@modvirt/core/errors';
import type { ByteChannel, Clock } from '@modvirt/core/ports';
import { domainAgentResponseTimeout } from '@modvirt/core/protocol/constants';
import { AgentError, AgentLink, notAvailable } from './agent-link.js';

/** How long both sides may take to agree where they are. */
const SYNC_MS = 5000;
/** The longest that a command may take for a caller who would wait for ever: a freeze of large file systems takes minutes. */
const LONGEST_MS = 15 * 60_000;

export interface AgentPorts {
  readonly clock: Clock;
  connect(signal: AbortSignal): Promise<ByteChannel>;
}

export interface AgentWait {
  /** Seconds, or one of libvirt's special values. */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/** The agent of one guest. Callers hold the domain's agent job: it is asked one thing at a time. */
export class GuestAgent {
  readonly #ports: AgentPorts;
  #link: AgentLink | undefined;
  #wasAsked = false;

  constructor(ports: AgentPorts) {
    this.#ports = ports;
  }

  /** Whether the last command was sent, whatever came of it. */
  get wasAsked(): boolean {
    return this.#wasAsked;
  }

  /** @throws AgentError what the agent answered; VirError when it does not */
  async command(command: string, args: object | undefined, wait: AgentWait): Promise<unknown> {
    const text = JSON.stringify(
      args === undefined ? { execute: command } : { execute: command, arguments: args },
      (_key, value: unknown) => (typeof value === 'bigint' ? Number(value) : value),
    );
    const answer = await this.exchange(text, wait);
    throwRefusal(command, answer);
    return answer.return;
  }

  /** Sends a command as it is. @returns the whole answer, errors included */
  async exchange(text: string, wait: AgentWait): Promise<Readonly<Record<string, unknown>>> {
    this.#wasAsked = false;
    if (wait.timeout === domainAgentResponseTimeout.nowait) throw notAvailable();
    const timeoutMs = commandMs(wait.timeout);
    const link = await this.#ready(Math.min(timeoutMs, SYNC_MS), wait.signal);
    this.#wasAsked = true;
    return link.execute(text, timeoutMs, wait.signal);
  }

  /** The guest, the agent or we are going. */
  close(): void {
    this.#link?.close();
    this.#link = undefined;
  }

  async #ready(timeoutMs: number, signal: AbortSignal): Promise<AgentLink> {
    if (this.#link?.isOpen !== true) {
      this.#link = new AgentLink(await this.#ports.connect(signal), this.#ports.clock);
    }
    await this.#link.synchronise(timeoutMs, signal);
    return this.#link;
  }
}

function commandMs(timeout: number): number {
  if (timeout === domainAgentResponseTimeout.block) return LONGEST_MS;
  return timeout === domainAgentResponseTimeout.default ? SYNC_MS : timeout * 1000;
}

/** @throws AgentError when `answer` is one */
export function throwRefusal(command: string, answer: Readonly<Record<string, unknown>>): void {
  if (answer.error === undefined) return;
  const { class: errorClass, desc } = answer.error as { class?: string; desc?: string };
  throw new AgentError(command, errorClass ?? 'GenericError', desc ?? 'unknown QEMU command error');
}

/** libvirt's error for what an agent refused. */
export function agentFailure(error: unknown): unknown {
  if (!(error instanceof AgentError)) return error;
  const detail = `unable to execute QEMU agent command '${error.command}': ${error.message}`;
  return VirError.of('INTERNAL_ERROR', detail, { domain: 'QEMU', cause: error });
}
