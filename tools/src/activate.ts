import { mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { NativeDescriptors, NativeProcesses } from '@modvirt/core/adapters';
import { loadNative } from '@modvirt/native';
import { socketName, writeActivatorPid } from './stack/activator.js';
import {
  daemonEnvironment,
  logFile,
  type ProgramName,
  programFile,
  socketsOf,
  stackPaths,
} from './stack/daemons.js';

// The process behind `stack up --socket-activated`: `activate ROOT NAME[,NAME]`. Started by the stack, never by people.

const FIRST_DESCRIPTOR = 3;
/** A daemon that ends at once is not started again and again without a breath. */
const BREATH_MS = 500;
const READABLE = 1;

interface Held {
  readonly name: ProgramName;
  readonly sockets: readonly { readonly descriptor: number; readonly socketName: string }[];
}

const [root = '', list = ''] = process.argv.slice(2);
const native = loadNative();
const processes = new NativeProcesses(native);
const descriptors = new NativeDescriptors(native);
const paths = stackPaths(root);

function hold(name: ProgramName): Held {
  const sockets = socketsOf(paths, name).map((path) => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    const mode = path.endsWith('-ro') ? 0o777 : 0o700;
    return {
      descriptor: native.listenUnix(path, Int32Array.of(mode, -1, -1, 64)),
      socketName: socketName(name, path),
    };
  });
  return { name, sockets };
}

async function start({ name, sockets }: Held): Promise<void> {
  mkdirSync(paths.base.log, { recursive: true });
  const log = openSync(logFile(paths, name), 'a', 0o640);
  const inherited: Record<number, number> = { 1: log, 2: log };
  sockets.forEach((socket, index) => {
    inherited[FIRST_DESCRIPTOR + index] = socket.descriptor;
  });
  const environment = Object.entries(daemonEnvironment()).filter(([, value]) => value !== undefined);
  try {
    // LISTEN_PID must be the daemon's own: only a shell between us can say it before it becomes the daemon.
    const child = await processes.spawn({
      file: '/bin/sh',
      argv: [
        '-c',
        'LISTEN_PID=$$ exec "$0" "$@"',
        process.execPath,
        programFile(name),
        '--root',
        root,
        '--verbose',
      ],
      env: {
        ...(Object.fromEntries(environment) as Record<string, string>),
        LISTEN_FDS: String(sockets.length),
        LISTEN_FDNAMES: sockets.map((socket) => socket.socketName).join(':'),
      },
      descriptors: inherited,
    });
    await child.exited;
  } finally {
    descriptors.close(log);
  }
}

/** Waits for a connection on any of the daemon's sockets. */
function knock({ sockets }: Held): Promise<void> {
  return new Promise((resolve) => {
    const polls = sockets.map(({ descriptor }) => {
      const poll = native.pollOpen(descriptor, () => {
        for (const one of polls) native.pollClose(one);
        resolve();
      });
      native.pollStart(poll, READABLE);
      return poll;
    });
  });
}

async function serve(held: Held): Promise<void> {
  for (;;) {
    await knock(held);
    await start(held);
    await new Promise((wake) => setTimeout(wake, BREATH_MS));
  }
}

writeActivatorPid(root);
process.on('SIGTERM', () => process.exit(0));
for (const name of list.split(',') as ProgramName[]) void serve(hold(name));
