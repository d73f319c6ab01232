import type { Domain } from '@modvirt/core/schema';

// Numbers of the kernel's capabilities: their places here.
const CAPABILITIES = [
  'chown',
  'dac_override',
  'dac_read_search',
  'fowner',
  'fsetid',
  'kill',
  'setgid',
  'setuid',
  'setpcap',
  'linux_immutable',
  'net_bind_service',
  'net_broadcast',
  'net_admin',
  'net_raw',
  'ipc_lock',
  'ipc_owner',
  'sys_module',
  'sys_rawio',
  'sys_chroot',
  'sys_ptrace',
  'sys_pacct',
  'sys_admin',
  'sys_boot',
  'sys_nice',
  'sys_resource',
  'sys_time',
  'sys_tty_config',
  'mknod',
  'lease',
  'audit_write',
  'audit_control',
  'setfcap',
  'mac_override',
  'mac_admin',
  'syslog',
  'wake_alarm',
  'block_suspend',
] as const;

/** What would reach beyond the container. */
const NOT_BY_DEFAULT = new Set<string>(['sys_module', 'sys_time', 'mknod', 'audit_control', 'mac_admin']);

const ALL = 0xffff_ffff_ffff_ffffn;

type Settings = NonNullable<NonNullable<Domain['features']>['capabilities']>;

/** The capabilities that a container's processes may have, as a mask. */
export function capabilityMask(settings: Settings | undefined): bigint {
  const policy = settings?.policy ?? 'default';
  let mask = policy === 'deny' ? 0n : ALL;
  for (const [number, name] of CAPABILITIES.entries()) {
    const isOn = settings?.[name] ?? (policy === 'default' ? !NOT_BY_DEFAULT.has(name) : policy === 'allow');
    const bit = 1n << BigInt(number);
    mask = isOn ? mask | bit : mask & ~bit;
  }
  return mask;
}
