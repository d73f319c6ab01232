import { FakeProcesses, MemoryLogger } from '@modvirt/core/testing';
import { expect, test } from 'vitest';
import type { ClientConnection } from './client/client-connection.js';
import { polkitCheck } from './polkit.js';

const identity = { pid: 4712, uid: 1000, gid: 1000, processStartTime: 99n };

function check(code: number, { readOnly = false, who = identity as object } = {}) {
  const processes = new FakeProcesses({ pkcheck: () => ({ code }) });
  const log = new MemoryLogger();
  const client = { identity: who, options: { readOnly, log } } as unknown as ClientConnection;
  const result = polkitCheck(processes)(client, new AbortController().signal);
  return { asked: processes.toolCalls, log, result };
}

test.each([
  [false, 'org.libvirt.unix.manage'],
  [true, 'org.libvirt.unix.monitor'],
])('asks whether this very process may (read-only: %s) %s', async (readOnly, action) => {
  const { asked, result } = check(0, { readOnly });
  await result;
  expect(asked).toEqual([
    ['pkcheck', '--action-id', action, '--process', '4712,99,1000', '--allow-user-interaction'],
  ]);
});

test.each([
  [1, 45, 'authentication failed: access denied by policy'],
  [
    2,
    94,
    "authentication unavailable: no polkit agent available to authenticate action 'org.libvirt.unix.manage'",
  ],
  [3, 79, 'authentication cancelled: user cancelled authentication process'],
  [127, 45, 'authentication failed: access denied by policy'],
])('refuses when pkcheck ends with %i', async (status, code, message) => {
  const { log, result } = check(status);
  await expect(result).rejects.toMatchObject({ code, message });
  expect(log.lines.length).toBe(status === 127 ? 1 : 0);
});

test.each([[{}], [{ ...identity, pid: 0 }], [{ pid: 1, uid: 0 }]])(
  'refuses a process that it cannot name',
  async (who) => {
    const { asked, result } = check(0, { who });
    await expect(result).rejects.toMatchObject({ code: 45 });
    expect(asked).toEqual([]);
  },
);
