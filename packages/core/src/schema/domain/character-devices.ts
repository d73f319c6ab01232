import { VirError } from '../../errors/vir-error.js';
import { attr, childAttr, leaf, text } from '../../xml/attribute.js';
import { child, children, element, type Infer } from '../../xml/element.js';
import { liveOnly, optional, readWhen, when, withDefault } from '../../xml/field.js';
import { fields, merge } from '../../xml/group.js';
import { int, oneOf, string, uint } from '../../xml/scalars.js';
import { variants } from '../../xml/variants.js';
import { required, unknown } from '../refusals.js';
import { without } from '../without.js';
import { chardevSource, explicitChardevSource } from './chardev.js';
import { boot, deviceInfo } from './device-info.js';

function unknownTarget(value: string): VirError {
  return VirError.of('CONFIG_UNSUPPORTED', `unknown target type '${value}' specified for character device`);
}

const badTarget = { invalid: unknownTarget };
const badPort = { invalid: (value: string) => VirError.of('XML_ERROR', `Invalid port number: ${value}`) };

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
      badTarget,
    ),
  ),
  port: optional(attr(int(), badPort)),
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
    attr(oneOf('xen', 'serial', 'uml', 'virtio', 'lxc', 'openvz', 'sclp', 'sclplm'), {
      absent: 'none',
      ...badTarget,
    }),
  ),
  port: optional(attr(int(), badPort)),
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

/** It is still printed for those who read it: of the first console. */
function withTty(value: ConsoleBody): ConsoleBody {
  const path = value.type === 'pty' ? value.source?.path : undefined;
  const isFirst = (value.target?.port ?? 0) === 0;
  return path === undefined || !isFirst ? value : { ...value, tty: path };
}

/** `<console>`: where the guest's console is. */
export const consoleDevice = element('console', consoleBody, { adjust: fromTty, printed: withTty });
export type Console = Infer<typeof consoleDevice>;

/** Who looks may not choose: a state that is none is as good as none. */
const channelState = readWhen(
  (cx, value: string) => !cx.inactive && (value === 'connected' || value === 'disconnected'),
  when((cx) => !cx.inactive, optional(attr(string))),
);

const channelTarget = element(
  'target',
  variants(
    'type',
    {
      virtio: {
        name: optional(attr(string)),
        state: channelState,
      },
      xen: {
        name: optional(attr(string)),
        state: channelState,
      },
      guestfwd: {
        address: attr(string, required('guestfwd channel does not define a target address')),
        port: attr(uint(), required('guestfwd channel does not define a target port')),
      },
    },
    { missing: () => unknownTarget('(null)'), unknown: unknownTarget },
  ),
);

/** `<channel>`: a private channel between host and guest. */
export const channel = element(
  'channel',
  merge(
    chardevSource,
    fields({
      target: child(channelTarget, required('target type must be specified for channel device')),
      ...deviceInfo,
    }),
  ),
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
    fields({ bus: withDefault(attr(oneOf('usb'), unknown('redirdev bus')), 'usb') }),
    explicitChardevSource,
    fields({ boot: optional(child(boot)), ...deviceInfo }),
  ),
);
export type Redirdev = Infer<typeof redirdev>;
