import { VirError } from '../../../errors/vir-error.js';
import type { ChardevSource } from '../chardev.js';
import type { Devices } from '../devices.js';

function missing(what: string): VirError {
  return VirError.of('INTERNAL_ERROR', `Missing source ${what} attribute for char device`);
}

interface Reconnecting {
  readonly mode: 'connect' | 'bind';
  readonly reconnect?: { readonly enabled: boolean; readonly timeout?: number };
}

function checkReconnect(source: Reconnecting | undefined): void {
  if (source?.reconnect === undefined) return;
  if (source.mode === 'bind') {
    throw VirError.of('INTERNAL_ERROR', 'chardev reconnect is possible only for connect mode');
  }
  if (source.reconnect.enabled && source.reconnect.timeout === 0) {
    throw VirError.of('INVALID_ARG', "chardev reconnect source timeout cannot be '0'");
  }
}

/**
 * @param mayLackPath a channel's socket gets its path from the driver
 * @throws VirError INTERNAL_ERROR for a source that leads nowhere
 */
function checkSource(source: ChardevSource, mayLackPath: boolean): void {
  switch (source.type) {
    case 'dev':
    case 'file':
    case 'pipe':
      if (source.source?.path === undefined) throw missing('path');
      return;
    case 'unix':
      if (source.source?.path === undefined && !mayLackPath) throw missing('path');
      checkReconnect(source.source);
      return;
    case 'tcp':
      if (source.source?.host === undefined) throw missing('host');
      if (source.source.service === undefined) throw missing('service');
      checkReconnect(source.source);
      return;
    case 'udp':
      if (source.connect?.service === undefined) throw missing('service');
      return;
    case 'spiceport':
      checkSpiceport(source.source?.channel);
      return;
    default:
      return;
  }
}

function checkSpiceport(channel: string | undefined): void {
  if (channel === undefined) {
    throw VirError.of('CONFIG_UNSUPPORTED', 'Missing source channel attribute for char device');
  }
  if (!/^[-A-Za-z0-9_.]*$/.test(channel)) {
    throw VirError.of('INVALID_ARG', 'Invalid character in source channel for char device');
  }
}

/** @throws VirError for a character device whose source leads nowhere */
export function validateCharacterDevices(devices: Devices): void {
  for (const it of [...devices.serials, ...devices.parallels, ...devices.consoles]) checkSource(it, false);
  for (const it of devices.channels) checkSource(it, it.target.type === 'virtio' || it.target.type === 'xen');
  for (const it of devices.redirdevs) checkSource(it, false);
  for (const it of devices.smartcards) {
    if (it.mode === 'passthrough') checkSource(it, false);
  }
  for (const { backend } of devices.rngs) {
    if (backend.model === 'egd') checkSource(backend, false);
  }
}
