import { VirError } from '../errors/vir-error.js';
import { type NumberSet, parseNumberSet } from '../schema/bitmap.js';
import { expectRoot } from '../xml/element.js';
import { attributeOf, childOf, childrenOf, type XmlElement } from '../xml/node.js';
import { readXml } from '../xml/reader.js';
import {
  type CpuData,
  type CpuRegisters,
  type CpuSignature,
  placeOf,
  readRegisters,
  signatureOf,
  valuesOf,
  vendorRegisters,
} from './cpu-data.js';
import { bitsOf, type CpuBits, type CpuWords, union } from './cpu-words.js';

export interface CpuVendor {
  readonly name: string;
  readonly registers: CpuRegisters;
}

export interface CpuFeature {
  readonly name: string;
  readonly words: CpuWords;
  /** The same, to be looked for quickly. */
  readonly bits: CpuBits;
  /** Whether a guest that has it can move to another host. */
  readonly isMigratable: boolean;
}

interface ModelSignature {
  readonly family: number;
  readonly model: number;
  /** Every one where it does not say. */
  readonly steppings: NumberSet | undefined;
}

export interface CpuModel {
  readonly name: string;
  readonly vendor: CpuVendor | undefined;
  readonly signatures: readonly ModelSignature[];
  readonly words: CpuWords;
  /** Features that it once had: definitions say that they are off. */
  readonly removed: readonly string[];
  /** Features that it did not always have: they do not count. */
  readonly added: readonly string[];
  /** The model that this one is a version of, without any difference. */
  readonly standsBehind: string | undefined;
  /** Whether a host may be described by it, and a guest. */
  readonly forHost: boolean;
  readonly forGuest: boolean;
}

/** Vendors, features and models of x86 CPUs, as `cpu_map` of libvirt describes them. */
export class CpuMap {
  readonly vendors: readonly CpuVendor[];
  readonly features: readonly CpuFeature[];
  /** Later ones are newer. */
  readonly models: readonly CpuModel[];
  readonly #features: ReadonlyMap<string, CpuFeature>;
  readonly #aliases: ReadonlyMap<string, string>;
  readonly #models: ReadonlyMap<string, CpuModel>;
  readonly #places: ReadonlyMap<string, number>;

  constructor(parts: CpuMapParts) {
    this.vendors = parts.vendors;
    this.features = parts.features;
    this.models = parts.models;
    this.#aliases = parts.aliases;
    this.#places = parts.places;
    this.#features = new Map(parts.features.map((it) => [it.name, it]));
    this.#models = new Map(parts.models.map((it) => [it.name, it]));
  }

  feature(name: string): CpuFeature | undefined {
    return this.#features.get(name);
  }

  model(name: string): CpuModel | undefined {
    return this.#models.get(name);
  }

  /** The version of a model that its plain name stands for; undefined where the name is one of a version. */
  canonicalName(name: string): string | undefined {
    return this.models.find((it) => it.standsBehind === name)?.name;
  }

  vendor(name: string): CpuVendor | undefined {
    return this.vendors.find((it) => it.name === name);
  }

  /** libvirt's name of a feature that QEMU calls `name`; undefined when the map has none. */
  nameFromQemu(name: string): string | undefined {
    if (this.#features.has(name)) return name;
    return this.#aliases.get(name) ?? this.#aliases.get(name.replaceAll('_', '-'));
  }

  noWords(): CpuWords {
    return new Uint32Array(this.#places.size * 4);
  }

  /** Of what a CPU answered, the leaves that features are told by. */
  wordsOf(data: CpuData): CpuWords {
    const words = this.noWords();
    for (const registers of data) addRegisters(words, this.#places, registers);
    return words;
  }

  vendorOf(data: CpuData): CpuVendor | undefined {
    const answer = data.find((it) => it.type === 'cpuid' && it.leaf === 0 && it.subleaf === 0);
    if (answer === undefined) return undefined;
    const [, ...letters] = valuesOf(answer);
    return this.vendors.find(({ registers }) =>
      valuesOf(registers)
        .slice(1)
        .every((word, at) => word === letters[at]),
    );
  }
}

export function signatureIn(data: CpuData): CpuSignature | undefined {
  const answer = data.find((it) => it.type === 'cpuid' && it.leaf === 1 && it.subleaf === 0);
  return answer === undefined ? undefined : signatureOf(valuesOf(answer)[0]);
}

export function matchesSignature(model: CpuModel, signature: CpuSignature): boolean {
  return model.signatures.some(
    (it) =>
      it.family === signature.family &&
      it.model === signature.model &&
      (it.steppings === undefined || it.steppings.includes(signature.stepping)),
  );
}

interface CpuMapParts {
  readonly vendors: readonly CpuVendor[];
  readonly features: readonly CpuFeature[];
  readonly models: readonly CpuModel[];
  readonly aliases: ReadonlyMap<string, string>;
  readonly places: ReadonlyMap<string, number>;
}

function addRegisters(words: CpuWords, places: ReadonlyMap<string, number>, registers: CpuRegisters): void {
  const place = places.get(placeOf(registers));
  if (place === undefined) return;
  for (const [index, value] of valuesOf(registers).entries()) {
    words[place * 4 + index] = (words[place * 4 + index] ?? 0) | value;
  }
}

function malformed(detail: string): VirError {
  return VirError.of('INTERNAL_ERROR', detail, { domain: 'CPU' });
}

/** Names of the files that `index.xml` puts together for an architecture, in their order. */
export function cpuMapFiles(index: string, arch: string): readonly string[] {
  const root = expectRoot(readXml(index, { source: 'cpu_map', domain: 'CPU' }), 'cpus');
  const own = childrenOf(root, 'arch').find((it) => attributeOf(it, 'name') === arch);
  if (own === undefined) return [];
  const includesIn = (node: XmlElement): string[] =>
    node.children.flatMap((it) => {
      if (it.kind !== 'element') return [];
      if (it.name === 'include') return [attributeOf(it, 'filename') ?? ''];
      return it.name === 'group' ? includesIn(it) : [];
    });
  return includesIn(own);
}

/** @param texts the files that `cpuMapFiles` names, in that order @throws VirError when one is malformed */
export function readCpuMap(texts: readonly string[]): CpuMap {
  const roots = texts.map((text) => expectRoot(readXml(text, { source: 'cpu_map', domain: 'CPU' }), 'cpus'));
  const all = (name: string) => roots.flatMap((root) => childrenOf(root, name));
  const vendors = all('vendor').map((node) => ({
    name: nameOf(node),
    registers: vendorRegisters(attributeOf(node, 'string') ?? ''),
  }));
  const described = all('feature').map((node) => ({
    node,
    registers: [...childrenOf(node, 'cpuid'), ...childrenOf(node, 'msr')].map(readRegisters),
  }));
  const places = new Map<string, number>();
  for (const place of described.flatMap(({ registers }) => registers.map(placeOf))) {
    if (!places.has(place)) places.set(place, places.size);
  }
  const features = described.map(({ node, registers }) => {
    const words = new Uint32Array(places.size * 4);
    for (const it of registers) addRegisters(words, places, it);
    return {
      name: nameOf(node),
      words,
      bits: bitsOf(words),
      isMigratable: attributeOf(node, 'migratable') !== 'no',
    };
  });
  const models = readModels(all('model'), vendors, features);
  return new CpuMap({ vendors, features, models, places, aliases: readAliases(all('feature')) });
}

function nameOf(node: XmlElement): string {
  const name = attributeOf(node, 'name');
  if (name === undefined) throw malformed(`Missing CPU ${node.name} name`);
  return name;
}

/** QEMU's names that are written otherwise than libvirt's. */
function readAliases(nodes: readonly XmlElement[]): ReadonlyMap<string, string> {
  // Older maps do not say that QEMU spells them with dashes, and this one in another way.
  const aliases = new Map<string, string>([['pclmulqdq', 'pclmuldq']]);
  for (const node of nodes) {
    const name = nameOf(node);
    aliases.set(name.replaceAll(/[_.]/g, '-'), name);
    for (const alias of childrenOf(node, 'alias')) aliases.set(nameOf(alias), name);
  }
  return aliases;
}

function readModels(
  nodes: readonly XmlElement[],
  vendors: readonly CpuVendor[],
  features: readonly CpuFeature[],
): readonly CpuModel[] {
  const featureByName = new Map(features.map((it) => [it.name, it]));
  const models = new Map<string, CpuModel>();
  for (const node of nodes) {
    const model = readModel(node, { vendors, features: featureByName, models });
    models.set(model.name, model);
  }
  return [...models.values()];
}

interface Known {
  readonly vendors: readonly CpuVendor[];
  readonly features: ReadonlyMap<string, CpuFeature>;
  readonly models: ReadonlyMap<string, CpuModel>;
}

/** A model may build on an earlier one: it has what that one has, where it does not say otherwise. */
function readModel(node: XmlElement, known: Known): CpuModel {
  const name = nameOf(node);
  const [base, ...vendors] = [childOf(node, 'model'), childOf(node, 'vendor')];
  const ancestor = base === undefined ? undefined : known.models.get(nameOf(base));
  if (base !== undefined && ancestor === undefined) {
    throw malformed(`CPU model ${name} has an unknown ancestor '${nameOf(base)}'`);
  }
  const vendorName = vendors[0] === undefined ? undefined : nameOf(vendors[0]);
  const signatures = childrenOf(node, 'signature').map(readSignature);
  const decode = childOf(node, 'decode');
  const may = (who: string) => decode === undefined || attributeOf(decode, who) === 'on';
  const own = readModelFeatures(node, name, known);
  return {
    name,
    vendor: vendorName === undefined ? ancestor?.vendor : known.vendors.find((it) => it.name === vendorName),
    signatures: signatures.length === 0 ? (ancestor?.signatures ?? []) : signatures,
    words: ancestor === undefined ? own.words : union(ancestor.words, own.words),
    removed: [...(ancestor?.removed ?? []), ...own.removed],
    added: [...(ancestor?.added ?? []), ...own.added],
    standsBehind: /-v\d+$/.test(name) ? ancestor?.name : undefined,
    forHost: may('host'),
    forGuest: may('guest'),
  };
}

function readSignature(node: XmlElement): ModelSignature {
  const stepping = attributeOf(node, 'stepping');
  return {
    family: Number(attributeOf(node, 'family')),
    model: Number(attributeOf(node, 'model')),
    steppings: stepping === undefined ? undefined : parseNumberSet(stepping),
  };
}

function readModelFeatures(node: XmlElement, model: string, known: Known) {
  const nodes = childrenOf(node, 'feature');
  const named = (attribute: string) => nodes.filter((it) => attributeOf(it, attribute) === 'yes').map(nameOf);
  const [removed, added] = [named('removed'), named('added')];
  const [first] = known.features.values();
  let words: CpuWords = new Uint32Array(first?.words.length ?? 0);
  for (const name of nodes.map(nameOf)) {
    if (removed.includes(name) || added.includes(name)) continue;
    const feature = known.features.get(name);
    if (feature === undefined) throw malformed(`Feature ${name} required by CPU model ${model} not found`);
    words = union(words, feature.words);
  }
  return { words, removed, added };
}
