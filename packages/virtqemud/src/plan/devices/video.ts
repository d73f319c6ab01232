import { VirError } from '@modvirt/core/errors';
import type { Assembly } from '../assembly.js';
import type { Props } from '../command/json.js';
import { aliasOf } from '../definition/controllers.js';
import type { Video } from '../definition/types.js';
import { addressProps } from './address-props.js';
import { virtioDriver, virtioProps } from './virtio.js';

type VideoModel = NonNullable<NonNullable<Video['model']>['type']>;

/** Driver of a card that has VGA registers (the first one), and of one that has none. */
const DRIVERS: {
  readonly [model in VideoModel]?: { readonly primary?: string; readonly secondary?: string };
} = {
  vga: { primary: 'VGA' },
  cirrus: { primary: 'cirrus-vga' },
  vmvga: { primary: 'vmware-svga' },
  qxl: { primary: 'qxl-vga', secondary: 'qxl' },
  bochs: { primary: 'bochs-display', secondary: 'bochs-display' },
  ramfb: { primary: 'ramfb', secondary: 'ramfb' },
};

export function addVideo(to: Assembly, video: Video): void {
  const model = video.model;
  if (model?.type === undefined || model.type === 'none') return;
  if (video.driver?.name === 'vhostuser') addVhostUserGpu(to, aliasOf(video));
  to.out.device({
    ...frontEnd(to, video),
    id: aliasOf(video),
    ...memoryProps(model),
    blob: model.type === 'virtio' ? model.blob : undefined,
    ...(video.driver?.name === 'vhostuser' ? { chardev: `chr-vu-${aliasOf(video)}` } : {}),
    ...(model.resolution === undefined ? {} : { xres: model.resolution.x, yres: model.resolution.y }),
    ...addressProps(to, video),
  });
}

function addVhostUserGpu(to: Assembly, alias: string): void {
  const fd = to.out.descriptor('vhost-user-gpu', (number) => ({ type: 'helper', number, helper: alias }));
  to.out.chardev(`chr-vu-${alias}`, { type: 'socket', address: { type: 'fd', fd } });
}

function frontEnd(to: Assembly, video: Video): Props {
  const model = video.model?.type;
  if (model === 'virtio') return virtioFrontEnd(to, video);
  const row = model === undefined ? undefined : DRIVERS[model];
  const driver = video.model?.primary === true ? row?.primary : row?.secondary;
  if (driver === undefined) {
    throw VirError.of(
      'CONFIG_UNSUPPORTED',
      `video type '${model ?? 'default'}' is only valid as primary video device`,
    );
  }
  return { driver };
}

/** A card with VGA registers is no plain virtio device: it has no options of one. */
function virtioFrontEnd(to: Assembly, video: Video): Props {
  const driver = virtioGpu(to, video);
  return driver.includes('-vga') ? { driver } : virtioProps(driver, video.driver);
}

function virtioGpu(to: Assembly, video: Video): string {
  const isVhostUser = video.driver?.name === 'vhostuser';
  const isPrimary =
    video.model?.primary === true && to.cx.caps.has(isVhostUser ? 'vhost-user-vga' : 'virtio-vga');
  const accelerated = video.model?.acceleration?.accel3d === true;
  if (isPrimary) {
    if (isVhostUser) return 'vhost-user-vga';
    return accelerated && to.cx.caps.has('virtio-vga-gl') ? 'virtio-vga-gl' : 'virtio-vga';
  }
  const base = isVhostUser ? 'vhost-user-gpu' : 'virtio-gpu';
  if (accelerated && !isVhostUser && to.cx.caps.has('virtio-gpu-gl-pci')) {
    return `${virtioDriver(`${base}-gl`, video.address)}`;
  }
  return virtioDriver(base, video.address);
}

function memoryProps(model: NonNullable<Video['model']>): Props {
  switch (model.type) {
    case 'qxl':
      return {
        max_outputs: model.heads,
        ram_size: (model.ram ?? 0) * 1024,
        vram_size: (model.vram ?? 0) * 1024,
        vram64_size_mb: Math.floor((model.vram64 ?? 0) / 1024),
        vgamem_mb: Math.floor((model.vgamem ?? 0) / 1024),
      };
    case 'virtio':
      return { max_outputs: model.heads };
    case 'vga':
    case 'vmvga':
      return { vgamem_mb: model.vram === undefined ? undefined : Math.floor(model.vram / 1024) };
    case 'bochs':
      return { vgamem: model.vram === undefined ? undefined : model.vram * 1024 };
    default:
      return {};
  }
}
