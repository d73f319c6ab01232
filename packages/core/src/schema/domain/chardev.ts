import { VirError } from '../../errors/vir-error.js';
import { attr } from '../../xml/attribute.js';
import { child, element, type Infer } from '../../xml/element.js';
import { missingAttribute } from '../../xml/errors.js';
import { liveOnly, optional, withDefault } from '../../xml/field.js';
import { attributeOf, childrenOf, type XmlElement } from '../../xml/node.js';
import { oneOf, onOff, string, uint, yesNo } from '../../xml/scalars.js';
import { variants } from '../../xml/variants.js';
import { deviceSeclabels } from './seclabel.js';

/** `<reconnect>`: whether and after how many seconds a client connects again. */
export const reconnect = element(
  'reconnect',
  { enabled: attr(yesNo), timeout: optional(attr(uint('seconds'))) },
  {
    check(value, node) {
      if (value.enabled && value.timeout === undefined) throw missingAttribute(node.name, 'timeout');
    },
  },
);

const seclabels = { seclabels: deviceSeclabels };
const logElement = element('log', { file: attr(string), append: optional(attr(onOff)) });
const log = {
  log: optional(child(logElement, { where: (it) => attributeOf(it, 'file') !== undefined })),
};
const mode = withDefault(attr(oneOf('connect', 'bind')), 'connect');

/** A character device on a path of the host. */
const pathSource = element('source', { path: optional(attr(string)), ...seclabels });
/** The path of a pseudo-terminal is there while the guest runs. */
const ptySource = element('source', { path: liveOnly(optional(attr(string))), ...seclabels });
const fileSource = element('source', {
  path: optional(attr(string)),
  append: optional(attr(onOff)),
  ...seclabels,
});
const unixSource = element(
  'source',
  { mode, path: optional(attr(string)), reconnect: optional(child(reconnect)), ...seclabels },
  { printed: (value) => (value.path === undefined ? { seclabels: value.seclabels } : value) },
);
const tcpSource = element('source', {
  mode,
  host: optional(attr(string)),
  service: optional(attr(string)),
  tls: optional(attr(yesNo)),
  reconnect: optional(child(reconnect)),
});
const udpSource = element('source', {
  mode,
  host: optional(attr(string)),
  service: optional(attr(string)),
});
const nmdmSource = element('source', { master: optional(attr(string)), slave: optional(attr(string)) });
const channelSource = element('source', { channel: optional(attr(string)) });
const vdagentSource = element('source', {
  clipboard: optional(child(element('clipboard', { copypaste: optional(attr(yesNo)) }))),
  mouse: optional(child(element('mouse', { mode: optional(attr(oneOf('server', 'client'))) }))),
});

const badProtocol = {
  invalid: (value: string) => VirError.of('CONFIG_UNSUPPORTED', `Unknown protocol '${value}'`),
};

const protocol = element('protocol', {
  type: withDefault(attr(oneOf('raw', 'telnet', 'telnets', 'tls'), badProtocol), 'raw'),
});

function unknownType(value: string): VirError {
  return VirError.of('CONFIG_UNSUPPORTED', `unknown type presented to host for character device: ${value}`);
}

/** UDP has a source for each direction, everything else one. */
function limitSources(node: XmlElement, type: string): void {
  const count = childrenOf(node, 'source').length;
  if (type === 'udp' && count > 2) {
    throw VirError.of('XML_ERROR', 'only two source elements are allowed for character device');
  }
  if (type !== 'udp' && count > 1) {
    throw VirError.of('XML_ERROR', 'only one source element is allowed for character device');
  }
}

const arms = {
  null: { ...log },
  vc: { ...log },
  pty: { source: optional(child(ptySource)), ...log },
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
    protocol: withDefault(child(protocol), { type: 'raw' }),
    ...log,
  },
  unix: { source: optional(child(unixSource)), ...log },
  spicevmc: { ...log },
  spiceport: { source: optional(child(channelSource)), ...log },
  nmdm: { source: optional(child(nmdmSource)), ...log },
  'qemu-vdagent': { source: optional(child(vdagentSource)), ...log },
  dbus: { source: optional(child(channelSource)), ...log },
};

/** Where a character device of the guest leads to: the `type` attribute and what goes with it. */
export const chardevSource = variants('type', arms, {
  fallback: 'pty',
  unknown: unknownType,
  look: limitSources,
});
/** As `chardevSource`, where the type must be said. */
export const explicitChardevSource = variants('type', arms, {
  missing: () => VirError.of('INTERNAL_ERROR', 'missing type in redirdev'),
  unknown: (value) => VirError.of('CONFIG_UNSUPPORTED', `unknown redirdev character device type '${value}'`),
  look: limitSources,
});
export type ChardevSource = Infer<typeof chardevSource>;
