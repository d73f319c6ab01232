import type { Domain } from '@modvirt/core/schema';

// The element types of a domain, by the names under which the domain holds them.

export type Devices = Domain['devices'];
export type Features = NonNullable<Domain['features']>;
export type Os = Domain['os'];
export type Clock = Domain['clock'];
export type Timer = Clock['timers'][number];
export type GuestCpu = NonNullable<Domain['cpu']>;
export type Sysinfo = Domain['sysinfos'][number];
export type LaunchSecurity = NonNullable<Domain['launchSecurity']>;

export type Audio = Devices['audios'][number];
export type Channel = Devices['channels'][number];
export type Console = Devices['consoles'][number];
export type Controller = Devices['controllers'][number];
export type Crypto = Devices['cryptos'][number];
export type Disk = Devices['disks'][number];
export type Filesystem = Devices['filesystems'][number];
export type Graphics = Devices['graphics'][number];
export type Hostdev = Devices['hostdevs'][number];
export type Hub = Devices['hubs'][number];
export type Input = Devices['inputs'][number];
export type Iommu = NonNullable<Devices['iommu']>;
export type Memballoon = NonNullable<Devices['memballoon']>;
export type MemoryDevice = Devices['memories'][number];
export type NetworkInterface = Devices['interfaces'][number];
export type Panic = Devices['panics'][number];
export type Parallel = Devices['parallels'][number];
export type Pstore = NonNullable<Devices['pstore']>;
export type Redirdev = Devices['redirdevs'][number];
export type Rng = Devices['rngs'][number];
export type Serial = Devices['serials'][number];
export type Shmem = Devices['shmems'][number];
export type Smartcard = Devices['smartcards'][number];
export type Sound = Devices['sounds'][number];
export type Tpm = Devices['tpms'][number];
export type Video = Devices['videos'][number];
export type Vsock = NonNullable<Devices['vsock']>;
export type Watchdog = Devices['watchdogs'][number];

export type BackingStore = NonNullable<Disk['backingStore']>;
/** Where an image is kept: what disks and the images below them have in common. */
export type StorageSource = Pick<Disk, 'type' | 'source'> & Disk extends infer D
  ? D extends { type: infer T; source?: infer S }
    ? { readonly type: T; readonly source?: S }
    : never
  : never;
/** Where a character device leads to. */
export type ChardevSource = Parallel extends infer P
  ? P extends unknown
    ? Omit<P, 'target' | 'alias' | 'address' | 'acpi'>
    : never
  : never;
/** Where the guest sees a device. */
export type Address = NonNullable<Memballoon['address']>;
/** Where a display can be reached. */
export type Listen = Extract<Graphics, { type: 'vnc' }>['listens'][number];
