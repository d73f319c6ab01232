import { attr } from '../../xml/attribute.js';
import { child, children, element, type Infer } from '../../xml/element.js';
import { optional, withDefault } from '../../xml/field.js';
import { attributeOf } from '../../xml/node.js';
import { oneOf, onOff, string, uint, yesNo } from '../../xml/scalars.js';
import { variants } from '../../xml/variants.js';
import { deviceSeclabel } from './seclabel.js';

/** `<reconnect>`: whether and after how many seconds a client connects again. */
export const reconnect = element('reconnect', {
  enabled: optional(attr(yesNo)),
  timeout: optional(attr(uint('seconds'))),
});

const seclabels = { seclabels: children(deviceSeclabel) };
const log = { log: optional(child(element('log', { file: attr(string), append: optional(attr(onOff)) }))) };

/** A character device on a path of the host. */
const fileSource = element('source', {
  path: optional(attr(string)),
  append: optional(attr(onOff)),
  ...seclabels,
});
const pathSource = element('source', { path: optional(attr(string)), ...seclabels });
const unixSource = element('source', {
  mode: optional(attr(oneOf('connect', 'bind'))),
  path: optional(attr(string)),
  reconnect: optional(child(reconnect)),
  ...seclabels,
});
const tcpSource = element('source', {
  mode: withDefault(attr(oneOf('connect', 'bind')), 'connect'),
  host: optional(attr(string)),
  service: optional(attr(string)),
  tls: optional(attr(yesNo)),
  reconnect: optional(child(reconnect)),
});
const udpSource = element('source', {
  mode: withDefault(attr(oneOf('connect', 'bind')), 'connect'),
  host: optional(attr(string)),
  service: optional(attr(string)),
});
export const chardevProtocol = element('protocol', {
  type: attr(oneOf('raw', 'telnet', 'telnets', 'tls')),
});

const clipboard = element('clipboard', { copypaste: optional(attr(yesNo)) });
const mouse = element('mouse', { mode: optional(attr(oneOf('server', 'client'))) });

/** Where a character device of the guest leads to: the `type` attribute and what goes with it. */
export const chardevSource = variants('type', {
  null: { ...log },
  vc: { ...log },
  pty: { source: optional(child(pathSource)), ...log },
  dev: { source: optional(child(pathSource)), ...log },
  file: { source: optional(child(fileSource)), ...log },
  pipe: { source: optional(child(pathSource)), ...log },
  stdio: { ...log },
  udp: {
    bind: optional(child(udpSource, { where: (it) => attributeOf(it, 'mode') === 'bind' })),
    connect: optional(child(udpSource, { where: (it) => attributeOf(it, 'mode') !== 'bind' })),
    ...log,
  },
  tcp: {
    source: optional(child(tcpSource)),
    protocol: optional(child(chardevProtocol)),
    ...log,
  },
  unix: { source: optional(child(unixSource)), ...log },
  spicevmc: { ...log },
  spiceport: { source: optional(child(element('source', { channel: optional(attr(string)) }))), ...log },
  nmdm: {
    source: optional(child(element('source', { master: attr(string), slave: attr(string) }))),
    ...log,
  },
  'qemu-vdagent': {
    source: optional(
      child(element('source', { clipboard: optional(child(clipboard)), mouse: optional(child(mouse)) })),
    ),
    ...log,
  },
  dbus: { source: optional(child(element('source', { channel: optional(attr(string)) }))), ...log },
});
export type ChardevSource = Infer<typeof chardevSource>;
