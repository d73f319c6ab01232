import type { ElementShape, ScalarShape, Shape } from '../xml/shape.js';

// Documents made from the declarations: mostly what they allow, now and then what nobody expects.

/** Draws the whole numbers below `bound`. */
type Draw = (bound: number) => number;

/** Numbers below a bound, the same for the same seed (xorshift). */
function drawing(seed: number): Draw {
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}

/** What stands where a word, a path, an address or a number is wanted. */
const PLAUSIBLE = [
  '0',
  '1',
  '2',
  '3',
  '7',
  '16',
  '255',
  '1024',
  '0x1',
  '0x1f',
  '1-3',
  '0,2',
  'yes',
  'on',
  'default',
  'vda',
  'hda',
  'sda',
  'fda',
  'name',
  'net0',
  '/tmp/file',
  '/dev/null',
  '127.0.0.1',
  '::1',
  '10.0.2.15',
  'example.org',
  'tcp',
  'http://example.org/a?b=c',
  '52:54:00:12:34:56',
  '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
  'x86_64',
  'q35',
  'pc',
  'virtio',
  'ide',
  'scsi',
  'usb',
  'sata',
  'qcow2',
  'raw',
  'host',
  'GiB',
  'KiB',
  'utc',
  'auto',
  'none',
  'guest',
  'org.qemu.guest_agent.0',
  '0.5',
  '1.0',
  '0xffff',
  'a,b',
  'a=b',
];
/** What nobody would write. */
const HOSTILE = [
  '',
  ' ',
  '-1',
  '4294967295',
  '4294967296',
  '18446744073709551615',
  '18446744073709551616',
  '99999999999999999999999',
  '0x',
  '1e3',
  '1.5',
  'NaN',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'ä€😀',
  '%s',
  '../../etc',
  '/',
  '//',
  'a'.repeat(300),
  '1-',
  '-',
  ',',
  '^3',
  '0-100000000',
  '0:0:0',
  ':::',
  '[::1]:1',
  '\u{10ffff}',
  'a\tb',
  'true',
  'null',
  '1 2',
];
const MAX_DEPTH = 7;

interface DocumentOptions {
  /** One of so many values is hostile; 0: none. */
  readonly hostileOneIn: number;
  /** One of so many optional parts is there. */
  readonly optionalOneIn: number;
}

/** The elements that may stand directly in one of this shape. */
function elementsIn(shape: Shape): readonly ElementShape[] {
  switch (shape.kind) {
    case 'element':
      return [shape];
    case 'group':
      return shape.members.flatMap((member) => elementsIn(member.shape));
    case 'variants':
      return Object.values(shape.arms).flatMap(elementsIn);
    case 'attribute':
    case 'text':
    case 'anything':
      return [];
  }
}

const IN_EVERY_DOMAIN = ['devices', 'name', 'uuid', 'os'];

/** Domains with a few elements of `domainShape` each: the same for the same seed. */
export function domainDocuments(domainShape: ElementShape): (seed: number) => string {
  const inDomain = elementsIn(domainShape.body());
  const devicesShape = inDomain.find(({ name }) => name === 'devices');
  const devices = devicesShape === undefined ? [] : elementsIn(devicesShape.body());
  const others = inDomain.filter(({ name }) => !IN_EVERY_DOMAIN.includes(name));
  return (seed) => {
    const draw = drawing(seed * 7919);
    const options = { hostileOneIn: pick([0, 6, 30], draw), optionalOneIn: 2 + draw(3) };
    const some = (shapes: readonly ElementShape[], most: number): string =>
      Array.from({ length: draw(most + 1) }, () => arbitraryElement(pick(shapes, draw), draw, options)).join(
        '',
      );
    const type = pick(['kvm', 'qemu'], draw);
    const machine = pick(['', " machine='q35'", " machine='pc'", " machine='microvm'"], draw);
    const head = `<domain type='${type}'><name>n</name><memory>1024</memory><os><type${machine}>hvm</type></os>`;
    return `${head}${some(others, 2)}<devices>${some(devices, 3)}</devices></domain>`;
  };
}

/** One element as `shape` describes it, with all that must be in it. */
function arbitraryElement(shape: ElementShape, draw: Draw, options: DocumentOptions): string {
  return elementText(shape, { draw, options, depth: 0 });
}

interface Making {
  readonly draw: Draw;
  readonly options: DocumentOptions;
  readonly depth: number;
}

interface Parts {
  readonly attributes: string[];
  readonly content: string[];
}

function elementText(shape: ElementShape, making: Making): string {
  const parts: Parts = { attributes: [], content: [] };
  collect(shape.body(), { ...making, depth: making.depth + 1 }, parts);
  const { namespace } = shape;
  const name = namespace === undefined ? shape.name : `${namespace.prefix}:${shape.name}`;
  const declared = namespace === undefined ? '' : ` xmlns:${namespace.prefix}='${namespace.uri}'`;
  return `<${name}${declared}${parts.attributes.join('')}>${parts.content.join('')}</${name}>`;
}

function collect(shape: Shape, making: Making, into: Parts): void {
  switch (shape.kind) {
    case 'attribute':
      if (shape.optional && !isThere(making)) return;
      into.attributes.push(` ${shape.name}='${escaped(scalarText(shape.scalar, making))}'`);
      return;
    case 'text':
      if (shape.optional && !isThere(making)) return;
      into.content.push(escaped(scalarText(shape.scalar, making)));
      return;
    case 'anything':
      if (isThere(making)) into.content.push(`<${shape.name}><a b='c'>d</a></${shape.name}>`);
      return;
    case 'element':
      collectElements(shape, making, into);
      return;
    case 'group':
      for (const member of shape.members) collect(member.shape, making, into);
      return;
    case 'variants': {
      if (shape.optional && !isThere(making)) return;
      const arms = Object.entries(shape.arms);
      const [name, arm] = pick(arms, making.draw);
      into.attributes.push(` ${shape.attribute}='${escaped(name)}'`);
      collect(arm, making, into);
    }
  }
}

function collectElements(shape: ElementShape, making: Making, into: Parts): void {
  if (making.depth > MAX_DEPTH) return;
  const count =
    shape.occurs === 'once' ? 1 : isThere(making) ? 1 + making.draw(shape.occurs === 'many' ? 2 : 1) : 0;
  for (let i = 0; i < count; i++) into.content.push(elementText(shape, making));
}

function isThere({ draw, options }: Making): boolean {
  return draw(options.optionalOneIn) === 0;
}

function scalarText(scalar: ScalarShape, { draw, options }: Making): string {
  if (options.hostileOneIn > 0 && draw(options.hostileOneIn) === 0) return pick(HOSTILE, draw);
  switch (scalar.type) {
    case 'string':
      return pick(PLAUSIBLE, draw);
    case 'boolean':
      return pick(scalar.words, draw);
    case 'choice':
      return pick(scalar.values, draw);
    case 'integer':
      return String(draw(4) === 0 ? draw(2 ** Math.min(scalar.bits - 1, 31)) : draw(9));
  }
}

function pick<T>(list: readonly T[], draw: Draw): T {
  return list[draw(list.length)] as T;
}

function escaped(text: string): string {
  return text.replace(/[&<']/g, (it) => (it === '&' ? '&amp;' : it === '<' ? '&lt;' : '&apos;'));
}
