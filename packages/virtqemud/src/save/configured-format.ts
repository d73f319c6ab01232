import { VirError } from '@modvirt/core/errors';
import { SAVE_FORMATS, type SaveFormat } from './image-header.js';

/** Whoever knows qemu.conf: a driver. */
interface Configured {
  readonly parts: { readonly imageFormats: { readonly save: string; readonly dump: string } };
}

const OPTIONS = { save: 'save_image_format', dump: 'dump_image_format' } as const;

/** @throws VirError OPERATION_FAILED for a format that there is not, or not yet */
export function configuredFormat({ parts }: Configured, kind: keyof typeof OPTIONS): SaveFormat {
  return formatNamed(parts.imageFormats[kind], kind);
}

export function formatNamed(name: string, kind: keyof typeof OPTIONS): SaveFormat {
  const format = SAVE_FORMATS.find((it) => it === name);
  if (format === undefined) {
    throw VirError.of('OPERATION_FAILED', `Invalid ${OPTIONS[kind]} '${name}'`, { domain: 'QEMU' });
  }
  if (format === 'sparse') {
    const text = `save image format 'sparse' is not supported by this QEMU binary`;
    throw VirError.of('OPERATION_UNSUPPORTED', text, { domain: 'QEMU' });
  }
  return format;
}
