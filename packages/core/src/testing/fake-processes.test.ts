import { expect, test } from 'vitest';
import { FakeProcess, FakeProcesses } from './fake-processes.js';

test('a spawned process is there until it ends', async () => {
  const processes = new FakeProcesses();
  const child = await processes.spawn({ file: '/bin/x', argv: ['-y'], env: {} });
  expect(processes.watch(child.pid, child.startTimeTicks)).toBe(child);
  expect(processes.watch(child.pid, 1n)).toBeUndefined();
  expect(child.kill('SIGTERM')).toBe(true);
  expect(await child.exited).toEqual({ type: 'killed', signal: 'SIGTERM' });
  expect([child.kill('SIGKILL'), processes.watch(child.pid)]).toEqual([false, undefined]);
});

test('a spawn fails when told, and a process from before can be watched', async () => {
  const processes = new FakeProcesses();
  processes.failNextSpawn('ENOENT');
  const plan = { file: '/bin/x', argv: [], env: {} };
  await expect(processes.spawn(plan)).rejects.toMatchObject({ code: 'ENOENT', path: '/bin/x' });
  const old = processes.add(new FakeProcess(7, 70n));
  expect(processes.startTimeTicks(7)).toBe(70n);
  old.end();
  expect(processes.startTimeTicks(7)).toBeUndefined();
});

test('a tool is a function of its arguments', async () => {
  const processes = new FakeProcesses({ nft: (argv) => ({ stdout: argv.join(' '), code: 1 }) });
  const result = await processes.runTool(['nft', '-j', 'list'], { timeoutMs: 1 });
  expect(new TextDecoder().decode(result.stdout)).toBe('-j list');
  expect(result.status).toEqual({ type: 'exited', code: 1 });
  await expect(processes.runTool(['ip'], { timeoutMs: 1 })).rejects.toMatchObject({ code: 'ENOENT' });
});
