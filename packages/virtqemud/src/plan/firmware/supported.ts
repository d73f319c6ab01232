import type { FirmwareDescriptor, FirmwareMapping } from './descriptor.js';
import { suitsTarget } from './match.js';

/** An image that guests of a kind can boot, and the image that their variables are copied from. */
export interface FirmwareImagePair {
  readonly executable: string;
  readonly template: string | undefined;
}

export interface SupportedFirmware {
  readonly kinds: readonly ('bios' | 'efi')[];
  /** Whether one of them keeps its variables from the guest. */
  readonly isSecure: boolean;
  /** In the order in which they are tried. */
  readonly images: readonly FirmwareImagePair[];
}

/** The firmware that guests of an architecture and machine type can have. */
export function supportedFirmware(
  descriptors: readonly FirmwareDescriptor[],
  arch: string,
  machine: string,
): SupportedFirmware {
  const own = descriptors.filter((it) => suitsTarget(it, arch, machine));
  const has = (name: string) => own.some((it) => it.interfaces.includes(name));
  const images = own.map((it) => imagesOf(it.mapping));
  return {
    kinds: [...(has('bios') ? (['bios'] as const) : []), ...(has('uefi') ? (['efi'] as const) : [])],
    isSecure: own.some((it) => it.features.includes('requires-smm')),
    images: images.filter(
      (it, at) =>
        images.findIndex((other) => other.executable === it.executable && other.template === it.template) ===
        at,
    ),
  };
}

function imagesOf(mapping: FirmwareMapping): FirmwareImagePair {
  if (mapping.device !== 'flash') return { executable: mapping.filename, template: undefined };
  return { executable: mapping.executable.filename, template: mapping.template?.filename };
}
