import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { NativeProcesses, NativeTerminals, SystemClock } from '@modvirt/core/adapters';
import { loadNative } from '@modvirt/native';
import { repository } from '../checks/part.js';
import { buildGuest, guestDirectory } from '../guest/build-guest.js';
import { type ProgramName, programs, runningPid, stackPaths } from '../stack/daemons.js';
import { down, status, up } from '../stack/stack.js';
import { defineGuest, GUEST, guestState, LOGIN_MARKER } from './first-guest.js';
import { type ConsolePorts, showConsole } from './guest-console.js';
import { letGuestsReach } from './guests-user.js';
import { overview } from './overview.js';
import { step } from './progress.js';
import { type Virsh, virshOn } from './virsh.js';

const HELP = `start: starts the daemons on a root of their own and boots a tiny guest

  npm start [-- --root DIR]     DIR is .run where nothing is said

It goes on until Ctrl-C, which ends the daemons that it started. The guest is left running.
`;

/** An emulated processor on a busy machine takes its time. */
const BOOT_MS = 180_000;

class Stopped extends Error {}

/** Aborts when somebody wants us to end. Asking twice changes nothing: npm passes on what the terminal has sent already. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => controller.abort(new Stopped(signal)));
  return controller.signal;
}

async function bootGuest(virsh: Virsh, ports: ConsolePorts, signal: AbortSignal): Promise<void> {
  // Paused first: nothing that it says is missed.
  await step(`starting ${GUEST}`, () => virsh.run('start', GUEST, '--paused'));
  await step(`booting ${GUEST}`, () =>
    showConsole(ports, {
      uri: virsh.uri,
      guest: GUEST,
      until: LOGIN_MARKER,
      timeoutMs: BOOT_MS,
      signal,
      onConnected: async () => {
        await virsh.run('resume', GUEST);
      },
      show: (text) => process.stdout.write(text),
    }),
  );
}

async function ensureGuest(
  virsh: Virsh,
  ports: ConsolePorts,
  root: string,
  signal: AbortSignal,
): Promise<string> {
  const image = await step("building the guest's kernel and initramfs", buildGuest);
  signal.throwIfAborted();
  await defineGuest(virsh, image, join(root, `${GUEST}.xml`));
  const state = await guestState(virsh);
  // A start that was ended in the middle leaves it so.
  if (state === 'paused')
    await step(`resuming ${GUEST}, which was left paused`, () => virsh.run('resume', GUEST));
  if (state !== 'shut off') return `Guest ${GUEST} was found again`;
  await bootGuest(virsh, ports, signal);
  return `Guest ${GUEST} has booted`;
}

async function begin(root: string, signal: AbortSignal): Promise<void> {
  const native = loadNative();
  const ports = {
    clock: new SystemClock(),
    processes: new NativeProcesses(native),
    terminals: new NativeTerminals(native),
  };
  const uri = `qemu:///system?socket=${root}/run/libvirt/libvirt-sock`;
  const note = letGuestsReach([root, guestDirectory], stackPaths(root).base.config);
  if (note !== undefined) console.error(`· ${note}`);
  await step('starting the daemons', () => up(root));
  signal.throwIfAborted();
  const virsh = virshOn(uri, ports.processes, signal);
  const what = await ensureGuest(virsh, ports, root, signal);
  const state = await guestState(virsh);
  console.log(`
${overview(await status(root), stackPaths(root).base.run)}

${what}: ${state}

  virsh -c '${uri}' list --all
  virsh -c '${uri}' console ${GUEST}

Ctrl-C ends the daemons that were started here; the guest goes on.`);
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) done();
    else signal.addEventListener('abort', () => done());
  });
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { root: { type: 'string' }, help: { type: 'boolean' } } });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const root = resolve(values.root ?? join(repository, '.run'));
  const signal = stopSignal();
  const paths = stackPaths(root);
  const ours: readonly ProgramName[] = programs.filter((name) => runningPid(paths, name) === undefined);
  // Signals alone do not keep a process alive.
  const alive = setInterval(() => undefined, 1 << 30);
  try {
    await begin(root, signal);
    await untilAborted(signal);
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    process.exitCode = 1;
  } finally {
    clearInterval(alive);
    await step('ending the daemons', () => down(root, ours));
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
