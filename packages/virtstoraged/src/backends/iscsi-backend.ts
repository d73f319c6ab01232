import { VirError } from '@modvirt/core/errors';
import type { Pool, PoolSource } from '@modvirt/core/schema';
import { runCommand, tryCommand } from '../files/tools.js';
import {
  discoverCommand,
  findSession,
  loginCommand,
  logoutCommand,
  parseTargets,
  portalOf,
  registerCommand,
  rescanCommand,
  sessionsCommand,
  targetNameOf,
  updateCommand,
} from '../plan/iscsi-commands.js';
import type { Command } from '../plan/volume-commands.js';
import { type BlockPorts, deviceMethods } from './block-volumes.js';
import type { PoolBackend, PoolPassword } from './pool-backend.js';
import { readUnits, sizesOf } from './scsi-units.js';

const ISCSI_MS = 60_000;
const NO_SESSIONS = 21;

/** Pools of type `iscsi`: a target that the host logs in to, and its units. */
export function iscsiBackend(ports: BlockPorts, password: PoolPassword): PoolBackend {
  const { files, tools } = ports;
  const run = (command: Command, signal: AbortSignal) =>
    runCommand(tools, command, { timeoutMs: ISCSI_MS, signal });
  const session = async (pool: Pool, signal: AbortSignal): Promise<string | undefined> => {
    const { status, stdout, stderr } = await tryCommand(tools, sessionsCommand, {
      timeoutMs: ISCSI_MS,
      signal,
    });
    if (status.type === 'exited' && status.code === NO_SESSIONS) return undefined;
    if (status.type !== 'exited' || status.code !== 0)
      throw VirError.of('INTERNAL_ERROR', new TextDecoder().decode(stderr).trim(), { domain: 'STORAGE' });
    return findSession(new TextDecoder().decode(stdout), targetNameOf(pool));
  };
  const mustHaveSession = async (pool: Pool, signal: AbortSignal): Promise<string> => {
    const found = await session(pool, signal);
    if (found !== undefined) return found;
    throw VirError.of('INTERNAL_ERROR', 'cannot find iscsiadm session', { domain: 'STORAGE' });
  };
  return {
    ...deviceMethods(ports),
    isActive: async (pool, signal) => (await session(pool, signal)) !== undefined,
    async start(pool, signal) {
      const portal = portalOf(pool.source);
      targetNameOf(pool);
      if ((await session(pool, signal)) !== undefined) return;
      await run(discoverCommand(portal), signal);
      await run(registerCommand(pool), signal);
      await logIn(pool, { run, password }, signal);
    },
    async stop(pool, signal) {
      if ((await session(pool, signal)) !== undefined) await run(logoutCommand(pool), signal);
    },
    async refresh(pool, _known, signal) {
      const number = await mustHaveSession(pool, signal);
      await run(rescanCommand(number), signal);
      const hosts = await files.names(`/sys/class/iscsi_session/session${number}/device/..`);
      const host = hosts.map((it) => /^host(\d+)$/.exec(it)?.[1]).find((it) => it !== undefined);
      const name = host ?? (await hostOfSession(ports, number));
      if (name === undefined)
        throw VirError.of(
          'INTERNAL_ERROR',
          `Failed to get host number for iSCSI session with path '/sys/class/iscsi_session/session${number}/device'`,
          { domain: 'STORAGE' },
        );
      const volumes = await readUnits(ports, pool, Number(name), signal);
      return { ...sizesOf(volumes), volumes };
    },
    findSources: (specification, signal) => findTargets(specification, (command) => run(command, signal)),
  };
}

/** `target3:0:0` below a session says that it is of host 3. */
async function hostOfSession({ files }: BlockPorts, session: string): Promise<string | undefined> {
  const names = await files.names(`/sys/class/iscsi_session/session${session}/device`);
  return names.map((it) => /^target(\d+):/.exec(it)?.[1]).find((it) => it !== undefined);
}

interface Login {
  run(command: Command, signal: AbortSignal): Promise<string>;
  readonly password: PoolPassword;
}

async function logIn(pool: Pool, { run, password }: Login, signal: AbortSignal): Promise<void> {
  const { auth } = pool.source;
  if (auth !== undefined) {
    if (auth.type !== 'chap') {
      const detail = "iscsi pool only supports 'chap' auth type";
      throw VirError.of('CONFIG_UNSUPPORTED', detail, { domain: 'STORAGE' });
    }
    const value = new TextDecoder().decode(await password(auth.secret, 'iscsi', signal));
    await run(updateCommand(pool, 'node.session.auth.authmethod', 'CHAP'), signal);
    await run(updateCommand(pool, 'node.session.auth.username', auth.username), signal);
    await run(updateCommand(pool, 'node.session.auth.password', value), signal);
  }
  await run(loginCommand(pool), signal);
}

async function findTargets(
  specification: PoolSource | undefined,
  run: (command: Command) => Promise<string>,
): Promise<readonly PoolSource[]> {
  if (specification === undefined) {
    throw VirError.of('INVALID_ARG', 'hostname must be specified for iscsi sources', { domain: 'STORAGE' });
  }
  const text = await run(discoverCommand(portalOf(specification)));
  return parseTargets(text).map((path) => ({
    hosts: specification.hosts,
    devices: [{ path, freeExtents: [] }],
    ...(specification.initiator === undefined ? {} : { initiator: specification.initiator }),
  }));
}
