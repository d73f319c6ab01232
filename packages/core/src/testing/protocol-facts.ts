import type { AclRule } from '../protocol/procedure.js';
import type { Fields, WireType } from '../wire/types.js';

// Shapes of messages as short text, so that rows can be compared with facts that were gathered elsewhere:
// `{name: string<4194304>, params: {…}[16]}`. A question mark follows what may be absent.

/** A field as the facts about libvirt's protocol files describe it. */
interface FactField {
  readonly name: string;
  readonly type: string;
  readonly array: null | 'optional' | 'fixed' | 'variable';
  readonly max?: number | null;
  readonly length?: number;
}

interface FactStruct {
  readonly fields: readonly FactField[];
}

interface FactUnion {
  readonly cases: readonly { readonly value: number; readonly field: FactField }[];
}

interface FactRule {
  readonly object: string;
  readonly perm: string;
  readonly when_flags?: { readonly negated: boolean; readonly any_of: readonly string[] };
}

interface FactProcedure {
  readonly number: number;
  readonly short: string;
  readonly args: string | null;
  readonly ret: string | null;
  readonly msg?: string | null;
  readonly event: boolean;
  readonly priority?: string;
  readonly acl?: readonly FactRule[];
  readonly aclfilter?: readonly FactRule[];
  readonly api?: string;
  readonly api_since?: string;
  readonly on_readonly_connection?: string;
  readonly readstream?: number;
  readonly writestream?: number;
  readonly sparseflag?: string;
}

/** One of the files that hold what is known of libvirt's programs. */
export interface ProgramFacts {
  readonly program: number;
  readonly version: number;
  readonly typedefs: { readonly [name: string]: Omit<FactField, 'name'> };
  readonly enums: { readonly [name: string]: unknown };
  readonly structs: { readonly [name: string]: FactStruct };
  readonly unions: { readonly [name: string]: FactUnion };
  readonly procedures: readonly FactProcedure[];
}

/** What the comparison needs of one procedure or message. */
export interface ProcedureFacts {
  readonly number: number;
  readonly name: string;
  readonly event: boolean;
  readonly args: string;
  readonly returns: string;
  readonly priority?: string;
  readonly acl?: readonly string[];
  readonly aclFilter?: readonly string[];
  readonly api?: string;
  readonly since?: string;
  readonly readOnly?: string;
  readonly stream?: 'read' | 'write';
  readonly sparse?: string;
}

export interface GoldenProgram {
  readonly program: number;
  readonly version: number;
  readonly procedures: readonly ProcedureFacts[];
}

export function camelCase(name: string): string {
  return name.replace(/_+(.)/g, (_, letter: string) => letter.toUpperCase());
}

const SCALARS = new Set(['int', 'uint', 'hyper', 'uhyper', 'double']);
const limitOf = (max: number | null | undefined): string => (max == null ? '*' : String(max));

class Shapes {
  readonly #facts: ProgramFacts;

  constructor(facts: ProgramFacts) {
    this.#facts = facts;
  }

  named(name: string | null | undefined): string {
    if (name == null) return '{}';
    const struct = this.#facts.structs[name];
    if (struct === undefined) throw new Error(`no struct ${name}`);
    return `{${struct.fields.map((field) => `${camelCase(field.name)}: ${this.field(field)}`).join(', ')}}`;
  }

  field(field: Omit<FactField, 'name'>): string {
    const { type, array } = field;
    if (type === 'string') return `string<${limitOf(field.max)}>`;
    if (type === 'opaque' && array === 'fixed' && field.length === 16) return 'uuid';
    if (type === 'opaque' && array === 'variable') return `bytes<${limitOf(field.max)}>`;
    if (type === 'char' && array === 'fixed') return `chars[${field.length}]`;
    if (type === 'char' && array === 'variable') return `chars<${limitOf(field.max)}>`;
    if (array === null) return this.#plain(type);
    if (array === 'optional') return `${this.#plain(type)}?`;
    if (array === 'variable') return `${this.#plain(type)}[${limitOf(field.max)}]`;
    throw new Error(`a field of ${type} that is ${array}`);
  }

  #plain(type: string): string {
    if (SCALARS.has(type)) return type;
    if (type === 'char' || type === 'short' || type in this.#facts.enums) return 'int';
    if (type === 'uchar' || type === 'ushort') return 'uint';
    const alias = this.#facts.typedefs[type];
    if (alias !== undefined) return this.field(alias);
    const union = this.#facts.unions[type];
    if (union !== undefined) {
      return `(${union.cases.map((one) => `${one.value}: ${this.field(one.field)}`).join(' | ')})`;
    }
    return this.named(type);
  }
}

/** What a flag is called in libvirt's headers to its value. */
export type FlagValues = { readonly [name: string]: number };

function ruleText(rule: FactRule, flags: FlagValues): string {
  const when = rule.when_flags;
  if (when === undefined) return `${rule.object}:${rule.perm}`;
  const mask = when.any_of.reduce((bits, name) => bits | (flags[name] ?? 0), 0);
  return `${rule.object}:${rule.perm} ${when.negated ? 'without' : 'with'} ${mask}`;
}

/** A rule of a row in the same words. */
export function ruleShape(rule: AclRule): string {
  const when = rule.whenFlags;
  if (when === undefined) return `${rule.object}:${rule.permission}`;
  return `${rule.object}:${rule.permission} ${when.negated ? 'without' : 'with'} ${when.anyOf}`;
}

function procedureFacts(one: FactProcedure, shapes: Shapes, flags: FlagValues): ProcedureFacts {
  const stream = one.readstream !== undefined ? 'read' : one.writestream !== undefined ? 'write' : undefined;
  return {
    number: one.number,
    name: one.short,
    event: one.event,
    args: shapes.named(one.event ? (one.msg ?? one.args) : one.args),
    returns: shapes.named(one.ret),
    ...(one.event || one.priority === undefined ? {} : { priority: one.priority }),
    ...(one.acl === undefined ? {} : { acl: one.acl.map((rule) => ruleText(rule, flags)) }),
    ...(one.aclfilter === undefined ? {} : { aclFilter: one.aclfilter.map((rule) => ruleText(rule, flags)) }),
    ...(one.api ? { api: one.api } : {}),
    ...(one.api_since ? { since: one.api_since } : {}),
    ...(one.on_readonly_connection ? { readOnly: one.on_readonly_connection } : {}),
    ...(stream === undefined ? {} : { stream }),
    ...(one.sparseflag === undefined ? {} : { sparse: one.sparseflag }),
  };
}

/** Cuts facts down to what the golden files hold. */
export function goldenProgram(facts: ProgramFacts, flags: FlagValues): GoldenProgram {
  const shapes = new Shapes(facts);
  return {
    program: facts.program,
    version: facts.version,
    procedures: facts.procedures.map((one) => procedureFacts(one, shapes, flags)),
  };
}

const maxText = (max: number): string => (max === 0xffff_ffff ? '*' : String(max));

/** A type of a row in the same words. */
export function typeShape(type: WireType): string {
  switch (type.kind) {
    case 'int':
    case 'uint':
    case 'hyper':
    case 'uhyper':
    case 'double':
    case 'uuid':
      return type.kind;
    case 'string':
      return `string<${maxText(type.max)}>`;
    case 'bytes':
      return `bytes<${maxText(type.max)}>`;
    case 'chars':
      return type.fixed ? `chars[${type.max}]` : `chars<${maxText(type.max)}>`;
    case 'optional':
      return `${typeShape(type.of)}?`;
    case 'array':
      return `${typeShape(type.of)}[${maxText(type.max)}]`;
    case 'struct':
      return fieldsShape(type.fields);
    case 'union': {
      const arms = Object.values(type.arms).map((arm) => `${arm.tag}: ${typeShape(arm.of)}`);
      return `(${arms.join(' | ')})`;
    }
  }
}

/** The fields of a row in the same words. */
export function fieldsShape(fields: Fields): string {
  const parts = Object.entries(fields).map(([name, type]) => `${name}: ${typeShape(type)}`);
  return `{${parts.join(', ')}}`;
}
