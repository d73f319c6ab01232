import type { Conversation, Converse } from '@modvirt/virtqemud/capabilities';

type Json = Readonly<Record<string, unknown>>;

/** Answers as an emulator once did: commands and replies alternate in `text`, blank lines between them. */
export function recordedConverse(text: string): Converse {
  const sessions = sessionsOf(text);
  const [first = []] = sessions;
  return (accelerators, run) => run(replay(accelerators === 'tcg' ? (sessions[1] ?? first) : first));
}

interface Exchange {
  readonly command: Json;
  readonly reply: Json;
}

/** Each begins with the negotiation. */
function sessionsOf(text: string): readonly (readonly Exchange[])[] {
  const sessions: Exchange[][] = [];
  const messages = text
    .split(/\n\n+/)
    .filter((it) => it.trim() !== '')
    .map((it) => JSON.parse(it) as Json);
  for (let at = 0; at + 1 < messages.length; at += 2) {
    const [command = {}, reply = {}] = messages.slice(at, at + 2);
    if (command.execute === 'qmp_capabilities') sessions.push([]);
    else sessions.at(-1)?.push({ command, reply });
  }
  return sessions;
}

function replay(exchanges: readonly Exchange[]): Conversation {
  const key = (command: unknown, args: unknown) => JSON.stringify([command, args ?? {}]);
  const replies = new Map(exchanges.map((it) => [key(it.command.execute, it.command.arguments), it.reply]));
  return {
    async ask(command, args) {
      const reply = replies.get(key(command, args));
      if (reply === undefined) throw new Error(`nothing was recorded for ${key(command, args)}`);
      return reply.return;
    },
  };
}
