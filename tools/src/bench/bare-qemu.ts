import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { within } from './within.js';

const START_MS = 30_000;

/** The command line of a running guest, such that QEMU runs without the daemon that started it. */
export function bareCommand(pid: number, socket: string): string[] {
  const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
  const pairs = words.slice(1).flatMap((word, index, rest): string[][] => {
    if (!word.startsWith('-')) return [];
    const value = rest[index + 1];
    return [value === undefined || value.startsWith('-') ? [word] : [word, value]];
  });
  const kept = pairs.filter(([, value = '']) => !value.includes('masterKey0') && !/^fd=|^set=/.test(value));
  const bare = kept.map(([word = '', value]) => {
    if (value === undefined) return [word];
    return [word, value.startsWith('socket,id=charmonitor') ? `socket,id=charmonitor,path=${socket}` : value];
  });
  return [words[0] ?? '', ...bare.flat()];
}

/** Milliseconds from exec of QEMU to its first answer to a command, as its machine is built then. */
export async function startBare(command: readonly string[], socket: string): Promise<number> {
  const server = createServer();
  server.listen(socket);
  await once(server, 'listening');
  const [file = '', ...args] = command;
  const startedMs = performance.now();
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = once(child, 'exit');
  try {
    const failed = ended.then(() => Promise.reject(new Error('the bare QEMU ended at its start')));
    const answered = once(server, 'connection').then(([monitor]) => untilAnswered(monitor as Socket));
    await within(START_MS, 'the bare QEMU does not answer', Promise.race([answered, failed]));
    return performance.now() - startedMs;
  } finally {
    child.kill('SIGKILL');
    await ended;
    server.close();
    rmSync(socket, { force: true });
  }
}

async function untilAnswered(monitor: Socket): Promise<void> {
  monitor.setEncoding('utf8');
  let text = '';
  let isAsked = false;
  for await (const chunk of monitor) {
    text += chunk;
    if (!isAsked && text.includes('"QMP"')) {
      for (const execute of ['qmp_capabilities', 'query-status'])
        monitor.write(`${JSON.stringify({ execute })}\n`);
      isAsked = true;
    }
    if (text.includes('"status"')) return;
  }
}

/** Where the bare QEMU looks for us. */
export function bareSocket(directory: string): string {
  return join(directory, 'bare.sock');
}
