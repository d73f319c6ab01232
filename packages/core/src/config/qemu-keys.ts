import {
  type ConfigValues,
  choiceKey,
  flagKey,
  integerKey,
  limitKey,
  listKey,
  textKey,
} from './config-key.js';

// Keys of qemu.conf. Names, types and defaults are libvirt's (10.x). A key without effect is marked `actedOn: false`.

const later = { actedOn: false } as const;
const tlsDir = (what: string) =>
  textKey({ ...later, default: undefined, doc: `Directory of the certificates for ${what}.` });
const tlsSecret = (what: string) =>
  textKey({ ...later, default: undefined, doc: `Secret that opens the private key for ${what}.` });
const tlsVerify = (what: string) =>
  flagKey({
    ...later,
    default: undefined,
    doc: `Whether clients of ${what} must show a certificate; as the default says where absent.`,
  });
const tlsOn = (what: string) => flagKey({ ...later, default: false, doc: `Encrypt ${what}.` });

const tls = {
  default_tls_x509_cert_dir: textKey({
    ...later,
    default: '/etc/pki/qemu',
    doc: 'Directory of certificates where nothing more specific is said.',
  }),
  default_tls_x509_verify: flagKey({
    ...later,
    default: undefined,
    doc: 'Whether clients must show a certificate, where nothing more specific is said.',
  }),
  default_tls_x509_secret_uuid: tlsSecret('all of what follows'),
  chardev_tls: tlsOn('character devices over TCP'),
  chardev_tls_x509_cert_dir: tlsDir('character devices'),
  chardev_tls_x509_verify: tlsVerify('character devices'),
  chardev_tls_x509_secret_uuid: tlsSecret('character devices'),
  vxhs_tls: tlsOn('VxHS disks'),
  vxhs_tls_x509_cert_dir: tlsDir('VxHS disks'),
  vxhs_tls_x509_secret_uuid: tlsSecret('VxHS disks'),
  nbd_tls: tlsOn('NBD disks'),
  nbd_tls_x509_cert_dir: tlsDir('NBD disks'),
  nbd_tls_x509_secret_uuid: tlsSecret('NBD disks'),
  migrate_tls_x509_cert_dir: tlsDir('migration'),
  migrate_tls_x509_verify: tlsVerify('migration'),
  migrate_tls_x509_secret_uuid: tlsSecret('migration'),
  migrate_tls_force: flagKey({ ...later, default: false, doc: 'Refuse to migrate without encryption.' }),
  backup_tls_x509_cert_dir: tlsDir('backups'),
  backup_tls_x509_verify: tlsVerify('backups'),
  backup_tls_x509_secret_uuid: tlsSecret('backups'),
} as const;

const graphics = {
  vnc_listen: textKey({ default: '127.0.0.1', doc: 'Address that VNC servers listen on.' }),
  vnc_auto_unix_socket: flagKey({
    ...later,
    default: false,
    doc: 'Listen on a unix socket where the domain names no address.',
  }),
  vnc_tls: tlsOn('VNC'),
  vnc_tls_x509_cert_dir: tlsDir('VNC'),
  vnc_tls_x509_secret_uuid: tlsSecret('VNC'),
  vnc_tls_x509_verify: tlsVerify('VNC'),
  vnc_password: textKey({
    ...later,
    default: undefined,
    doc: 'Password for domains that have none of their own; 8 characters count.',
  }),
  vnc_sasl: flagKey({ default: false, doc: 'Authenticate VNC clients by SASL.' }),
  vnc_sasl_dir: textKey({
    ...later,
    default: undefined,
    doc: 'Directory of the SASL configuration for VNC.',
  }),
  vnc_allow_host_audio: flagKey({ default: false, doc: 'Let guests with VNC use the sound of the host.' }),
  spice_listen: textKey({ default: '127.0.0.1', doc: 'Address that SPICE servers listen on.' }),
  spice_tls: tlsOn('SPICE'),
  spice_tls_x509_cert_dir: tlsDir('SPICE'),
  spice_auto_unix_socket: flagKey({
    ...later,
    default: false,
    doc: 'Listen on a unix socket where the domain names no address.',
  }),
  spice_password: textKey({
    ...later,
    default: undefined,
    doc: 'Password for domains that have none of their own.',
  }),
  spice_sasl: flagKey({ default: false, doc: 'Authenticate SPICE clients by SASL.' }),
  spice_sasl_dir: textKey({
    ...later,
    default: undefined,
    doc: 'Directory of the SASL configuration for SPICE.',
  }),
  nographics_allow_host_audio: flagKey({
    default: false,
    doc: 'Let guests without graphics use the sound of the host.',
  }),
  remote_display_port_min: integerKey({
    default: 5900,
    min: 5900,
    max: 65535,
    doc: 'First port for VNC and SPICE.',
  }),
  remote_display_port_max: integerKey({
    default: 65535,
    min: 5900,
    max: 65535,
    doc: 'Last port for VNC and SPICE.',
  }),
  remote_websocket_port_min: integerKey({
    default: 5700,
    min: 5700,
    max: 65535,
    doc: 'First port for VNC over WebSocket.',
  }),
  remote_websocket_port_max: integerKey({
    default: 65535,
    min: 5700,
    max: 65535,
    doc: 'Last port for VNC over WebSocket.',
  }),
} as const;

const confinement = {
  security_driver: listKey({
    ...later,
    single: true,
    default: undefined,
    doc: 'Security drivers: selinux, apparmor, none; what the host has where absent.',
  }),
  security_default_confined: flagKey({
    ...later,
    default: true,
    doc: 'Confine guests that say nothing about it.',
  }),
  security_require_confined: flagKey({
    ...later,
    default: false,
    doc: 'Refuse guests that ask not to be confined.',
  }),
  user: textKey({
    default: undefined,
    doc: 'User that guests run as, by name or number; +NUMBER is never a name.',
  }),
  group: textKey({ default: undefined, doc: 'Group that guests run as, by name or number.' }),
  dynamic_ownership: flagKey({ default: true, doc: 'Give guests their files by changing the owner.' }),
  remember_owner: flagKey({ default: true, doc: 'Give files back to their owner afterwards.' }),
  cgroup_controllers: listKey({
    ...later,
    default: undefined,
    doc: 'Controllers to use; all that the host has where absent.',
  }),
  cgroup_device_acl: listKey({
    ...later,
    default: undefined,
    doc: 'Device nodes that every guest may open.',
  }),
  seccomp_sandbox: integerKey({
    default: -1,
    min: -1,
    max: 1,
    doc: 'Have QEMU filter its own system calls; -1: where it can.',
  }),
  namespaces: listKey({ ...later, default: ['mount'], doc: 'Namespaces of their own for guests: mount.' }),
  capability_filters: listKey({
    ...later,
    default: [],
    doc: 'Capabilities of QEMU to pretend it has not, for tests.',
  }),
} as const;

const saving = {
  save_image_format: textKey({ default: 'raw', doc: 'Compression of saved guests.' }),
  dump_image_format: textKey({ default: 'raw', doc: 'Compression of dumps.' }),
  snapshot_image_format: textKey({
    ...later,
    default: 'raw',
    doc: 'Compression of the memory in external snapshots.',
  }),
  auto_dump_path: textKey({
    ...later,
    default: undefined,
    doc: 'Directory of dumps that a watchdog asks for.',
  }),
  auto_dump_bypass_cache: flagKey({ ...later, default: false, doc: 'Write them past the page cache.' }),
  auto_start_bypass_cache: flagKey({
    ...later,
    default: false,
    doc: 'Read the saved state of autostarted guests past the page cache.',
  }),
} as const;

const processes = {
  hugetlbfs_mount: listKey({
    ...later,
    single: true,
    default: undefined,
    doc: 'Mount points of huge pages; those of the host where absent.',
  }),
  bridge_helper: textKey({
    ...later,
    default: '/usr/lib/qemu/qemu-bridge-helper',
    doc: 'Program that makes taps for session guests.',
  }),
  pr_helper: textKey({
    ...later,
    default: '/usr/bin/qemu-pr-helper',
    doc: 'Program for persistent reservations of SCSI disks.',
  }),
  slirp_helper: textKey({
    ...later,
    default: '/usr/bin/slirp-helper',
    doc: 'Program for user-mode networks outside QEMU.',
  }),
  dbus_daemon: textKey({
    ...later,
    default: '/usr/bin/dbus-daemon',
    doc: 'Message bus for helpers of a guest.',
  }),
  set_process_name: flagKey({ default: true, doc: 'Show the name of the guest in lists of processes.' }),
  max_processes: integerKey({
    default: 0,
    doc: 'Limit of processes of the user that guests run as; 0: that of the host.',
  }),
  max_files: integerKey({ default: 0, doc: 'Limit of open files of a guest; 0: that of the host.' }),
  max_threads_per_process: integerKey({
    ...later,
    default: 0,
    doc: 'Limit of threads of a guest; 0: that of the host.',
  }),
  max_core: limitKey({ default: 0n, doc: 'Size of core dumps of QEMU in bytes, or "unlimited".' }),
  dump_guest_core: flagKey({ default: false, doc: 'Have the memory of guests in core dumps of QEMU.' }),
  stdio_handler: choiceKey(['logd', 'file'], {
    ...later,
    default: undefined,
    doc: 'Who writes the log of a guest.',
  }),
  sched_core: choiceKey(['none', 'vcpus', 'emulator', 'full'], {
    ...later,
    default: 'none',
    doc: 'What of a guest shares no core with others.',
  }),
} as const;

const devices = {
  mac_filter: flagKey({ ...later, default: false, doc: 'Let guests send from their own MAC address only.' }),
  relaxed_acs_check: flagKey({
    ...later,
    default: false,
    doc: 'Allow devices behind switches that do not isolate.',
  }),
  allow_disk_format_probing: flagKey({ ...later, default: false, doc: 'Obsolete; images are never probed.' }),
  lock_manager: textKey({
    ...later,
    default: undefined,
    doc: 'Keeps two guests from one disk: lockd or sanlock.',
  }),
  memory_backing_dir: textKey({
    default: undefined,
    doc: 'Directory for the memory of guests that have it in files.',
  }),
  nvram: listKey({ ...later, default: undefined, doc: 'Obsolete: pairs FIRMWARE:VARIABLES.' }),
  swtpm_user: textKey({ ...later, default: 'tss', doc: 'User that TPM emulators run as.' }),
  swtpm_group: textKey({ ...later, default: 'tss', doc: 'Group that TPM emulators run as.' }),
  clear_emulator_capabilities: flagKey({ ...later, default: true, doc: 'Obsolete.' }),
} as const;

const conversation = {
  max_queued: integerKey({ ...later, default: 0, doc: 'Calls that may wait for one domain; 0: no limit.' }),
  keepalive_interval: integerKey({
    ...later,
    default: 5,
    min: -1,
    max: 0x7fffffff,
    doc: 'Seconds of silence of the other daemon during a migration; -1: no limit.',
  }),
  keepalive_count: integerKey({
    ...later,
    default: 5,
    doc: 'So many unanswered, and the other daemon is gone.',
  }),
  migration_address: textKey({
    ...later,
    default: undefined,
    doc: 'Address that incoming migrations listen on.',
  }),
  migration_host: textKey({
    ...later,
    default: undefined,
    doc: 'Name under which others reach this host for migration.',
  }),
  migration_port_min: integerKey({
    ...later,
    default: 49152,
    min: 1,
    max: 65535,
    doc: 'First port of incoming migrations.',
  }),
  migration_port_max: integerKey({
    ...later,
    default: 49215,
    min: 1,
    max: 65535,
    doc: 'Last port of incoming migrations.',
  }),
  log_timestamp: flagKey({ default: true, doc: 'Have QEMU write the time on each line of its log.' }),
  gluster_debug_level: integerKey({
    ...later,
    default: 4,
    max: 9,
    doc: 'How much GlusterFS writes to the log.',
  }),
  virtiofsd_debug: flagKey({ ...later, default: false, doc: 'Have virtiofsd write more to its log.' }),
  deprecation_behavior: choiceKey(['none', 'omit', 'reject', 'crash'], {
    ...later,
    default: 'none',
    doc: 'What QEMU does with commands and fields that it wants to drop.',
  }),
} as const;

/** All keys of qemu.conf. */
export const qemuKeys = {
  ...tls,
  ...graphics,
  ...confinement,
  ...saving,
  ...processes,
  ...devices,
  ...conversation,
} as const;

export type QemuConfig = ConfigValues<typeof qemuKeys>;
