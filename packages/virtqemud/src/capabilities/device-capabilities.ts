import { type DomainCapabilities, supports, unsupported } from '@modvirt/core/schema';
import type { QemuCaps } from '../plan/qemu-caps.js';
import type { Target } from './target.js';
import type { TargetHost } from './target-host.js';

type Devices = NonNullable<DomainCapabilities['devices']>;

/** A value of an attribute, and the flag that the emulator has where it may be used; `true`: always. */
type Offer = readonly [value: string, flag: string | boolean];

function offered(caps: QemuCaps, offers: readonly Offer[]): readonly string[] {
  return offers
    .filter(([, flag]) => (typeof flag === 'boolean' ? flag : caps.has(flag)))
    .map(([value]) => value);
}

const TRANSITIONAL: readonly Offer[] = [
  ['virtio-transitional', 'virtio-pci-non-transitional'],
  ['virtio-non-transitional', 'virtio-pci-non-transitional'],
];

/** `<devices>`: the kinds of devices, and the values that their attributes may take. */
export function deviceCapabilities(target: Target, host: TargetHost): Devices {
  const { caps, arch } = target;
  const isX86 = arch === 'x86_64' || arch === 'i686';
  const hasRng = caps.has('virtio-rng');
  return {
    disk: diskCapability(target, isX86),
    graphics: supports({ type: offered(caps, GRAPHICS) }),
    video: supports({ modelType: offered(caps, VIDEO) }),
    hostdev: supports({
      mode: ['subsystem'],
      startupPolicy: ['default', 'mandatory', 'requisite', 'optional'],
      subsysType: ['usb', 'pci', 'scsi'],
      capsType: [],
      pciBackend: host.hasVfio ? ['default', 'vfio'] : [],
    }),
    rng: hasRng
      ? supports({
          model: ['virtio', ...offered(caps, TRANSITIONAL)],
          backendModel: offered(caps, RNG_BACKENDS),
        })
      : unsupported,
    filesystem: supports({ driverType: offered(caps, FILESYSTEMS) }),
    tpm: tpmCapability(caps, host),
    redirdev: caps.has('usb-redir') ? supports({ bus: ['usb'] }) : unsupported,
    channel: supports({ type: offered(caps, CHANNELS) }),
    crypto: caps.has('virtio-crypto')
      ? supports({ model: ['virtio'], type: ['qemu'], backendModel: offered(caps, CRYPTO_BACKENDS) })
      : unsupported,
    interface: supports({ backendType: offered(caps, NETWORK_BACKENDS) }),
    ...(isX86 ? { panic: supports({ model: offered(caps, PANICS) }) } : {}),
  };
}

const GRAPHICS: readonly Offer[] = [
  ['sdl', 'sdl'],
  ['vnc', 'vnc'],
  ['rdp', 'display-dbus'],
  ['spice', 'spice'],
  ['egl-headless', 'egl-headless'],
  ['dbus', 'display-dbus'],
];

const VIDEO: readonly Offer[] = [
  ['vga', 'VGA'],
  ['cirrus', 'cirrus-vga'],
  ['vmvga', 'vmware-svga'],
  ['qxl', 'qxl'],
  ['virtio', 'virtio-gpu'],
  ['none', true],
  ['bochs', 'bochs-display'],
  ['ramfb', 'ramfb'],
];

const RNG_BACKENDS: readonly Offer[] = [
  ['random', 'rng-random'],
  ['egd', 'rng-egd'],
  ['builtin', 'rng-builtin'],
];

const FILESYSTEMS: readonly Offer[] = [
  ['path', true],
  ['handle', true],
  ['virtiofs', 'vhost-user-fs'],
];

const CHANNELS: readonly Offer[] = [
  ['pty', true],
  ['unix', true],
  ['spicevmc', 'spice'],
];

const CRYPTO_BACKENDS: readonly Offer[] = [
  ['builtin', true],
  ['lkcf', 'cryptodev-backend-lkcf'],
];

const NETWORK_BACKENDS: readonly Offer[] = [
  ['default', true],
  ['passt', 'netdev.stream'],
];

const PANICS: readonly Offer[] = [
  ['isa', 'pvpanic'],
  ['hyperv', true],
  ['pvpanic', 'pvpanic-pci'],
];

function diskCapability({ caps, machine }: Target, isX86: boolean) {
  const name = machine?.name ?? '';
  const isOldPc = isX86 && /^(pc|pc-i440fx-.*|pc-[01]\..*|isapc)$/.test(name);
  const bus = offered(caps, [
    ['ide', isOldPc],
    ['fdc', isX86],
    ['scsi', true],
    ['virtio', true],
    ['usb', 'usb-storage'],
    ['sata', 'ich9-ahci'],
  ]);
  return supports({
    diskDevice: ['disk', 'cdrom', ...(isX86 ? ['floppy'] : []), 'lun'],
    bus,
    model: ['virtio', ...offered(caps, TRANSITIONAL)],
  });
}

function tpmCapability(caps: QemuCaps, { tpmVersions }: TargetHost) {
  const model = offered(caps, [
    ['tpm-tis', 'tpm-tis'],
    ['tpm-crb', 'tpm-crb'],
    ['tpm-spapr', 'tpm-spapr'],
  ]);
  const canEmulate = caps.has('tpm-emulator');
  const backendModel = offered(caps, [
    ['passthrough', 'tpm-passthrough'],
    ['emulator', canEmulate && tpmVersions !== undefined],
    ['external', canEmulate],
  ]);
  if (model.length === 0 || backendModel.length === 0) return unsupported;
  return supports({
    model,
    backendModel,
    ...(canEmulate && tpmVersions !== undefined ? { backendVersion: tpmVersions } : {}),
  });
}
