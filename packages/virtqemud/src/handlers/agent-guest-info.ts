import { VirError } from '@modvirt/core/errors';
import { allBits, domainGuestInfoTypes as types } from '@modvirt/core/protocol/constants';
import type { Domain } from '@modvirt/core/schema';
import { AgentError } from '../agent/agent-link.js';
import {
  diskFacts,
  type Facts,
  fileSystemFacts,
  hostnameFacts,
  interfaceFacts,
  loadFacts,
  osFacts,
  timezoneFacts,
  userFacts,
} from '../agent/guest-facts.js';
import type { AgentSession } from '../process/ask-agent.js';

interface Question {
  readonly bit: number;
  readonly command: string;
  read(reply: unknown, domain: Domain): Facts;
}

const QUESTIONS: readonly Question[] = [
  { bit: types.users, command: 'guest-get-users', read: userFacts },
  { bit: types.os, command: 'guest-get-osinfo', read: osFacts },
  { bit: types.timezone, command: 'guest-get-timezone', read: timezoneFacts },
  { bit: types.hostname, command: 'guest-get-host-name', read: hostnameFacts },
  { bit: types.filesystem, command: 'guest-get-fsinfo', read: fileSystemFacts },
  { bit: types.disks, command: 'guest-get-disks', read: diskFacts },
  { bit: types.interfaces, command: 'guest-network-get-interfaces', read: interfaceFacts },
  { bit: types.load, command: 'guest-get-load', read: loadFacts },
];

const ALL = allBits(types);

/** Answers virDomainGetGuestInfo. Asked for everything, what the agent does not know is left out; asked by name, it is an error. */
export async function guestInfo(session: AgentSession, domain: Domain, asked: number): Promise<Facts> {
  const unknown = (asked & ~ALL) >>> 0;
  if (unknown !== 0) {
    const detail = `unsupported guest information types '0x${unknown.toString(16)}'`;
    throw VirError.of('INVALID_ARG', detail);
  }
  const facts: Facts = [];
  for (const { bit, command, read } of QUESTIONS) {
    if (asked !== 0 && (asked & bit) === 0) continue;
    try {
      facts.push(...read(await session.command(command), domain));
    } catch (error) {
      if (asked !== 0 || !isUnknownCommand(error)) throw error;
    }
  }
  return facts;
}

function isUnknownCommand(error: unknown): boolean {
  if (!(error instanceof AgentError)) return false;
  return error.errorClass === 'CommandNotFound' || error.errorClass === 'CommandDisabled';
}
