import { attr, childAttr } from '../../xml/attribute.js';
import { element, type Infer } from '../../xml/element.js';
import { type Field, optional, withDefault } from '../../xml/field.js';
import { oneOf, onOff } from '../../xml/scalars.js';

const NAMES = [
  'audit_control',
  'audit_write',
  'block_suspend',
  'chown',
  'dac_override',
  'dac_read_search',
  'fowner',
  'fsetid',
  'ipc_lock',
  'ipc_owner',
  'kill',
  'lease',
  'linux_immutable',
  'mac_admin',
  'mac_override',
  'mknod',
  'net_admin',
  'net_bind_service',
  'net_broadcast',
  'net_raw',
  'setgid',
  'setfcap',
  'setpcap',
  'setuid',
  'sys_admin',
  'sys_boot',
  'sys_chroot',
  'sys_module',
  'sys_nice',
  'sys_pacct',
  'sys_ptrace',
  'sys_rawio',
  'sys_resource',
  'sys_time',
  'sys_tty_config',
  'syslog',
  'wake_alarm',
] as const;

type Name = (typeof NAMES)[number];

const states = Object.fromEntries(
  NAMES.map((name) => [name, optional(childAttr(name, 'state', onOff))]),
) as unknown as Readonly<Record<Name, Field<boolean, 'optional'>>>;

/** `<capabilities>`: the kernel capabilities that a container keeps. */
export const lxcCapabilities = element('capabilities', {
  policy: withDefault(attr(oneOf('default', 'allow', 'deny')), 'default'),
  ...states,
});
export type LxcCapabilities = Infer<typeof lxcCapabilities>;
