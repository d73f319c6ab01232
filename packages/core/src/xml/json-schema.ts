import type { ElementShape, Member, ScalarShape, Shape } from './shape.js';

/** A JSON Schema (2020-12) as plain data. */
export type JsonSchema = { readonly [keyword: string]: unknown };

/** Schemas of elements' values, made once and referred to by name. */
class Definitions {
  readonly #names = new Map<() => Shape, string>();
  readonly #schemas: Record<string, JsonSchema> = {};

  refer(shape: ElementShape): JsonSchema {
    let name = this.#names.get(shape.body);
    if (name === undefined) {
      name = this.#unused(shape.name);
      this.#names.set(shape.body, name);
      this.#schemas[name] = {};
      this.#schemas[name] = valueSchema(shape.body(), this);
    }
    return { $ref: `#/$defs/${name}` };
  }

  #unused(wanted: string): string {
    for (let count = 1; ; count++) {
      const name = count === 1 ? wanted : `${wanted}-${count}`;
      if (this.#schemas[name] === undefined) return name;
    }
  }

  all(): JsonSchema {
    return this.#schemas;
  }
}

/** What the value of this element looks like as JSON; 64-bit numbers are integers there too. */
export function jsonSchema(root: ElementShape): JsonSchema {
  const definitions = new Definitions();
  const reference = definitions.refer(root);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    ...reference,
    $defs: definitions.all(),
  };
}

function valueSchema(shape: Shape, definitions: Definitions): JsonSchema {
  switch (shape.kind) {
    case 'attribute':
    case 'text':
      return scalarSchema(shape.scalar);
    case 'element':
      return shape.occurs === 'many'
        ? { type: 'array', items: definitions.refer(shape) }
        : definitions.refer(shape);
    case 'anything':
      return { type: 'object' };
    case 'group':
      return groupSchema(shape.members, definitions);
    case 'variants':
      return {
        oneOf: Object.entries(shape.arms).map(([name, arm]) => ({
          allOf: [
            { type: 'object', required: [shape.key], properties: { [shape.key]: { const: name } } },
            valueSchema(arm, definitions),
          ],
        })),
      };
  }
}

function groupSchema(members: readonly Member[], definitions: Definitions): JsonSchema {
  const properties: Record<string, JsonSchema> = {};
  const required: string[] = [];
  const spread: JsonSchema[] = [];
  for (const { key, shape } of members) {
    const schema = valueSchema(shape, definitions);
    if (key === undefined) {
      spread.push(schema);
      continue;
    }
    properties[key] =
      'doc' in shape && shape.doc !== undefined ? { description: shape.doc, ...schema } : schema;
    if (isRequired(shape)) required.push(key);
  }
  const own = { type: 'object', properties, ...(required.length === 0 ? {} : { required }) };
  return spread.length === 0 ? own : { allOf: [own, ...spread] };
}

function isRequired(shape: Shape): boolean {
  if (shape.kind === 'attribute' || shape.kind === 'text' || shape.kind === 'variants')
    return !shape.optional;
  return shape.kind === 'element' && shape.occurs !== 'optional';
}

function scalarSchema(scalar: ScalarShape): JsonSchema {
  switch (scalar.type) {
    case 'string':
      return scalar.pattern === undefined
        ? { type: 'string' }
        : { type: 'string', pattern: `^(${scalar.pattern})$` };
    case 'boolean':
      return { type: 'boolean' };
    case 'choice':
      return { type: 'string', enum: scalar.values };
    case 'integer':
      return { type: 'integer', ...range(scalar.signed, scalar.bits) };
  }
}

function range(isSigned: boolean, bits: number): JsonSchema {
  if (bits === 64) return isSigned ? {} : { minimum: 0 };
  return isSigned
    ? { minimum: -(2 ** (bits - 1)), maximum: 2 ** (bits - 1) - 1 }
    : { minimum: 0, maximum: 2 ** bits - 1 };
}
