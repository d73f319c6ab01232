import { VirError } from '@modvirt/core/errors';
import type { LiveJob } from '@modvirt/core/hypervisor';
import { type Undo, withUndo } from '@modvirt/core/jobs';
import type { QemuDriver } from '../driver.js';
import { monitorFailure } from '../monitor/qmp-link.js';
import type { MonitorCommand, PlugPlan, PlugStep } from '../plan/hotplug/step-recorder.js';
import type { GuestRuntime } from '../process/guest-runtime.js';
import { openPlanned } from '../process/launch-guest.js';

/** Terminals that QEMU opened, by the alias of their device. */
export type Terminals = ReadonlyMap<string, string>;

/**
 * Carries out what plugs something in. When a step fails, those before it are taken back, and the first error is thrown.
 */
export function carryOut(
  driver: QemuDriver,
  job: LiveJob<GuestRuntime>,
  plan: PlugPlan,
  options: { readonly name: string; readonly ownFiles: boolean },
): Promise<Terminals> {
  const { runtime } = job;
  return withUndo(driver.log, async (undo) => {
    for (const { path, readOnly } of plan.resources) {
      await driver.parts.ownership.give(path, options.ownFiles && !readOnly);
      undo.add(`give back ${path}`, () => takeBack(driver, path, options.ownFiles && !readOnly));
    }
    await handOver(driver, job, plan, options.name, undo);
    const terminals = new Map<string, string>();
    for (const step of plan.steps) {
      const terminal = await take(runtime, step, job.signal);
      if (step.terminal !== undefined && terminal !== undefined) {
        terminals.set(step.terminal.replace(/^char/, ''), terminal);
      }
      const { undo: back } = step;
      if (back !== undefined) undo.add(back.command, () => execute(runtime, back).then(() => undefined));
    }
    return terminals;
  });
}

async function takeBack(driver: QemuDriver, path: string, isOwn: boolean): Promise<void> {
  if (isOwn) await driver.parts.ownership.takeBack(path);
}

/** Descriptors go to QEMU before the commands that name them. */
async function handOver(
  driver: QemuDriver,
  { runtime, signal }: LiveJob<GuestRuntime>,
  plan: PlugPlan,
  name: string,
  undo: Undo,
): Promise<void> {
  const ports = driver.parts.startPorts;
  const options = { name, user: driver.parts.guestUser };
  for (const { path, mode, owner } of plan.directories) {
    if ((await ports.files.info(path)) !== undefined) continue;
    const user = owner === 'guest' ? driver.parts.guestUser : undefined;
    await ports.files.ensureDirectory(path, { mode, ...(user === undefined ? {} : { owner: user }) });
  }
  for (const passed of plan.descriptors) {
    if (passed.planned.type === 'tap') {
      const text = 'interfaces with a device on the host cannot be plugged into a running guest yet';
      throw VirError.of('OPERATION_UNSUPPORTED', text);
    }
    const descriptor = await openPlanned(passed.planned, options, ports, undo);
    try {
      await runtime.monitor.passDescriptor(passed.name, descriptor, signal);
    } finally {
      ports.descriptors.close(descriptor);
    }
  }
}

async function take(
  runtime: GuestRuntime,
  { run }: PlugStep,
  signal: AbortSignal,
): Promise<string | undefined> {
  const answer = await execute(runtime, run, signal);
  const { pty } = (answer ?? {}) as { pty?: string };
  return pty;
}

/** @throws VirError in libvirt's words when QEMU refuses */
export async function execute(
  { monitor }: GuestRuntime,
  { command, args }: MonitorCommand,
  signal?: AbortSignal,
): Promise<unknown> {
  try {
    return await monitor.execute(command, args, signal);
  } catch (error) {
    throw monitorFailure(error);
  }
}

/** Takes back what was behind a device that is gone. What QEMU refuses is reported, and the rest is done. */
export async function takeBackEnds(driver: QemuDriver, runtime: GuestRuntime, plan: PlugPlan): Promise<void> {
  for (const step of plan.steps.toReversed()) {
    if (step.kind === 'device' || step.undo === undefined) continue;
    try {
      await execute(runtime, step.undo);
    } catch (error) {
      driver.log.warn('the end behind a device stays', { command: step.undo.command, error });
    }
  }
}
