import { VirError } from '../../errors/vir-error.js';
import { attr, childAttr } from '../../xml/attribute.js';
import type { FormatContext } from '../../xml/context.js';
import { child, children, element, type Infer } from '../../xml/element.js';
import { optional, when } from '../../xml/field.js';
import { int, oneOf, string, uint, yesNo } from '../../xml/scalars.js';
import { variants } from '../../xml/variants.js';
import { joinListens, type Listen, listen } from './graphics-listen.js';

const gl = element('gl', { enable: optional(attr(yesNo)), rendernode: optional(attr(string)) });
const secret = when((cx) => cx.secure, optional(attr(string)));
const password = {
  passwd: secret,
  passwdValidTo: optional(attr(string)),
  connected: optional(attr(oneOf('fail', 'disconnect', 'keep'), { absent: 'default' })),
};
const policy = oneOf('any', 'secure', 'insecure');
const listens = { listen: optional(attr(string)) };
const glChild = { gl: optional(child(gl)) };
const audio = { audio: optional(childAttr('audio', 'id', uint())) };
const badPort = {
  invalid: (value: string) => VirError.of('INTERNAL_ERROR', `cannot parse vnc port ${value}`),
};
const port = { port: optional(attr(int(), badPort)), autoport: optional(attr(yesNo)) };

const channel = element('channel', {
  name: attr(oneOf('main', 'display', 'inputs', 'cursor', 'playback', 'record', 'smartcard', 'usbredir')),
  mode: attr(policy),
});

const spice = {
  port: optional(attr(int())),
  tlsPort: optional(attr(int())),
  autoport: optional(attr(yesNo)),
  ...listens,
  keymap: optional(attr(string)),
  defaultMode: optional(attr(policy, { absent: 'any' })),
  ...password,
  listens: children(listen),
  ...glChild,
  channels: children(channel),
  image: optional(
    childAttr('image', 'compression', oneOf('auto_glz', 'auto_lz', 'quic', 'glz', 'lz', 'off')),
  ),
  jpeg: optional(childAttr('jpeg', 'compression', oneOf('auto', 'never', 'always'))),
  zlib: optional(childAttr('zlib', 'compression', oneOf('auto', 'never', 'always'))),
  playback: optional(childAttr('playback', 'compression', oneOf('on', 'off'))),
  streaming: optional(childAttr('streaming', 'mode', oneOf('filter', 'all', 'off'))),
  mouse: optional(childAttr('mouse', 'mode', oneOf('server', 'client'))),
  clipboard: optional(childAttr('clipboard', 'copypaste', yesNo)),
  filetransfer: optional(childAttr('filetransfer', 'enable', yesNo)),
};

const arms = {
  sdl: {
    display: optional(attr(string)),
    xauth: optional(attr(string)),
    fullscreen: optional(attr(yesNo)),
    ...glChild,
  },
  vnc: {
    socket: optional(attr(string)),
    ...port,
    websocket: optional(attr(int())),
    ...listens,
    keymap: optional(attr(string)),
    sharePolicy: optional(attr(oneOf('ignore', 'allow-exclusive', 'force-shared'), { absent: 'default' })),
    powerControl: optional(attr(yesNo)),
    ...password,
    listens: children(listen),
    ...glChild,
    ...audio,
  },
  rdp: {
    ...port,
    username: when((cx) => cx.secure, optional(attr(string))),
    passwd: secret,
    replaceUser: optional(attr(yesNo)),
    multiUser: optional(attr(yesNo)),
    ...listens,
    listens: children(listen),
  },
  desktop: { display: optional(attr(string)), fullscreen: optional(attr(yesNo)) },
  spice,
  'egl-headless': glChild,
  dbus: {
    p2p: optional(attr(yesNo)),
    address: optional(attr(string)),
    ...glChild,
    ...audio,
  },
};

const graphicsVariants = variants('type', arms);
type GraphicsValue = Infer<typeof graphicsVariants>;
type Vnc = Extract<GraphicsValue, { type: 'vnc' }>;
type Spice = Extract<GraphicsValue, { type: 'spice' }>;

/** Older forms of the same: `listen` and `socket` beside `<listen>`, the port -1 for `autoport`. */
function fromAttributes(value: GraphicsValue): GraphicsValue {
  switch (value.type) {
    case 'vnc':
      return fromVnc(value);
    case 'spice':
      return fromSpice(value);
    case 'rdp':
      return { ...withoutListen(value), listens: joinListens(value) };
    default:
      return value;
  }
}

function withoutListen<T extends { readonly listen?: string }>({ listen: _, ...rest }: T): Omit<T, 'listen'> {
  return rest;
}

function fromVnc(value: Vnc): Vnc {
  const { socket: _socket, port: written, ...rest } = withoutListen(value);
  const port = written === undefined || written === -1 ? {} : { port: written };
  const autoport = value.autoport ?? (written === undefined || written === -1);
  return { ...rest, ...port, autoport, listens: joinListens(value) };
}

function fromSpice(value: Spice): Spice {
  const { port, tlsPort, ...rest } = withoutListen(value);
  const isAutomatic = port === -1 && tlsPort === -1;
  return {
    ...rest,
    ...(port === undefined || port === 0 ? {} : { port }),
    ...(tlsPort === undefined || tlsPort === 0 ? {} : { tlsPort }),
    autoport: isAutomatic || (value.autoport ?? false),
    listens: joinListens(value),
  };
}

function toAttributes(value: GraphicsValue, cx: FormatContext): Partial<GraphicsValue> {
  switch (value.type) {
    case 'vnc':
      return toVnc(value, cx);
    case 'spice':
      return toSpice(value, cx);
    case 'rdp':
      return { ...value, ...listenAttribute(value.listens[0], cx) };
    default:
      return value;
  }
}

function toVnc(value: Vnc, cx: FormatContext): Partial<Vnc> {
  const [first] = value.listens;
  const { port: assigned, autoport, websocket, ...rest } = value;
  if (first?.type === 'socket')
    return { ...rest, ...(first.socket === undefined ? {} : { socket: first.socket }) };
  if (first?.type === 'none') return rest;
  const isShown = assigned !== undefined && assigned !== 0 && !(autoport === true && cx.inactive);
  return {
    ...rest,
    ...(isShown ? { port: assigned } : autoport === true ? { port: -1 } : {}),
    autoport: autoport ?? false,
    ...(websocket === undefined ? {} : { websocket }),
    ...listenAttribute(first, cx),
  };
}

function toSpice(value: Spice, cx: FormatContext): Partial<Spice> {
  const [first] = value.listens;
  const { port, tlsPort, autoport, ...rest } = value;
  if (first?.type === 'socket' || first?.type === 'none') return rest;
  const areShown = !(autoport === true && cx.inactive);
  return {
    ...rest,
    ...(areShown && port !== undefined ? { port } : {}),
    ...(areShown && tlsPort !== undefined ? { tlsPort } : {}),
    autoport: autoport ?? false,
    ...listenAttribute(first, cx),
  };
}

/** What clients that know no `<listen>` read. */
function listenAttribute(first: Listen | undefined, cx: FormatContext): { readonly listen?: string } {
  if (first === undefined || (first.type !== 'address' && first.type !== 'network')) return {};
  if (first.address === undefined || (first.type === 'network' && cx.inactive)) return {};
  return { listen: first.address };
}

/** `<graphics>`: a display that people look at. */
export const graphics = element('graphics', graphicsVariants, {
  adjust: fromAttributes,
  printed: toAttributes,
});
export type Graphics = GraphicsValue;
