import { VirError } from '@modvirt/core/errors';
import type { Pool, PoolSource } from '@modvirt/core/schema';
import type { Command } from './volume-commands.js';

const DEFAULT_PORT = 3260;

/** `HOST:PORT,1`, an IPv6 address in brackets. */
export function portalOf({ hosts }: Pick<PoolSource, 'hosts'>): string {
  const [host, ...others] = hosts;
  if (host === undefined || others.length > 0) {
    throw VirError.of('XML_ERROR', 'Expected exactly 1 host for the storage pool', { domain: 'STORAGE' });
  }
  const name = host.name.includes(':') ? `[${host.name}]` : host.name;
  return `${name}:${host.port ?? DEFAULT_PORT},1`;
}

export function targetNameOf({ source }: Pool): string {
  const [device, ...others] = source.devices;
  if (device !== undefined && others.length === 0) return device.path;
  const detail =
    device === undefined ? 'missing source device' : 'Expected exactly 1 device for the storage pool';
  throw VirError.of('XML_ERROR', detail, { domain: 'STORAGE' });
}

export const sessionsCommand: Command = ['iscsiadm', '--mode', 'session'];

export const discoverCommand = (portal: string, initiator?: string): Command => [
  'iscsiadm',
  '--mode',
  'discovery',
  '--type',
  'sendtargets',
  '--portal',
  portal,
  ...(initiator === undefined ? ['--op', 'nonpersistent'] : ['--interface', initiator]),
];

const nodeCommand = (pool: Pool, words: readonly string[]): Command => [
  'iscsiadm',
  '--mode',
  'node',
  '--portal',
  portalOf(pool.source),
  '--targetname',
  targetNameOf(pool),
  ...words,
];

export const registerCommand = (pool: Pool): Command => nodeCommand(pool, ['--op', 'new']);
export const loginCommand = (pool: Pool): Command => nodeCommand(pool, ['--login']);
export const logoutCommand = (pool: Pool): Command => nodeCommand(pool, ['--logout']);

export const updateCommand = (pool: Pool, name: string, value: string): Command =>
  nodeCommand(pool, ['--op', 'update', '--name', name, '--value', value]);

export const rescanCommand = (session: string): Command => [
  'iscsiadm',
  '--mode',
  'session',
  '-r',
  session,
  '-R',
];

/** Lines of `tcp: [1] 10.0.0.1:3260,1 iqn.2004-04:x (non-flash)`. */
export function findSession(text: string, target: string): string | undefined {
  for (const line of text.split('\n')) {
    const [, session, name] = /^\S+ \[(\d+)\] \S+ (\S+)/.exec(line) ?? [];
    if (name === target) return session;
  }
  return undefined;
}

/** Lines of `10.0.0.1:3260,1 iqn.2004-04:x`. */
export function parseTargets(text: string): readonly string[] {
  const names = text.split('\n').map((line) => /^\S+,\S+ (\S+)/.exec(line)?.[1]);
  return [...new Set(names.filter((it) => it !== undefined))];
}
