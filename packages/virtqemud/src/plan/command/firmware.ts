import type { Assembly } from '../assembly.js';
import { imageNodes } from '../block/layers.js';
import { featuresOf } from '../definition/features.js';

type Part = 'blockdev' | 'options' | 'bios';

const NO_SECRETS = { encryption: [] } as const;

/** The firmware: flash chips stand before the machine that has them, a ROM after the processor. */
export function addFirmware(to: Assembly, part: Part): void {
  const { loader } = to.domain.os;
  if (part === 'bios') {
    if (loader?.type === 'rom' && loader.path !== undefined) to.out.option('bios', loader.path);
    return;
  }
  if (part === 'options') addOptions(to);
  else if (loader?.type === 'pflash' && loader.path !== undefined) addFlash(to);
}

function addOptions(to: Assembly): void {
  const { loader } = to.domain.os;
  const tseg = featuresOf(to.domain).smm?.tseg;
  if (tseg !== undefined) to.out.option('global', `mch.extended-tseg-mbytes=${tseg / 1048576n}`);
  if (loader?.type === 'pflash' && loader.secure === true) {
    to.out.option('global', 'driver=cfi.pflash01,property=secure,value=on');
  }
}

function addFlash(to: Assembly): void {
  const { loader, nvram } = to.domain.os;
  if (loader?.path === undefined) return;
  addImage(to, 'libvirt-pflash0', loader.path, loader.format ?? 'raw', loader.readonly !== false);
  if (nvram === undefined) return;
  const path = nvram.path ?? (nvram.type === 'file' ? nvram.source?.file : undefined);
  if (path !== undefined) addImage(to, 'libvirt-pflash1', path, nvram.format ?? 'raw', false);
}

function addImage(to: Assembly, nodePrefix: string, path: string, format: string, readOnly: boolean): void {
  const image = {
    nodePrefix,
    location: { type: 'file', path },
    format: { name: format },
    readOnly,
    cache: 'default',
    keepsFormatLayer: readOnly,
    secrets: NO_SECRETS,
  } as const;
  for (const node of imageNodes(image, format === 'raw' ? undefined : null)) to.out.json('blockdev', node);
  // The firmware itself is everybody's.
  if (!readOnly) to.out.resource(path);
}
