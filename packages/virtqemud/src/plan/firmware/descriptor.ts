/** An image of firmware and its format. */
export interface FirmwareImage {
  readonly filename: string;
  readonly format: string;
}

/** How QEMU is given a firmware: as flash chips, or loaded into memory. */
export type FirmwareMapping =
  | {
      readonly device: 'flash';
      /** `split`: variables are in a file of their own; `combined`: in the same; `stateless`: there are none. */
      readonly mode: string;
      readonly executable: FirmwareImage;
      readonly template: FirmwareImage | undefined;
    }
  | { readonly device: 'memory'; readonly filename: string }
  | { readonly device: 'kernel'; readonly filename: string };

/** What a firmware can do and which machines it is for: QEMU's firmware.json. */
export interface FirmwareDescriptor {
  readonly interfaces: readonly string[];
  readonly mapping: FirmwareMapping;
  readonly targets: readonly { readonly architecture: string; readonly machines: readonly string[] }[];
  readonly features: readonly string[];
}

/** What libvirt 11.3 knows; a newer file may name more. */
const FEATURES: ReadonlySet<string> = new Set([
  'acpi-s3',
  'acpi-s4',
  'amd-sev',
  'amd-sev-es',
  'amd-sev-snp',
  'enrolled-keys',
  'requires-smm',
  'secure-boot',
  'verbose-dynamic',
  'verbose-static',
]);

interface Json {
  readonly [key: string]: unknown;
}

/** The descriptor in a file; undefined when it is none. */
export function parseFirmwareDescriptor(text: string): FirmwareDescriptor | undefined {
  const root = objectOf(parse(text));
  const mapping = mappingOf(objectOf(root?.mapping));
  if (root === undefined || mapping === undefined || !Array.isArray(root.targets)) return undefined;
  return {
    interfaces: strings(root['interface-types']),
    mapping,
    targets: root.targets.flatMap((it: unknown) => {
      const target = objectOf(it);
      if (typeof target?.architecture !== 'string') return [];
      return [{ architecture: target.architecture, machines: strings(target.machines) }];
    }),
    features: strings(root.features).filter((it) => FEATURES.has(it)),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function objectOf(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null ? (value as Json) : undefined;
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((it) => typeof it === 'string') : [];
}

function imageOf(value: unknown): FirmwareImage | undefined {
  const image = objectOf(value);
  if (typeof image?.filename !== 'string' || typeof image.format !== 'string') return undefined;
  return { filename: image.filename, format: image.format };
}

function mappingOf(value: Json | undefined): FirmwareMapping | undefined {
  const { device } = value ?? {};
  if (device === 'memory' || device === 'kernel') {
    return typeof value?.filename === 'string' ? { device, filename: value.filename } : undefined;
  }
  const executable = imageOf(value?.executable);
  if (device !== 'flash' || executable === undefined) return undefined;
  const mode = typeof value?.mode === 'string' ? value.mode : 'split';
  return { device, mode, executable, template: imageOf(value?.['nvram-template']) };
}

/** A file of a directory of descriptors. */
export interface FirmwareFile {
  readonly name: string;
  readonly text: string;
}

/**
 * Descriptors in the order in which they are tried: by the names of their files. A file hides those of the same
 * name in directories after its own; an empty one is there for nothing else.
 *
 * @param directories the user's before the administrator's before the distribution's
 */
export function orderFirmwareFiles(
  directories: readonly (readonly FirmwareFile[])[],
): readonly FirmwareFile[] {
  const byName = new Map<string, FirmwareFile>();
  for (const file of directories.flat()) {
    if (!byName.has(file.name)) byName.set(file.name, file);
  }
  return [...byName.values()].filter((it) => it.text !== '').sort((a, b) => (a.name < b.name ? -1 : 1));
}
