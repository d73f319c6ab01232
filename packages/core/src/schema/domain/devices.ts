import { VirError } from '../../errors/vir-error.js';
import { leaf } from '../../xml/attribute.js';
import { child, children, element, type Infer } from '../../xml/element.js';
import { optional } from '../../xml/field.js';
import { string } from '../../xml/scalars.js';
import { audio } from './audio.js';
import { channel, consoleDevice, parallel, redirdev, serial, smartcard } from './character-devices.js';
import { controller } from './controller.js';
import { crypto } from './crypto.js';
import { disk, lease } from './disk.js';
import { filesystem } from './filesystem.js';
import { graphics } from './graphics.js';
import { hostdev } from './hostdev.js';
import { hub } from './hub.js';
import { input } from './input.js';
import { networkInterface } from './interface.js';
import { iommu } from './iommu.js';
import { memballoon } from './memballoon.js';
import { memoryDevice } from './memory-device.js';
import { nvramDevice } from './nvram-device.js';
import { panic } from './panic.js';
import { pstore } from './pstore.js';
import { redirfilter } from './redirfilter.js';
import { rng } from './rng.js';
import { shmem } from './shmem.js';
import { sound } from './sound.js';
import { tpm } from './tpm.js';
import { video } from './video.js';
import { vsock } from './vsock.js';
import { watchdog } from './watchdog.js';

function secondBalloon(): VirError {
  return VirError.of('INTERNAL_ERROR', 'only a single memory balloon device is supported');
}

/** `<devices>`: kinds in output order; within a kind the order of the document is kept. */
export const devices = element(
  'devices',
  {
    emulator: optional(leaf(string)),
    disks: children(disk),
    controllers: children(controller),
    leases: children(lease),
    filesystems: children(filesystem),
    interfaces: children(networkInterface),
    smartcards: children(smartcard),
    serials: children(serial),
    parallels: children(parallel),
    consoles: children(consoleDevice),
    channels: children(channel),
    inputs: children(input),
    tpms: children(tpm),
    graphics: children(graphics),
    sounds: children(sound),
    audios: children(audio),
    videos: children(video),
    hostdevs: children(hostdev),
    redirdevs: children(redirdev),
    redirfilter: optional(child(redirfilter)),
    hubs: children(hub),
    watchdogs: children(watchdog),
    memballoon: optional(child(memballoon, { single: secondBalloon })),
    rngs: children(rng),
    nvram: optional(child(nvramDevice)),
    panics: children(panic),
    shmems: children(shmem),
    memories: children(memoryDevice),
    cryptos: children(crypto),
    iommu: optional(child(iommu)),
    vsock: optional(child(vsock)),
    pstore: optional(child(pstore)),
  },
  { whenEmpty: 'spread' },
);
export type Devices = Infer<typeof devices>;
