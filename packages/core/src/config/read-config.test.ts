import { expect, test } from 'vitest';
import { proxyKeys } from './daemon-keys.js';
import { qemuKeys } from './qemu-keys.js';
import { formatProblem, readConfig } from './read-config.js';

const read = (text: string) => readConfig(text, 'virtproxyd.conf', proxyKeys);

test('an empty file gives the defaults', () => {
  const { values, problems } = read('');
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
unix_sock_ro_perms = "0770"
access_drivers = [
  "polkit", # first
  'none',
]
`);
  expect(problems).toEqual([]);
  expect(values).toMatchObject({
    listen_tcp: true,
    keepalive_interval: -1,
    unix_sock_group: 'libvirt',
    unix_sock_ro_perms: '0770',
    access_drivers: ['polkit', 'none'],
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
  ['access_drivers = "polkit"', "virtproxyd.conf:2: expected a string list for 'access_drivers' parameter"],
  ['listen_tcp 1', 'virtproxyd.conf:2: expecting an assignment'],
  ['= 1', 'virtproxyd.conf:2: expecting a name'],
  ['tcp_port =', 'virtproxyd.conf:2: expecting a value'],
  ['tcp_port = "16509', 'virtproxyd.conf:2: unterminated string'],
  ['listen_tcp = 1 2', 'virtproxyd.conf:2: expecting a separator'],
  ['access_drivers = [ "a" "b" ]', 'virtproxyd.conf:2: expecting a separator in list'],
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

test('qemu.conf takes one string for a list, and a limit as number or word', () => {
  const text = 'security_driver = "none"\nmax_core = "unlimited"\nhugetlbfs_mount = ["/a", "/b"]\n';
  const { values } = readConfig(text, 'qemu.conf', qemuKeys);
  expect(values.security_driver).toEqual(['none']);
  expect(values.max_core).toBe('unlimited');
  expect(values.hugetlbfs_mount).toEqual(['/a', '/b']);
});

test('counts the lines of strings and lists that go over several', () => {
  const { problems } = read('unix_sock_dir = """a\nb"""\naccess_drivers = [\n"x"\n]\nwhat = 1\n');
  expect(problems.map(formatProblem)).toEqual(["virtproxyd.conf:6: unknown key 'what'"]);
});
