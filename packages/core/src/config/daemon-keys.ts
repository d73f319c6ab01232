import { type ConfigValues, choiceKey, flagKey, integerKey, listKey, textKey } from './config-key.js';

// Keys of DAEMON.conf. Names, types and defaults are libvirt's; which daemon reads which group is said at the end.

const int32Max = 0x7fffffff;
const auths = ['none', 'sasl', 'polkit'] as const;
const remoteAuths = ['none', 'sasl'] as const;

const sockets = {
  unix_sock_group: textKey({ default: undefined, doc: 'Group that owns the unix sockets.' }),
  unix_sock_ro_perms: textKey({ default: '0777', doc: 'Mode of the read-only socket, octal.' }),
  unix_sock_rw_perms: textKey({
    default: undefined,
    doc: 'Mode of the read-write socket, octal. 0777 where polkit decides who may use it, else 0700.',
  }),
  unix_sock_admin_perms: textKey({
    default: '0700',
    actedOn: false,
    doc: 'Mode of the admin socket, octal.',
  }),
  unix_sock_dir: textKey({ default: undefined, doc: 'Directory of the three unix sockets.' }),
  auth_unix_ro: choiceKey(auths, {
    default: undefined,
    doc: 'Who may use the read-only socket. Polkit where it is installed, else everybody that can open it.',
  }),
  auth_unix_rw: choiceKey(auths, {
    default: undefined,
    doc: 'Who may use the read-write socket. Polkit where it is installed, else everybody that can open it.',
  }),
  access_drivers: listKey({
    default: [],
    actedOn: false,
    isProtection: true,
    doc: 'What decides on single calls: "polkit", or nothing.',
  }),
} as const;

const network = {
  listen_tls: flagKey({ default: false, actedOn: false, doc: 'Listen for TLS connections.' }),
  listen_tcp: flagKey({
    default: false,
    actedOn: false,
    doc: 'Listen for TCP connections without encryption.',
  }),
  tls_port: textKey({ default: '16514', actedOn: false, doc: 'Port or service name for TLS.' }),
  tcp_port: textKey({ default: '16509', actedOn: false, doc: 'Port or service name for TCP.' }),
  listen_addr: textKey({
    default: undefined,
    actedOn: false,
    doc: 'Address or host name to listen on; all of them where absent.',
  }),
  auth_tcp: choiceKey(remoteAuths, { default: 'sasl', actedOn: false, doc: 'Authentication over TCP.' }),
  auth_tls: choiceKey(remoteAuths, {
    default: 'none',
    actedOn: false,
    doc: 'Authentication over TLS, on top of certificates.',
  }),
  tcp_min_ssf: integerKey({
    default: 56,
    min: 56,
    max: int32Max,
    actedOn: false,
    doc: 'Least strength of the encryption that SASL brings over TCP, in bits.',
  }),
  key_file: textKey({ default: undefined, actedOn: false, doc: 'Private key of the server, PEM.' }),
  cert_file: textKey({ default: undefined, actedOn: false, doc: 'Certificate of the server, PEM.' }),
  ca_file: textKey({
    default: undefined,
    actedOn: false,
    doc: 'Certificate of the authority that clients must be signed by, PEM.',
  }),
  crl_file: textKey({ default: undefined, actedOn: false, doc: 'Certificates that were revoked, PEM.' }),
  tls_no_sanity_certificate: flagKey({
    default: false,
    actedOn: false,
    doc: 'Do not check the own certificates at start.',
  }),
  tls_no_verify_certificate: flagKey({
    default: false,
    actedOn: false,
    doc: 'Do not ask clients for a certificate.',
  }),
  tls_allowed_dn_list: listKey({
    default: undefined,
    actedOn: false,
    doc: 'Distinguished names that may connect, with shell wildcards; all with a good certificate where absent.',
  }),
  tls_priority: textKey({ default: undefined, actedOn: false, doc: 'GnuTLS priority string.' }),
  sasl_allowed_username_list: listKey({
    default: undefined,
    actedOn: false,
    doc: 'SASL user names that may connect, with shell wildcards; all that authenticate where absent.',
  }),
} as const;

const limits = {
  max_clients: integerKey({ default: 5000, min: 1, doc: 'Clients at a time.' }),
  max_queued_clients: integerKey({ default: 1000, doc: 'Connections that the kernel keeps waiting.' }),
  max_anonymous_clients: integerKey({
    default: 20,
    doc: 'Clients at a time that have not authenticated yet; 0: no limit.',
  }),
  max_client_requests: integerKey({
    default: 5,
    min: 1,
    doc: 'Calls of one client that are served at a time.',
  }),
  min_workers: integerKey({
    default: 5,
    actedOn: false,
    doc: 'Threads at start. There are none here; answered to admin clients.',
  }),
  max_workers: integerKey({
    default: 20,
    actedOn: false,
    doc: 'Most threads. There are none here; answered to admin clients.',
  }),
  prio_workers: integerKey({
    default: 5,
    actedOn: false,
    doc: 'Threads for calls that must never wait. There are none here: such calls never wait.',
  }),
  admin_min_workers: integerKey({ default: 1, actedOn: false, doc: 'As min_workers, for the admin socket.' }),
  admin_max_workers: integerKey({ default: 5, actedOn: false, doc: 'As max_workers, for the admin socket.' }),
  admin_max_clients: integerKey({ default: 5000, min: 1, actedOn: false, doc: 'Admin clients at a time.' }),
  admin_max_queued_clients: integerKey({
    default: 20,
    actedOn: false,
    doc: 'As max_queued_clients, for the admin socket.',
  }),
  admin_max_client_requests: integerKey({
    default: 5,
    min: 1,
    actedOn: false,
    doc: 'As max_client_requests, for the admin socket.',
  }),
} as const;

const keepalive = {
  keepalive_interval: integerKey({
    default: 5,
    min: -1,
    max: int32Max,
    doc: 'Seconds of silence after which a client is asked for a sign of life; -1: never.',
  }),
  keepalive_count: integerKey({ default: 5, doc: 'So many unanswered, and the client is disconnected.' }),
  keepalive_required: flagKey({
    default: false,
    actedOn: false,
    doc: 'Refuse clients that cannot answer. libvirt ignores it as well.',
  }),
  admin_keepalive_interval: integerKey({
    default: 5,
    min: -1,
    max: int32Max,
    actedOn: false,
    doc: 'As keepalive_interval, for the admin socket.',
  }),
  admin_keepalive_count: integerKey({
    default: 5,
    actedOn: false,
    doc: 'As keepalive_count, for the admin socket.',
  }),
  admin_keepalive_required: flagKey({
    default: false,
    actedOn: false,
    doc: 'As keepalive_required, for the admin socket.',
  }),
} as const;

const logging = {
  log_level: integerKey({
    default: 3,
    min: 1,
    max: 4,
    doc: 'Least serious lines to write: 1 debug, 2 info, 3 warnings, 4 errors.',
  }),
  log_filters: textKey({
    default: undefined,
    actedOn: false,
    doc: 'Levels for parts of the daemon: "LEVEL:NAME …".',
  }),
  log_outputs: textKey({
    default: undefined,
    actedOn: false,
    doc: 'Where lines go: "LEVEL:stderr", "LEVEL:file:PATH", "LEVEL:journald" …',
  }),
  audit_level: integerKey({
    default: 1,
    max: 2,
    actedOn: false,
    doc: 'Linux audit: 0 off, 1 where the host audits, 2 or refuse to start.',
  }),
  audit_logging: flagKey({ default: false, actedOn: false, doc: 'Write audit messages to the log too.' }),
} as const;

const host = {
  host_uuid: textKey({
    default: undefined,
    doc: 'UUID of the host, where its own is not unique.',
  }),
  host_uuid_source: choiceKey(['smbios', 'machine-id'], {
    default: 'smbios',
    doc: 'Where the UUID of the host is taken from.',
  }),
  ovs_timeout: integerKey({
    default: 5,
    actedOn: false,
    doc: 'Seconds that a command to Open vSwitch may take.',
  }),
} as const;

/** Keys of every daemon that serves objects: virtqemud.conf, virtnetworkd.conf … */
export const daemonKeys = { ...sockets, ...limits, ...keepalive, ...logging, ...host } as const;

/** Keys of virtproxyd.conf, and of libvirtd.conf in its place. */
export const proxyKeys = { ...daemonKeys, ...network } as const;

export type DaemonConfig = ConfigValues<typeof daemonKeys>;
export type ProxyConfig = ConfigValues<typeof proxyKeys>;
