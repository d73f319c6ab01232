import type { Domain } from '@modvirt/core/schema';
import type { Graphics } from '../definition/types.js';
import { unsupported } from './unsupported.js';

/** @throws VirError for displays and graphics cards that do not go together */
export function validateDisplays({ devices }: Domain): void {
  if (devices.graphics.filter(drawsWithGl).length > 1) {
    throw unsupported('multiple OpenGL displays are not supported by QEMU');
  }
  for (const { model, address } of devices.videos) {
    if (model?.type === 'ramfb' && address !== undefined) {
      throw unsupported('address not supported for video type ramfb');
    }
  }
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
