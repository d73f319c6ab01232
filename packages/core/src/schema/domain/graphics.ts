import { attr, childAttr } from '../../xml/attribute.js';
import type { FormatContext } from '../../xml/context.js';
import { child, children, element, type Infer } from '../../xml/element.js';
import { optional, when } from '../../xml/field.js';
import { int, oneOf, string, uint, yesNo } from '../../xml/scalars.js';
import { variants } from '../../xml/variants.js';
import { joinListens, listen } from './graphics-listen.js';

const gl = element('gl', { enable: optional(attr(yesNo)), rendernode: optional(attr(string)) });
const secret = when((cx) => cx.secure, optional(attr(string)));
const password = {
  passwd: secret,
  passwdValidTo: when((cx) => cx.secure, optional(attr(string))),
  connected: when(
    (cx) => cx.secure,
    optional(attr(oneOf('fail', 'disconnect', 'keep'), { absent: 'default' })),
  ),
};
const policy = oneOf('any', 'secure', 'insecure');
const listens = { listen: optional(attr(string)) };
const glChild = { gl: optional(child(gl)) };
const audio = { audio: optional(childAttr('audio', 'id', uint())) };
const port = { port: optional(attr(int())), autoport: optional(attr(yesNo)) };

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

type GraphicsValue = Infer<typeof graphicsVariants>;
const graphicsVariants = variants('type', arms);

/** The attribute `listen` and `socket` are forms of `<listen>`; inside there is only the list. */
function fromAttributes(value: GraphicsValue): GraphicsValue {
  if (!('listens' in value)) return value;
  const { listen: _listen, ...rest } = value;
  const joined = { ...rest, listens: joinListens(value) };
  if ('socket' in joined) {
    const { socket: _socket, ...withoutSocket } = joined;
    return withAutoport(withoutSocket as GraphicsValue);
  }
  return withAutoport(joined as GraphicsValue);
}

function withAutoport(value: GraphicsValue): GraphicsValue {
  if (!('listens' in value)) return value;
  return value;
}

function toAttributes(value: GraphicsValue, cx: FormatContext): GraphicsValue {
  if (!('listens' in value)) return value;
  return { ...value, ...legacyAttributes(value, cx) } as GraphicsValue;
}

function legacyAttributes(value: Extract<GraphicsValue, { listens: unknown }>, _cx: FormatContext) {
  const [first] = value.listens;
  if (value.type === 'vnc' && first?.type === 'socket' && first.socket !== undefined)
    return { socket: first.socket };
  const withAddress = value.listens.find((it) => it.type === 'address' || it.type === 'network');
  if (withAddress === undefined || !('address' in withAddress)) return {};
  return withAddress.address === undefined ? {} : { listen: withAddress.address };
}

/** `<graphics>`: a display that people look at. */
export const graphics = element('graphics', graphicsVariants, {
  adjust: fromAttributes,
  printed: toAttributes,
});
export type Graphics = Infer<typeof graphics>;
