import { NativeProcesses } from '@modvirt/core/adapters';
import { loadNative } from '@modvirt/native';
import { announceActivator } from './stack/activator.js';
import { type ProgramName, stackPaths } from './stack/daemons.js';
import { HeldSockets } from './stack/held-sockets.js';

// The process behind `stack up --socket-activated`: `activate ROOT NAME[,NAME] [TIMEOUT]`. Started by the stack, never by people.

const [root = '', list = '', timeout] = process.argv.slice(2);
const native = loadNative();
const processes = new NativeProcesses(native);
const paths = stackPaths(root);
const held = (list.split(',') as ProgramName[]).map(
  (name) =>
    new HeldSockets(native, {
      paths,
      name,
      ...(timeout === undefined ? {} : { timeoutSeconds: Number(timeout) }),
    }),
);

function end(code: number): void {
  for (const sockets of held) sockets.close();
  process.exit(code);
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => end(0));
for (const sockets of held) {
  sockets.serve(processes).catch((error: unknown) => {
    console.error(error);
    end(1);
  });
}
announceActivator(paths);
