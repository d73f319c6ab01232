import type { Native } from '@modvirt/native';
import { expect, test } from 'vitest';
import { SystemdServiceManager } from './systemd-service-manager.js';

function started(env: NodeJS.ProcessEnv, pid = 42) {
  const sent: string[] = [];
  const closedOnExec: number[] = [];
  const native = {
    setCloseOnExec: (descriptor) => closedOnExec.push(descriptor),
    sendDatagram: (path, bytes, descriptors) => sent.push(`${path} ${Buffer.from(bytes)} [${descriptors}]`),
  } satisfies Partial<Native>;
  const manager = new SystemdServiceManager({ native: native as unknown as Native, env, pid });
  return { manager, sent, closedOnExec, env };
}

test('hands out descriptors by name, once, and hides them from children', () => {
  const env = { LISTEN_PID: '42', LISTEN_FDS: '3', LISTEN_FDNAMES: 'a.socket:b.socket:a.socket', HOME: '/' };
  const { manager, closedOnExec } = started(env);
  expect(manager.isSocketActivated).toBe(true);
  expect(manager.descriptorNames()).toEqual(['a.socket', 'b.socket']);
  expect(manager.takeDescriptors('a.socket')).toEqual([3, 5]);
  expect(manager.takeDescriptors('a.socket')).toEqual([]);
  expect(manager.takeDescriptors('c.socket')).toEqual([]);
  expect(closedOnExec).toEqual([3, 4, 5]);
  expect(env).toEqual({ HOME: '/' });
});

test('leaves descriptors alone that are meant for another process', () => {
  const { manager, closedOnExec } = started({ LISTEN_PID: '41', LISTEN_FDS: '3' });
  expect([manager.isSocketActivated, closedOnExec]).toEqual([false, []]);
});

test('tells the service manager, and nobody when there is none', () => {
  const { manager, sent } = started({ NOTIFY_SOCKET: '@x', WATCHDOG_USEC: '3000000', WATCHDOG_PID: '42' });
  expect(manager.watchdogIntervalMs).toBe(3000);
  expect(manager.notify('READY=1', 'STATUS=fine')).toBe(true);
  expect(manager.storeDescriptors('sock', [7, 8])).toBe(true);
  expect(sent).toEqual(['@x READY=1\nSTATUS=fine []', '@x FDSTORE=1\nFDNAME=sock [7,8]']);
  expect(() => manager.storeDescriptors('a:b', [7])).toThrow(TypeError);
  expect(started({}).manager.notify('READY=1')).toBe(false);
});
