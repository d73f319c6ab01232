import { VirError } from '../errors/vir-error.js';
import { ARCHITECTURES } from '../schema/architecture.js';
import { type HostCpu, hostCpu } from '../schema/capabilities.js';
import { type GuestCpu, guestCpu } from '../schema/cpu.js';
import { formatLive, parseLive } from '../xml/context.js';
import { attributeOf, childOf, childrenOf, textOf, type XmlElement } from '../xml/node.js';
import { readXml } from '../xml/reader.js';
import { XmlWriter } from '../xml/writer.js';

export type FeaturePolicy = GuestCpu['features'][number]['policy'];

export interface WantedFeature {
  readonly name: string;
  readonly policy: FeaturePolicy;
}

/** A CPU as a document describes it: one that a host has, or one that a guest wants. */
export type CpuDefinition =
  | { readonly type: 'host'; readonly cpu: HostCpu }
  | { readonly type: 'guest'; readonly cpu: GuestCpu };

export function modelOf(definition: CpuDefinition): string | undefined {
  return definition.type === 'host' ? definition.cpu.model : definition.cpu.model?.name;
}

export function archOf(definition: CpuDefinition): string | undefined {
  return definition.type === 'host' ? definition.cpu.arch : undefined;
}

/** What a host has is required. */
export function featuresOf(definition: CpuDefinition): readonly WantedFeature[] {
  if (definition.type === 'guest') return definition.cpu.features;
  return definition.cpu.features.map(({ name }) => ({ name, policy: 'require' as const }));
}

/** The list with this policy for the named feature, in its place or at the end. */
export function withFeature(
  features: readonly WantedFeature[],
  name: string,
  policy: FeaturePolicy,
): readonly WantedFeature[] {
  const known = features.some((it) => it.name === name);
  if (!known) return [...features, { name, policy }];
  return features.map((it) => (it.name === name ? { name, policy } : it));
}

function xmlError(detail: string): VirError {
  return VirError.of('XML_ERROR', detail, { domain: 'CPU' });
}

/** `<cpu>`, of a host when it names an architecture. @throws VirError in libvirt's words */
export function parseCpu(text: string, validate = false): CpuDefinition {
  return parseCpuNode(readXml(text, { source: 'CPU_definition', domain: 'CPU' }), validate);
}

/** @param validate refuses what the schema does not know */
function parseCpuNode(node: XmlElement, validate = false): CpuDefinition {
  if (node.name !== 'cpu') throw xmlError("XML does not contain expected 'cpu' element");
  const arch = childOf(node, 'arch');
  if (arch === undefined) {
    const cpu = guestCpu.parse(node, { ...parseLive, validate });
    checkFeatures(cpu.features);
    return { type: 'guest', cpu };
  }
  const name = textOf(arch);
  if (!ARCHITECTURES.has(name)) {
    throw VirError.of('CONFIG_UNSUPPORTED', `Unknown architecture ${name}`, { domain: 'CPU' });
  }
  const cpu = hostCpu.parse(node, { ...parseLive, validate });
  if (cpu.model === undefined) throw xmlError('Missing CPU model name');
  checkFeatures(cpu.features);
  return { type: 'host', cpu };
}

function checkFeatures(features: readonly { readonly name: string }[]): void {
  const seen = new Set<string>();
  for (const { name } of features) {
    if (name === '') throw xmlError('Invalid CPU feature name');
    if (seen.has(name)) throw xmlError(`CPU feature '${name}' specified more than once`);
    seen.add(name);
  }
}

/** CPUs of hosts. @throws VirError for one that a guest wants */
export function parseHostCpus(texts: readonly string[]): readonly CpuDefinition[] {
  return texts.map((text) => {
    const node = readXml(text, { source: 'CPU_definition', domain: 'CPU' });
    if (node.name === 'cpu') requireHost(node);
    return parseCpuNode(node);
  });
}

function requireHost(node: XmlElement): void {
  if (attributeOf(node, 'mode') !== undefined) {
    const detail = 'Attribute mode is only allowed for guest CPU';
    throw VirError.of('CONFIG_UNSUPPORTED', detail, { domain: 'CPU' });
  }
  if (childOf(node, 'arch') === undefined) throw xmlError('Missing CPU architecture');
}

/** Every `<cpu>` in a document that lists several. */
export function cpusIn(text: string): readonly CpuDefinition[] {
  const root = readXml(text, { source: 'CPU_definitions', domain: 'CPU' });
  return childrenOf(root, 'cpu').map((node) => parseCpuNode(node));
}

/** The document; it ends with a newline. */
export function formatCpu(definition: CpuDefinition): string {
  const writer = new XmlWriter();
  if (definition.type === 'host') hostCpu.write(writer, definition.cpu, formatLive);
  else guestCpu.write(writer, definition.cpu, formatLive);
  return writer.toString();
}
