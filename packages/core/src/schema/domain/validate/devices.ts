import { VirError } from '../../../errors/vir-error.js';
import type { Devices } from '../devices.js';
import type { Filesystem } from '../filesystem.js';
import type { NetworkInterface } from '../interface.js';
import type { Video } from '../video.js';

/** @throws VirError for devices of the smaller kinds that no hypervisor can have */
export function validateDevices(devices: Devices): void {
  for (const it of devices.interfaces) checkInterface(it);
  for (const it of devices.filesystems) checkFilesystem(it);
  checkVideos(devices.videos);
  checkAudios(devices);
  checkPanics(devices);
  checkShmems(devices);
  checkUsb(devices);
  for (const it of [...devices.interfaces, ...devices.hostdevs]) checkRom(it);
  checkSingles(devices);
  checkAliases(devices);
  for (const it of devices.graphics) if ('passwdValidTo' in it) checkValidity(it.passwdValidTo);
}

/** Names that a user gave are no names if two devices have them. */
function checkAliases(devices: Devices): void {
  const seen = new Set<string>();
  const [serial] = devices.serials;
  for (const device of Object.values(devices).flat() as readonly unknown[]) {
    if (typeof device !== 'object' || device === null || !('alias' in device)) continue;
    const { alias } = device;
    // The first console is the first serial port, written twice.
    const isSame = device === devices.consoles[0] && alias === serial?.alias;
    if (typeof alias !== 'string' || isSame) continue;
    if (seen.has(alias)) throw VirError.of('CONFIG_UNSUPPORTED', `non unique alias detected: ${alias}`);
    seen.add(alias);
  }
}

const MOMENT = /^\d+-\d+-\d+T\d+:\d+:\d+$/;

function checkValidity(until: string | undefined): void {
  if (until === undefined || MOMENT.test(until)) return;
  throw VirError.of(
    'INTERNAL_ERROR',
    `cannot parse password validity time '${until}', expect YYYY-MM-DDTHH:MM:SS`,
  );
}

function checkInterface(it: NetworkInterface): void {
  const isPasst = it.backend?.type === 'passt';
  const needsSource =
    it.type === 'network' ||
    it.type === 'bridge' ||
    it.type === 'direct' ||
    (it.type === 'vhostuser' && !isPasst);
  if (needsSource && it.source === undefined) {
    throw VirError.of('XML_ERROR', `interface type='${it.type}' requires a 'source' element`);
  }
  if (it.type === 'vhostuser' && !isPasst && it.source?.path === undefined) {
    throw VirError.of('XML_ERROR', "Missing required attribute 'path' in element 'source'");
  }
  if (it.type === 'hostdev' && it.source?.address === undefined) {
    throw VirError.of('XML_ERROR', 'missing source address type');
  }
  if (it.model !== undefined && !/^[a-zA-Z0-9_-]+$/.test(it.model)) {
    throw VirError.of('INVALID_ARG', 'Model name contains invalid characters');
  }
  checkTeaming(it);
  const address = it.mac?.address;
  if (address !== undefined && (Number.parseInt(address.slice(0, 2), 16) & 1) === 1) {
    throw VirError.of('XML_ERROR', `expected unicast mac address, found multicast '${address}'`);
  }
}

function checkTeaming({ teaming }: NetworkInterface): void {
  if (teaming?.type === 'transient' && teaming.persistent === undefined) {
    throw VirError.of(
      'CONFIG_UNSUPPORTED',
      "teaming persistent attribute must be set if teaming type is 'transient'",
    );
  }
  if (teaming?.type === 'persistent' && teaming.persistent !== undefined) {
    throw VirError.of(
      'CONFIG_UNSUPPORTED',
      "teaming persistent attribute not allowed if teaming type is 'persistent'",
    );
  }
}

interface WithRom {
  readonly rom?: { readonly enabled?: boolean; readonly bar?: boolean; readonly file?: string };
}

function checkRom({ rom }: WithRom): void {
  if (rom?.enabled !== false || (rom.bar === undefined && rom.file === undefined)) return;
  throw VirError.of('CONFIG_UNSUPPORTED', 'ROM tuning is not supported when ROM is disabled');
}

function checkFilesystem(it: Filesystem): void {
  const source = it.source === undefined ? undefined : Object.values(it.source)[0];
  if (source === undefined) {
    throw it.target === undefined ? VirError.of('NO_SOURCE') : VirError.of('NO_SOURCE', it.target);
  }
  if (it.target === undefined) throw VirError.of('NO_TARGET', String(source));
}

function checkVideos(videos: readonly Video[]): void {
  for (const { model } of videos) {
    for (const name of ['ram', 'vram64', 'vgamem'] as const) {
      if (model?.[name] === undefined || model.type === 'qxl') continue;
      throw VirError.of('CONFIG_UNSUPPORTED', `${name} attribute only supported for video type qxl`);
    }
  }
  if (videos.length > 1 && videos.some((it) => it.model?.type === 'none')) {
    throw VirError.of(
      'CONFIG_UNSUPPORTED',
      "a 'none' video type must be the only video device defined for the domain",
    );
  }
}

function checkAudios({ audios, sounds }: Devices): void {
  const ids = new Set<number>();
  for (const audio of audios) {
    const { id } = audio;
    checkAudioSettings(audio.input);
    checkAudioSettings(audio.output);
    if (ids.has(id)) throw VirError.of('XML_ERROR', `audio ID ${id} is used multiple times`);
    ids.add(id);
  }
  for (const { audio } of sounds) {
    if (audio === undefined || ids.has(audio)) continue;
    throw VirError.of('XML_ERROR', `no audio device with ID ${audio}`);
  }
}

interface AudioDirection {
  readonly fixedSettings?: boolean;
  readonly settings?: unknown;
}

function checkAudioSettings(direction: AudioDirection | undefined): void {
  if (direction?.settings === undefined || direction.fixedSettings === true) return;
  throw VirError.of('CONFIG_UNSUPPORTED', 'audio settings specified without fixed settings flag');
}

function checkPanics({ panics }: Devices): void {
  const models = new Set<string>();
  for (const { model = 'default' } of panics) {
    if (models.has(model)) throw VirError.of('XML_ERROR', `Multiple panic devices with model '${model}'`);
    models.add(model);
  }
}

/** In KiB. */
const MIN_SHMEM = 1024n;

function checkShmems({ shmems }: Devices): void {
  for (const it of shmems) {
    if (it.name.includes('/')) {
      throw VirError.of('CONFIG_UNSUPPORTED', "shmem name cannot include '/' character");
    }
    if (it.name === '.' || it.name === '..') {
      throw VirError.of('CONFIG_UNSUPPORTED', `shmem name cannot be equal to '${it.name}'`);
    }
    if (it.size !== undefined && (it.size < MIN_SHMEM || (it.size & (it.size - 1n)) !== 0n)) {
      throw VirError.of('XML_ERROR', 'shmem size must be a power of 2 and at least 1 MiB (1024 KiB)');
    }
    if (it.msi !== undefined && it.server === undefined) {
      throw VirError.of('XML_ERROR', 'msi option is only supported with a server');
    }
  }
}

/** Without a USB bus nothing can be on it. */
function checkUsb(devices: Devices): void {
  const controllers = devices.controllers.filter((it) => it.type === 'usb');
  if (!controllers.some((it) => it.type === 'usb' && it.model === 'none')) return;
  if (controllers.length > 1) {
    throw VirError.of('XML_DETAIL', "Can't add another USB controller: USB is disabled for this domain");
  }
  if (devices.hubs.length > 0) {
    throw VirError.of('CONFIG_UNSUPPORTED', "Can't add USB hub: USB is disabled for this domain");
  }
  if (devices.inputs.some((it) => it.bus === 'usb')) {
    throw VirError.of('CONFIG_UNSUPPORTED', "Can't add USB input device. USB bus is disabled");
  }
  if (devices.hostdevs.some((it) => it.mode === 'subsystem' && it.type === 'usb')) {
    throw VirError.of('CONFIG_UNSUPPORTED', "Can't add host USB device: USB is disabled in this host");
  }
  const hasOthers =
    devices.disks.some((it) => it.target.bus === 'usb') ||
    devices.redirdevs.some((it) => it.bus === 'usb') ||
    devices.sounds.some((it) => it.model === 'usb');
  if (hasOthers) {
    throw VirError.of(
      'CONFIG_UNSUPPORTED',
      'USB is disabled for this domain, but USB devices are present in the domain XML',
    );
  }
}

function checkSingles(devices: Devices): void {
  for (const it of devices.smartcards) {
    if (it.mode === 'host-certificates' && it.certificates.length !== 3) {
      throw VirError.of('XML_ERROR', 'host-certificates mode needs exactly three certificates');
    }
  }
  if (devices.iommu?.model === 'virtio' && Object.keys(devices.iommu.driver ?? {}).length > 0) {
    throw VirError.of('XML_ERROR', "iommu model 'virtio' doesn't support additional attributes");
  }
  const cid = devices.vsock?.cid?.address;
  if (cid !== undefined && cid < 3) throw VirError.of('CONFIG_UNSUPPORTED', 'guest CIDs must be >= 3');
}
