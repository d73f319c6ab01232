import type { VirError } from '../errors/vir-error.js';
import { badAttribute, missingAttribute } from './errors.js';
import { type Draft, type Fields, type FieldsValue, fields, type Group, type GroupValue } from './group.js';
import { attributeOf, type XmlElement } from './node.js';
import type { Shape } from './shape.js';

type Arm = Fields | Group<unknown>;
type Arms = { readonly [name: string]: Arm };
type ArmValue<A> = A extends Group<unknown> ? GroupValue<A> : A extends Fields ? FieldsValue<A> : never;

export type VariantsValue<K extends string, A extends Arms> = {
  [N in keyof A & string]: { readonly [P in K]: N } & ArmValue<A[N]>;
}[keyof A & string];

export interface VariantsOptions<N extends string> {
  /** Taken when the attribute is missing. */
  readonly fallback?: NoInfer<N>;
  /** The attribute, where it is not called like the property. */
  readonly attribute?: string;
  /** The attribute is not printed for these. */
  readonly unprinted?: readonly NoInfer<N>[];
  /** What to say of a value that is none of the arms'. */
  readonly unknown?: (value: string) => VirError;
  /** What to say when the attribute is missing and there is no fallback. */
  readonly missing?: () => VirError;
  /** Looks at the element before it is read, and throws. */
  readonly look?: (node: XmlElement, name: NoInfer<N>) => void;
}

function isGroup(arm: Arm): arm is Group<unknown> {
  return typeof arm.readInto === 'function';
}

/**
 * A union told apart by an attribute: the value is the arm's, with the attribute in the property `key`.
 */
export function variants<const K extends string, A extends Arms>(
  key: K,
  arms: A,
  options: VariantsOptions<keyof A & string> = {},
): Group<VariantsValue<K, A>> {
  const attribute = options.attribute ?? key;
  const groups = new Map<string, Group<unknown>>();
  for (const [name, arm] of Object.entries(arms)) groups.set(name, isGroup(arm) ? arm : fields(arm));
  const unprinted: ReadonlySet<unknown> = new Set(options.unprinted);
  const armOf = (value: Draft): Group<unknown> | undefined => groups.get(String(value[key]));
  return {
    shape: shapeOf(key, attribute, groups, options.fallback !== undefined),
    readInto(draft, node, cx) {
      const written = attributeOf(node, attribute);
      const name = written ?? options.fallback;
      if (name === undefined) throw options.missing?.() ?? missingAttribute(node.name, attribute);
      const arm = groups.get(name);
      if (arm === undefined) throw options.unknown?.(name) ?? badAttribute(node, attribute, name);
      options.look?.(node, name as never);
      draft[key] = name;
      arm.readInto(draft, node, cx);
    },
    writeAttributes(writer, value, cx) {
      const name = value[key];
      if (name !== undefined && !unprinted.has(name)) writer.attribute(attribute, String(name));
      armOf(value)?.writeAttributes(writer, value, cx);
    },
    writeContent(writer, value, cx) {
      armOf(value)?.writeContent(writer, value, cx);
    },
  };
}

function shapeOf(
  key: string,
  attribute: string,
  groups: ReadonlyMap<string, Group<unknown>>,
  isOptional: boolean,
): Shape {
  const arms = Object.fromEntries([...groups].map(([name, group]) => [name, group.shape]));
  return { kind: 'variants', attribute, key, optional: isOptional, arms };
}
