import { VirError } from '@modvirt/core/errors';
import type { Domain } from '@modvirt/core/schema';
import type { Graphics, Video } from '../definition/types.js';
import { unsupported } from './unsupported.js';

/** @throws VirError for displays and graphics cards that do not go together */
export function validateDisplays({ devices }: Domain): void {
  checkGraphics(devices.graphics);
  for (const it of devices.graphics) checkPassword(it);
  if (devices.graphics.filter(drawsWithGl).length > 1) {
    throw unsupported('multiple OpenGL displays are not supported by QEMU');
  }
  for (const { model, address } of devices.videos) {
    if (model?.type === 'ramfb' && address !== undefined) {
      throw unsupported('address not supported for video type ramfb');
    }
  }
  for (const [at, video] of devices.videos.entries()) checkVideo(video, at);
  const hasSpice = devices.graphics.some((it) => it.type === 'spice');
  if (!hasSpice && devices.audios.some((it) => it.type === 'spice')) {
    throw unsupported('Spice audio is not supported without spice graphics');
  }
}

function checkGraphics(graphics: readonly Graphics[]): void {
  const types = new Set<Graphics['type']>();
  for (const it of graphics) {
    const { type } = it;
    checkPassword(it);
    if (type === 'desktop') throw unsupported(`${type} graphics are not supported with this QEMU`);
    if (types.has(type)) {
      throw unsupported('only 1 graphics device of each type (sdl, vnc, spice, headless, dbus) is supported');
    }
    types.add(type);
  }
}

/** What the protocol of VNC takes of a password. */
const MAX_VNC_PASSWORD = 8;

function checkPassword(graphics: Graphics): void {
  if (graphics.type !== 'vnc' || graphics.passwd === undefined) return;
  const { length } = new TextEncoder().encode(graphics.passwd);
  if (length <= MAX_VNC_PASSWORD) return;
  throw unsupported(`VNC password is ${length} characters long, only ${MAX_VNC_PASSWORD} permitted`);
}

type VideoModel = NonNullable<NonNullable<Video['model']>['type']>;

/** Graphics cards that QEMU has not. */
const FOREIGN: ReadonlySet<VideoModel> = new Set(['xen', 'vbox', 'parallels', 'gop'] as const);
/** Cards that can be there beside another one. */
const SECONDARY: ReadonlySet<VideoModel> = new Set(['qxl', 'virtio'] as const);
const MULTI_HEAD: ReadonlySet<VideoModel> = new Set(['qxl', 'virtio'] as const);
const MIN_MEMORY_KIB = 1024;

/** Cards whose first picture can have a size of its own. */
const SIZED: ReadonlySet<VideoModel> = new Set(['vga', 'qxl', 'virtio', 'bochs', 'ramfb'] as const);

function checkVideo({ model, driver }: Video, at: number): void {
  const type = model?.type;
  if (model === undefined || type === undefined) return;
  if (FOREIGN.has(type)) {
    throw unsupported(`domain configuration does not support video model '${type}'`);
  }
  if (at > 0 && !SECONDARY.has(type)) {
    throw unsupported(`video type '${type}' is only valid as primary video device`);
  }
  if (model.acceleration?.accel3d === true && type !== 'virtio') {
    throw unsupported("3d acceleration is supported only with 'virtio' video device");
  }
  if (model.acceleration?.accel2d === true) throw unsupported('qemu does not support the accel2d setting');
  if (driver?.name === 'vhostuser' && type !== 'virtio') {
    throw unsupported("'vhostuser' driver is only supported with 'virtio' device");
  }
  if (model.resolution !== undefined) {
    if (!SIZED.has(type)) throw VirError.of('XML_ERROR', 'model resolution is not supported');
    if (model.resolution.x === 0 || model.resolution.y === 0) {
      throw unsupported('video resolution values must be greater than 0');
    }
  }
  if ((model.heads ?? 1) > 1 && !MULTI_HEAD.has(type)) {
    throw unsupported(`video type '${type}' doesn't support multiple 'heads'`);
  }
  if (type === 'vga' || type === 'vmvga' || type === 'qxl') checkVideoMemory(type, model);
}

function checkVideoMemory(type: VideoModel, model: NonNullable<Video['model']>): void {
  if (type !== 'qxl' && model.vram !== undefined && model.vram < MIN_MEMORY_KIB) {
    throw unsupported("value for 'vram' must be at least 1 MiB (1024 KiB)");
  }
  if (model.vgamem === undefined) return;
  if (model.vgamem < MIN_MEMORY_KIB) {
    throw unsupported("value for 'vgamem' must be at least 1 MiB (1024 KiB)");
  }
  if ((model.vgamem & (model.vgamem - 1)) !== 0) throw unsupported("value for 'vgamem' must be power of two");
}

function drawsWithGl(graphics: Graphics): boolean {
  switch (graphics.type) {
    case 'egl-headless':
      return true;
    case 'spice':
    case 'sdl':
    case 'dbus':
      return graphics.gl?.enable === true;
    case 'vnc':
    case 'rdp':
    case 'desktop':
      return false;
  }
}
