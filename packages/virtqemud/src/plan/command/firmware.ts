import type { Assembly } from '../assembly.js';
import { type BlockImage, imageNodes, needsFormatLayers } from '../block/layers.js';
import type { BlockLocation } from '../block/location.js';
import { locationOf } from '../block/source-location.js';
import { featuresOf } from '../definition/features.js';
import type { Os } from '../definition/types.js';
import { addImageSecrets } from '../devices/image-secrets.js';

type Part = 'blockdev' | 'options' | 'bios';

const NO_SECRETS = { encryption: [] } as const;

/** The firmware: flash chips stand before the machine that has them, a ROM after the processor. */
export function addFirmware(to: Assembly, part: Part): void {
  const { loader } = to.domain.os;
  if (part === 'bios') {
    if (loader?.type === 'rom' && loader.path !== undefined) to.out.option('bios', loader.path);
    if (loader?.type === 'pflash' && loader.secure === true) {
      to.out.option('global', 'driver=cfi.pflash01,property=secure,value=on');
    }
    return;
  }
  if (part === 'options') addOptions(to);
  else if (loader?.type === 'pflash' && loader.path !== undefined) addFlash(to);
}

function addOptions(to: Assembly): void {
  const tseg = featuresOf(to.domain).smm?.tseg;
  if (tseg !== undefined) to.out.option('global', `mch.extended-tseg-mbytes=${tseg / 1048576n}`);
}

function addFlash(to: Assembly): void {
  const { loader, nvram } = to.domain.os;
  if (loader?.path === undefined) return;
  addImage(to, {
    nodePrefix: 'libvirt-pflash0',
    location: { type: 'file', path: loader.path },
    format: { name: loader.format ?? 'raw' },
    readOnly: loader.readonly === true,
    keepsFormatLayer: true,
    secrets: NO_SECRETS,
  });
  if (nvram === undefined) return;
  const nodePrefix = 'libvirt-pflash1';
  const location = nvramLocation(to, nvram);
  if (location === undefined) return;
  addImage(to, {
    nodePrefix,
    location,
    format: { name: nvram.format ?? 'raw' },
    readOnly: false,
    keepsFormatLayer: needsFormatLayers(to.cx.caps),
    secrets: nvram.type === 'none' ? NO_SECRETS : addImageSecrets(to, { nodePrefix, hasFormat: true }, nvram),
  });
}

function nvramLocation(to: Assembly, nvram: NonNullable<Os['nvram']>): BlockLocation | undefined {
  if (nvram.type !== 'none') {
    const isCdrom = (path: string) => to.cx.host.isCdrom(path);
    return locationOf(nvram, { device: 'disk', readOnly: false }, { isCdrom });
  }
  return nvram.path === undefined ? undefined : { type: 'file', path: nvram.path };
}

function addImage(to: Assembly, image: Omit<BlockImage, 'cache'>): void {
  const { format, location, readOnly } = image;
  const nodes = imageNodes({ ...image, cache: 'default' }, format.name === 'raw' ? undefined : null);
  for (const node of nodes) to.out.json('blockdev', node);
  // The firmware itself is everybody's.
  if (!readOnly && (location.type === 'file' || location.type === 'block')) to.out.resource(location.path);
}
