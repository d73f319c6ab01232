import { expect, test } from 'vitest';
import { choiceKey, flagKey, integerKey, listKey, textKey } from './config-key.js';
import { proxyKeys } from './daemon-keys.js';
import { qemuKeys } from './qemu-keys.js';
import { formatProblem, readConfig } from './read-config.js';

const doc = 'For tests.';
const keys = {
  listen_tcp: flagKey({ default: false, doc }),
  listen_tls: flagKey({ default: false, actedOn: false, doc }),
  tcp_port: textKey({ default: '16509', doc }),
  auth_tcp: choiceKey(['none', 'sasl'], { default: 'sasl', doc }),
  unix_sock_group: textKey({ default: undefined, doc }),
  max_clients: integerKey({ default: 5000, min: 1, doc }),
  keepalive_interval: integerKey({ default: 5, min: -1, max: 100, doc }),
  log_level: integerKey({ default: 3, min: 1, max: 4, doc }),
  names: listKey({ default: [], doc }),
  access_drivers: listKey({ default: [], actedOn: false, isProtection: true, doc }),
};
const read = (text: string) => readConfig(text, 'virtproxyd.conf', keys);

test('an empty file gives the defaults', () => {
  const { values, problems } = readConfig('', 'virtproxyd.conf', proxyKeys);
  expect(problems).toEqual([]);
  expect(values.tcp_port).toBe('16509');
  expect(values.max_clients).toBe(5000);
  expect(values.unix_sock_group).toBeUndefined();
});

test('reads flags, numbers, strings and lists, with comments anywhere', () => {
  const { values, problems, given } = read(`
# a comment
listen_tcp = 1 # and one behind
keepalive_interval=-1
unix_sock_group = 'libvirt'
tcp_port = "0770"
names = [
  "polkit", # first
  'none',
]
`);
  expect(problems).toEqual([]);
  expect(values).toMatchObject({
    listen_tcp: true,
    keepalive_interval: -1,
    unix_sock_group: 'libvirt',
    tcp_port: '0770',
    names: ['polkit', 'none'],
  });
  expect(given.size).toBe(5);
});

test.each([
  ['max_clients = "many"', "virtproxyd.conf:2: expected an integer for 'max_clients' parameter"],
  ['max_clients = 0', "virtproxyd.conf:2: value for 'max_clients' parameter must be in range 1:4294967295"],
  ['listen_tcp = 2', "virtproxyd.conf:2: value for 'listen_tcp' parameter must be 0 or 1"],
  [
    'auth_tcp = "magic"',
    "virtproxyd.conf:2: value 'magic' for 'auth_tcp' parameter is not one of none, sasl",
  ],
  ['tcp_port = 16509', "virtproxyd.conf:2: expected a string for 'tcp_port' parameter"],
  ['names = "polkit"', "virtproxyd.conf:2: expected a string list for 'names' parameter"],
  ['listen_tcp 1', 'virtproxyd.conf:2: expecting an assignment'],
  ['= 1', 'virtproxyd.conf:2: expecting a name'],
  ['tcp_port =', 'virtproxyd.conf:2: expecting a value'],
  ['tcp_port = "16509', 'virtproxyd.conf:2: unterminated string'],
  ['listen_tcp = 1 2', 'virtproxyd.conf:2: expecting a separator'],
  ['names = [ "a" "b" ]', 'virtproxyd.conf:2: expecting a separator in list'],
])('refuses %s and says where', (line, expected) => {
  const { problems } = read(`\n${line}\n`);
  expect(problems.map(formatProblem)).toEqual([expected]);
  expect(problems[0]?.severity).toBe('error');
});

test('warns of unknown keys, of keys set twice and of keys without effect', () => {
  const { problems, values } = read('listen_tpc = 1\nlog_level = 1\nlog_level = 2\n\nlisten_tls = 0');
  expect(problems.map(formatProblem)).toEqual([
    "virtproxyd.conf:1: unknown key 'listen_tpc'",
    "virtproxyd.conf:3: 'log_level' is set twice; the last one counts",
    "virtproxyd.conf:5: 'listen_tls' has no effect yet",
  ]);
  expect(problems.every((problem) => problem.severity === 'warning')).toBe(true);
  expect(values.log_level).toBe(2);
});

test('refuses a protection that it cannot give', () => {
  const { problems } = read('access_drivers = [ "polkit" ]');
  expect(problems.map(formatProblem)).toEqual(["virtproxyd.conf:1: 'access_drivers' cannot be obeyed yet"]);
  expect(problems[0]?.severity).toBe('error');
});

test('qemu.conf takes one string for a list, and a limit as number or word', () => {
  const text = 'security_driver = "none"\nmax_core = "unlimited"\nhugetlbfs_mount = ["/a", "/b"]\n';
  const { values } = readConfig(text, 'qemu.conf', qemuKeys);
  expect(values.security_driver).toEqual(['none']);
  expect(values.max_core).toBe('unlimited');
  expect(values.hugetlbfs_mount).toEqual(['/a', '/b']);
});

test('counts the lines of strings and lists that go over several', () => {
  const { problems } = read('tcp_port = """a\nb"""\nnames = [\n"x"\n]\nwhat = 1\n');
  expect(problems.map(formatProblem)).toEqual(["virtproxyd.conf:6: unknown key 'what'"]);
});
