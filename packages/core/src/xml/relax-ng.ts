import type { ElementShape, Member, ScalarShape, Shape } from './shape.js';
import { XmlWriter } from './writer.js';

/** Writes one grammar; each element's content becomes a definition that its uses refer to. */
class Grammar {
  readonly #names = new Map<() => Shape, string>();
  readonly #waiting: { readonly name: string; readonly shape: ElementShape }[] = [];

  /** The name of the definition of an element; recursion ends here. */
  refer(shape: ElementShape): string {
    const known = this.#names.get(shape.body);
    if (known !== undefined) return known;
    const name = this.#unused(shape.name.replace(/[^\w.-]/g, '-'));
    this.#names.set(shape.body, name);
    this.#waiting.push({ name, shape });
    return name;
  }

  #unused(wanted: string): string {
    const taken = new Set(this.#names.values());
    for (let count = 1; ; count++) {
      const name = count === 1 ? wanted : `${wanted}-${count}`;
      if (name !== ANYTHING && !taken.has(name)) return name;
    }
  }

  write(writer: XmlWriter): void {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      const { name, shape } = next;
      writer.element('define', 'keep', () => {
        writer.attribute('name', name);
        writeElement(writer, shape, this);
      });
    }
  }
}

const ANYTHING = 'anything';

/** The grammar of documents with this root, in RELAX NG's XML syntax. */
export function relaxNg(root: ElementShape): string {
  const writer = new XmlWriter();
  writer.element('grammar', 'keep', () => {
    writer.attribute('xmlns', 'http://relaxng.org/ns/structure/1.0');
    writer.attribute('datatypeLibrary', 'http://www.w3.org/2001/XMLSchema-datatypes');
    const grammar = new Grammar();
    writer.element('start', 'keep', () => reference(writer, grammar.refer(root)));
    grammar.write(writer);
    writeAnything(writer);
  });
  return writer.toString();
}

function reference(writer: XmlWriter, name: string): void {
  writer.element('ref', 'keep', () => writer.attribute('name', name));
}

function writeElement(writer: XmlWriter, shape: ElementShape, grammar: Grammar): void {
  writer.element('element', 'keep', () => {
    writer.attribute('name', shape.name);
    if (shape.namespace !== undefined) writer.attribute('ns', shape.namespace.uri);
    writeBody(writer, shape.body(), grammar);
  });
}

function writeBody(writer: XmlWriter, shape: Shape, grammar: Grammar): void {
  writer.element('interleave', 'keep', () => {
    writer.element('empty', 'keep', () => undefined);
    writeShape(writer, shape, grammar);
  });
}

function writeShape(writer: XmlWriter, shape: Shape, grammar: Grammar): void {
  switch (shape.kind) {
    case 'attribute':
      optionally(writer, shape.optional, () => {
        writer.element('attribute', 'keep', () => {
          writer.attribute('name', shape.name);
          writeScalar(writer, shape.scalar);
        });
      });
      return;
    case 'text':
      writeText(writer, shape.scalar, shape.optional);
      return;
    case 'element':
      writeOccurrence(writer, shape.occurs, () => reference(writer, grammar.refer(shape)));
      return;
    case 'anything':
      optionally(writer, true, () => {
        writer.element('element', 'keep', () => {
          writer.attribute('name', shape.name);
          reference(writer, ANYTHING);
        });
      });
      return;
    case 'group':
      writeMembers(writer, shape.members, grammar);
      return;
    case 'variants':
      writeVariants(writer, shape, grammar);
      return;
  }
}

/** Elements of one name may not stand in two branches of an interleave, so they are written once, as many. */
function writeMembers(writer: XmlWriter, members: readonly Member[], grammar: Grammar): void {
  const seen = new Set<string>();
  const names = members.flatMap(({ shape }) => (shape.kind === 'element' ? [shape.name] : []));
  for (const { shape } of members) {
    if (shape.kind !== 'element') {
      writeShape(writer, shape, grammar);
      continue;
    }
    const key = `${shape.name} ${shape.namespace?.uri ?? ''}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const isShared = names.filter((it) => it === shape.name).length > 1;
    writeShape(writer, isShared ? { ...shape, occurs: 'many' } : shape, grammar);
  }
}

function writeVariants(
  writer: XmlWriter,
  shape: Extract<Shape, { kind: 'variants' }>,
  grammar: Grammar,
): void {
  writer.element('choice', 'keep', () => {
    for (const [value, arm] of Object.entries(shape.arms)) {
      // libxml2 refuses an interleave of nothing but attributes, whose order never counts anyway.
      writer.element(holdsElements(arm) ? 'interleave' : 'group', 'keep', () => {
        optionally(writer, shape.optional, () => {
          writer.element('attribute', 'keep', () => {
            writer.attribute('name', shape.attribute);
            writer.leaf('value', value);
          });
        });
        writeShape(writer, arm, grammar);
      });
    }
  });
}

function holdsElements(shape: Shape): boolean {
  switch (shape.kind) {
    case 'attribute':
    case 'text':
      return false;
    case 'element':
    case 'anything':
      return true;
    case 'group':
      return shape.members.some((it) => holdsElements(it.shape));
    case 'variants':
      return Object.values(shape.arms).some(holdsElements);
  }
}

function optionally(writer: XmlWriter, isOptional: boolean, write: () => void): void {
  if (isOptional) writer.element('optional', 'keep', write);
  else write();
}

function writeOccurrence(writer: XmlWriter, occurs: ElementShape['occurs'], write: () => void): void {
  if (occurs === 'once') write();
  else writer.element(occurs === 'many' ? 'zeroOrMore' : 'optional', 'keep', write);
}

/** Text stands beside attributes in an interleave, where only `text` itself is allowed to be optional. */
function writeText(writer: XmlWriter, scalar: ScalarShape, isOptional: boolean): void {
  if (scalar.type === 'string' || isOptional) writer.element('text', 'keep', () => undefined);
  else writeScalar(writer, scalar);
}

function writeScalar(writer: XmlWriter, scalar: ScalarShape): void {
  switch (scalar.type) {
    case 'string':
      if (scalar.pattern === undefined) writer.element('text', 'keep', () => undefined);
      else writeData(writer, 'string', scalar.pattern);
      return;
    case 'boolean':
      writeChoice(writer, scalar.words);
      return;
    case 'choice':
      writeChoice(writer, scalar.values);
      return;
    case 'integer':
      writeData(writer, integerType(scalar.signed, scalar.bits));
      return;
  }
}

function integerType(isSigned: boolean, bits: 8 | 16 | 32 | 64): string {
  const plain = { 8: 'byte', 16: 'short', 32: 'int', 64: 'long' }[bits];
  return isSigned ? plain : `unsigned${plain.charAt(0).toUpperCase()}${plain.slice(1)}`;
}

function writeData(writer: XmlWriter, type: string, pattern?: string): void {
  writer.element('data', 'keep', () => {
    writer.attribute('type', type);
    if (pattern === undefined) return;
    writer.element('param', 'keep', () => {
      writer.attribute('name', 'pattern');
      writer.text(pattern);
    });
  });
}

function writeChoice(writer: XmlWriter, values: readonly string[]): void {
  writer.element('choice', 'keep', () => {
    for (const value of values) writer.leaf('value', value);
  });
}

function writeAnything(writer: XmlWriter): void {
  writer.element('define', 'keep', () => {
    writer.attribute('name', ANYTHING);
    writer.element('zeroOrMore', 'keep', () => {
      writer.element('choice', 'keep', () => {
        writer.element('attribute', 'keep', () => writer.element('anyName', 'keep', () => undefined));
        writer.element('text', 'keep', () => undefined);
        writer.element('element', 'keep', () => {
          writer.element('anyName', 'keep', () => undefined);
          reference(writer, ANYTHING);
        });
      });
    });
  });
}
