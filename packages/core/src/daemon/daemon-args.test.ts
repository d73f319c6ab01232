import { expect, test } from 'vitest';
import { parseDaemonArgs } from './daemon-args.js';

const parse = (...argv: string[]) => parseDaemonArgs({ name: 'virtqemud', version: '1.2.3' }, argv);

test('reads all options', () => {
  expect(parse('--root', '/x', '-t', '30', '-f', '/a.conf', '-v', '--session')).toEqual({
    type: 'run',
    args: { root: '/x', timeoutSeconds: 30, configFile: '/a.conf', verbose: true, session: true },
  });
  expect(parse()).toMatchObject({ type: 'run', args: { root: '/', timeoutSeconds: undefined } });
});

test('says its version and what it takes', () => {
  expect(parse('--version')).toEqual({ type: 'say', text: 'virtqemud (modvirt) 1.2.3\n' });
  expect(parse('--help')).toMatchObject({ type: 'say', text: expect.stringContaining('--timeout') });
});

test.each([
  [['--nonsense'], /nonsense/],
  [['--root', 'relative'], /absolute/],
  [['--timeout', 'soon'], /seconds/],
  [['extra'], /extra/],
])('refuses %j', (argv, expected) => {
  expect(parse(...argv)).toMatchObject({ type: 'wrong', text: expect.stringMatching(expected) });
});
