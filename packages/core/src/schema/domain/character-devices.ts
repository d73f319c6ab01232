import { attr, childAttr, leaf, text } from '../../xml/attribute.js';
import { child, children, element, type Infer } from '../../xml/element.js';
import { liveOnly, optional, withDefault } from '../../xml/field.js';
import { fields, merge } from '../../xml/group.js';
import { int, oneOf, string } from '../../xml/scalars.js';
import { variants } from '../../xml/variants.js';
import { without } from '../without.js';
import { chardevSource, explicitChardevSource } from './chardev.js';
import { boot, deviceInfo } from './device-info.js';

const serialTarget = element('target', {
  type: optional(
    attr(
      oneOf(
        'isa-serial',
        'usb-serial',
        'pci-serial',
        'spapr-vio-serial',
        'system-serial',
        'sclp-serial',
        'isa-debug',
      ),
    ),
  ),
  port: optional(attr(int())),
  model: optional(
    childAttr(
      'model',
      'name',
      oneOf(
        'isa-serial',
        'usb-serial',
        'pci-serial',
        'spapr-vty',
        'pl011',
        'sclpconsole',
        'sclplmconsole',
        '16550a',
        'isa-debugcon',
      ),
    ),
  ),
});

/** `<serial>`: a serial port. */
export const serial = element(
  'serial',
  merge(chardevSource, fields({ target: optional(child(serialTarget)), ...deviceInfo })),
);
export type Serial = Infer<typeof serial>;

/** `<parallel>`: a parallel port. */
export const parallel = element(
  'parallel',
  merge(
    chardevSource,
    fields({
      target: optional(child(element('target', { port: optional(attr(int())) }))),
      ...deviceInfo,
    }),
  ),
);
export type Parallel = Infer<typeof parallel>;

const consoleTarget = element('target', {
  type: optional(
    attr(oneOf('xen', 'serial', 'uml', 'virtio', 'lxc', 'openvz', 'sclp', 'sclplm'), { absent: 'none' }),
  ),
  port: optional(attr(int())),
});

const consoleBody = merge(
  chardevSource,
  fields({ tty: liveOnly(optional(attr(string))), target: optional(child(consoleTarget)), ...deviceInfo }),
);
type ConsoleBody = Infer<typeof consoleBody>;

/** `tty` is an older form of the source's path; inside there is only the path. */
function fromTty(value: ConsoleBody): ConsoleBody {
  const rest = without(value, 'tty');
  const isNewForm = rest.type !== 'pty' || rest.source?.path !== undefined;
  if (value.tty === undefined || isNewForm) return rest;
  return { ...rest, source: { seclabels: [], ...rest.source, path: value.tty } };
}

/** It is still printed for those who read it. */
function withTty(value: ConsoleBody): ConsoleBody {
  const path = value.type === 'pty' ? value.source?.path : undefined;
  return path === undefined ? value : { ...value, tty: path };
}

/** `<console>`: where the guest's console is. */
export const consoleDevice = element('console', consoleBody, { adjust: fromTty, printed: withTty });
export type Console = Infer<typeof consoleDevice>;

const channelTarget = element(
  'target',
  variants('type', {
    virtio: {
      name: optional(attr(string)),
      state: liveOnly(optional(attr(oneOf('connected', 'disconnected'), { absent: 'default' }))),
    },
    xen: {
      name: optional(attr(string)),
      state: liveOnly(optional(attr(oneOf('connected', 'disconnected'), { absent: 'default' }))),
    },
    guestfwd: { address: attr(string), port: attr(int()) },
  }),
);

/** `<channel>`: a private channel between host and guest. */
export const channel = element(
  'channel',
  merge(chardevSource, fields({ target: child(channelTarget), ...deviceInfo })),
);
export type Channel = Infer<typeof channel>;

/** `<smartcard>`. */
export const smartcard = element(
  'smartcard',
  merge(
    variants('mode', {
      host: {},
      'host-certificates': {
        certificates: children(element('certificate', { file: text(string) })),
        database: optional(leaf(string)),
      },
      passthrough: chardevSource,
    }),
    fields(deviceInfo),
  ),
);
export type Smartcard = Infer<typeof smartcard>;

/** `<redirdev>`: a USB device that a client lends. */
export const redirdev = element(
  'redirdev',
  merge(
    fields({ bus: withDefault(attr(oneOf('usb')), 'usb') }),
    explicitChardevSource,
    fields({ boot: optional(child(boot)), ...deviceInfo }),
  ),
);
export type Redirdev = Infer<typeof redirdev>;
