// QEMU's description of its own commands (docs/devel/qapi-code-gen, "Client JSON Protocol introspection").

interface Member {
  readonly name: string;
  readonly type: string;
  readonly features?: readonly string[];
}

interface Entity {
  readonly name: string;
  readonly 'meta-type': string;
  readonly 'arg-type'?: string;
  readonly 'ret-type'?: string;
  readonly 'element-type'?: string;
  readonly members?: readonly (Member & { readonly type: string })[];
  readonly variants?: readonly { readonly case: string; readonly type: string }[];
  readonly values?: readonly string[];
  readonly features?: readonly string[];
}

export class QapiSchema {
  readonly #byName = new Map<string, Entity>();

  /** @param reply what `query-qmp-schema` returned */
  constructor(reply: unknown) {
    for (const entity of reply as readonly Entity[]) this.#byName.set(entity.name, entity);
  }

  hasCommand(name: string): boolean {
    return this.#byName.get(name)?.['meta-type'] === 'command';
  }

  /**
   * Whether something can be reached from a command or event by `path`, words between slashes: `arg-type` and `ret-type`; the
   * name of a member; `+case` the variant of that name; `^value` a value of an enumeration; `$feature` a feature.
   */
  has(path: string): boolean {
    const [first = '', ...words] = path.split('/');
    return this.#walk(this.#byName.get(first), words);
  }

  #walk(entity: Entity | undefined, words: readonly string[]): boolean {
    if (entity === undefined) return false;
    const [word, ...rest] = words;
    if (word === undefined) return true;
    const list = entity['element-type'];
    if (list !== undefined) return this.#walk(this.#byName.get(list), words);
    if (word.startsWith('^')) return hasValue(entity, word.slice(1));
    if (word.startsWith('$')) return entity.features?.includes(word.slice(1)) ?? false;
    if (word === 'arg-type' || word === 'ret-type')
      return this.#walk(this.#byName.get(entity[word] ?? ''), rest);
    if (word.startsWith('+')) {
      const variant = entity.variants?.find((one) => one.case === word.slice(1));
      return variant !== undefined && this.#walk(this.#byName.get(variant.type), rest);
    }
    const member = entity.members?.find((one) => one.name === word);
    if (member === undefined) return false;
    const [next] = rest;
    if (next?.startsWith('$')) return member.features?.includes(next.slice(1)) ?? false;
    return this.#walk(this.#byName.get(member.type), rest);
  }
}

function hasValue(entity: Entity, value: string): boolean {
  if (entity.values?.includes(value)) return true;
  return (
    (entity.members as readonly { readonly name: string }[] | undefined)?.some((one) => one.name === value) ??
    false
  );
}
