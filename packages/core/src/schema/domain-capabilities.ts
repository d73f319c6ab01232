import { attr, childAttr, leaf, text } from '../xml/attribute.js';
import { formatLive } from '../xml/context.js';
import { child, children, element, expectRoot, type Infer, within } from '../xml/element.js';
import { type Field, field, optional } from '../xml/field.js';
import { childrenOf } from '../xml/node.js';
import { readXml } from '../xml/reader.js';
import { oneOf, string, uint, uint64, yesNo } from '../xml/scalars.js';
import { variants } from '../xml/variants.js';
import { cpuFeature, cpuModel, maxphysaddr } from './cpu.js';

const value = element('value', { value: text(string) });

/** `<enum>`: the values that an attribute of a domain may take. */
const valuesOf = element('enum', { name: attr(string), values: children(value) }, { whenEmpty: 'keep' });

const supported = { supported: attr(yesNo) };

/** Whether something can be had, and in which kinds. */
function capability(name: string) {
  return optional(child(element(name, { ...supported, enums: children(valuesOf) })));
}

const loader = element('loader', { ...supported, values: children(value), enums: children(valuesOf) });
const os = element('os', { ...supported, enums: children(valuesOf), loader: optional(child(loader)) });

const customModelElement = element('model', {
  usable: attr(oneOf('yes', 'no', 'unknown')),
  deprecated: optional(attr(yesNo)),
  vendor: optional(attr(string)),
  canonical: optional(attr(string)),
  name: text(string),
});
const blockersElement = element('blockers', {
  model: attr(string),
  features: children(element('feature', { name: attr(string) })),
});

/** A CPU model by name. `blockers` are the features that it lacks on this host. */
export type CustomCpuModel = Infer<typeof customModelElement> & { readonly blockers: readonly string[] };

/** Models, each followed by what keeps it from being usable. */
const customModels: Field<readonly CustomCpuModel[], 'required'> = field(() => ({
  shape: {
    kind: 'group',
    members: [
      { shape: { ...customModelElement.shape, occurs: 'many' } },
      { shape: { ...blockersElement.shape, occurs: 'many' } },
    ],
  },
  read(node) {
    const blockers = childrenOf(node, 'blockers').map((it) => blockersElement.parse(it));
    return childrenOf(node, 'model').map((it) => {
      const model = customModelElement.parse(it);
      const own = blockers.find((other) => other.model === model.name);
      return { ...model, blockers: own?.features.map((feature) => feature.name) ?? [] };
    });
  },
  content(writer, models, cx) {
    for (const { blockers, ...model } of models) {
      customModelElement.write(writer, model, cx);
      if (blockers.length === 0) continue;
      const features = blockers.map((name) => ({ name }));
      blockersElement.write(writer, { model: model.name, features }, cx);
    }
  },
}));

const mode = element(
  'mode',
  variants('name', {
    'host-passthrough': { ...supported, enums: children(valuesOf) },
    maximum: { ...supported, enums: children(valuesOf) },
    'host-model': {
      ...supported,
      model: optional(child(cpuModel)),
      vendor: optional(leaf(string)),
      maxphysaddr: optional(child(maxphysaddr)),
      features: children(cpuFeature),
    },
    custom: { ...supported, models: customModels },
  }),
);

const sev = element('sev', {
  ...supported,
  cbitpos: optional(leaf(uint())),
  reducedPhysBits: optional(leaf(uint())),
  maxGuests: optional(leaf(uint())),
  maxESGuests: optional(leaf(uint())),
  cpu0Id: optional(leaf(string)),
});

const section = element('section', { node: attr(uint()), size: attr(uint64()), unit: attr(string) });
const sgx = element('sgx', {
  ...supported,
  flc: optional(leaf(yesNo)),
  sgx1: optional(leaf(yesNo)),
  sgx2: optional(leaf(yesNo)),
  section_size: optional(child(element('section_size', { unit: attr(string), size: text(uint64()) }))),
  sections: within('sections', children(section)),
});

const devices = element(
  'devices',
  {
    disk: capability('disk'),
    graphics: capability('graphics'),
    video: capability('video'),
    hostdev: capability('hostdev'),
    rng: capability('rng'),
    filesystem: capability('filesystem'),
    tpm: capability('tpm'),
    redirdev: capability('redirdev'),
    channel: capability('channel'),
    crypto: capability('crypto'),
    interface: capability('interface'),
    panic: capability('panic'),
    console: capability('console'),
  },
  { whenEmpty: 'spread' },
);

const features = element(
  'features',
  {
    gic: capability('gic'),
    vmcoreinfo: capability('vmcoreinfo'),
    genid: capability('genid'),
    backingStoreInput: capability('backingStoreInput'),
    backup: capability('backup'),
    'async-teardown': capability('async-teardown'),
    's390-pv': capability('s390-pv'),
    ps2: capability('ps2'),
    tdx: capability('tdx'),
    sev: optional(child(sev)),
    sgx: optional(child(sgx)),
    hyperv: capability('hyperv'),
    launchSecurity: capability('launchSecurity'),
  },
  { whenEmpty: 'spread' },
);

const root = element('domainCapabilities', {
  path: optional(leaf(string)),
  domain: leaf(string),
  machine: optional(leaf(string)),
  arch: leaf(string),
  maxVcpus: optional(childAttr('vcpu', 'max', uint())),
  iothreads: capability('iothreads'),
  os: optional(child(os)),
  modes: within('cpu', children(mode)),
  memoryBacking: capability('memoryBacking'),
  devices: optional(child(devices)),
  features: optional(child(features)),
});

/** What a domain of one emulator, architecture and machine type may have. */
export type DomainCapabilities = Infer<typeof root>;

/** @throws VirError when the document is no domain capabilities */
export function parseDomainCapabilities(source: string): DomainCapabilities {
  const node = readXml(source, { source: 'domainCapabilities', domain: 'CAPABILITIES' });
  return root.parse(expectRoot(node, 'domainCapabilities'));
}

export function formatDomainCapabilities(capabilities: DomainCapabilities): string {
  return root.format(capabilities, formatLive);
}

/** A capability that is there, with the values of its attributes: `supports({ bus: ['ide'] })`. */
export function supports(enums: Readonly<Record<string, readonly string[]>> = {}) {
  return {
    supported: true,
    enums: Object.entries(enums).map(([name, values]) => ({
      name,
      values: values.map((it) => ({ value: it })),
    })),
  };
}

export const unsupported = { supported: false, enums: [] } as const;
