import type { CpuDefinition, CpuMap, OfferedModel } from '@modvirt/core/cpu';
import type { Bandwidth, Domain, Virtualport, Vlan } from '@modvirt/core/schema';
import type { Uuid } from '@modvirt/core/wire';
import type { DescriptorNumbers } from './command/descriptor-numbers.js';
import type { NetworkInterface, StorageSource, Sysinfo } from './definition/types.js';
import type { FirmwareDescriptor } from './firmware/descriptor.js';
import type { Accelerator, QemuCaps } from './qemu-caps.js';
import type { QemuConfig } from './qemu-config.js';

/** A device on a SCSI adapter of the host. */
export interface ScsiAddress {
  readonly bus: number;
  readonly target: number;
  readonly unit: bigint;
}

/** Facts about the host that a definition or a command line depends on. */
export interface HostFacts {
  readonly arch: string;
  readonly pageSizeKiB: bigint;
  /** NUMA nodes that exist. */
  readonly numaNodes: readonly number[];
  /** Physical address bits of the host's CPU. */
  readonly physAddrBits?: number | undefined;
  readonly thpSizeKiB?: bigint | undefined;
  /** Whether a PCI device of the host is a PCI Express one; undefined when it cannot be read. */
  /** Nodes that the host suggests for a guest that leaves the choice to it. */
  readonly automaticNodes?: readonly number[] | undefined;
  /** How far local time is east of UTC. */
  readonly utcOffsetSeconds: number;
  /** The generic SCSI node of a device on one of the host's adapters. */
  scsiGenericPath(adapter: string, address: ScsiAddress | undefined): string;
  /** The GPU device that accelerated displays use. */
  readonly renderNode: string;
  /** What the host's own firmware says about it. */
  readonly smbios?: Extract<Sysinfo, { type: 'smbios' }> | undefined;
  /** The file by which commands of the TPM behind `device` are cancelled. */
  tpmCancelPath(device: string): string;
  isPciExpress(address: string): boolean | undefined;
  /** Whether a device file can be used; undefined: all can. */
  hasDevice?(path: string): boolean;
  /** What stands behind a block device path: a host CD-ROM gets another driver. */
  isCdrom(path: string): boolean;
  environment(name: string): string | undefined;
}

/** Random values, injected so that plans can be compared. */
export interface Randomness {
  bytes(count: number): Uint8Array;
  uuid(): Uuid;
}

/** Names a secret as documents do. */
export interface SecretRef {
  /** What it is used for: `tls`, `iscsi`, `ceph`, `volume` … */
  readonly type: string;
  readonly uuid?: string | undefined;
  readonly usage?: string | undefined;
}

/** Secrets, fetched before planning. */
export interface PlanSecrets {
  /** @throws VirError when there is no such secret */
  value(ref: SecretRef): Uint8Array;
  /** What seals them; it goes into a file of the guest's. Absent: made when the plan is carried out. */
  readonly masterKey?: Uint8Array;
  /** Encrypted by the guest's master key; both parts in base64. */
  seal(value: Uint8Array): { readonly data: string; readonly iv: string };
}

/** What a virtual network connects an interface to. */
export type NetworkPlug = PortFacts &
  (
    | { readonly type: 'bridge'; readonly bridge: string }
    /** A bridge that the network only names: the interface shows as one on that bridge. */
    | { readonly type: 'host-bridge'; readonly bridge: string }
    | { readonly type: 'direct'; readonly dev: string; readonly mode: DirectMode }
    | { readonly type: 'hostdev'; readonly address: HostPciAddress; readonly managed: boolean }
  );

export type DirectMode = 'vepa' | 'private' | 'bridge' | 'passthrough';

/** What a network's port says of an interface, in place of the interface's own words. */
export type PortFacts = {
  readonly portId?: Uuid;
  readonly macTableManager?: 'kernel' | 'libvirt';
  readonly settings?: {
    readonly bandwidth?: Bandwidth;
    readonly vlan?: Vlan;
    readonly virtualport?: Virtualport;
    readonly port?: { readonly isolated?: boolean };
    readonly trustGuestRxFilters?: boolean;
  };
};

export interface HostPciAddress {
  readonly domain: number;
  readonly bus: number;
  readonly slot: number;
  readonly function: number;
}

/** What is known of CPUs for guests of the emulator. */
export interface KnownCpus {
  /** Undefined where no description of CPUs is installed. */
  map(): CpuMap | undefined;
  /** The models that the emulator has. */
  offered(accelerator: Accelerator): readonly OfferedModel[];
  /**
   * The host's CPU as guests can have it, which `host-model` stands for.
   *
   * @param migratable only what lets a guest be moved
   */
  hostModel(accelerator: Accelerator, migratable: boolean): CpuDefinition | undefined;
}

/** Firmware that this host has. */
export interface FirmwareChoices {
  /** In the order in which they are tried. */
  readonly descriptors: readonly FirmwareDescriptor[];
  /** Pairs of the daemon's configuration, from before there were descriptors. */
  readonly listed: readonly { readonly executable: string; readonly template: string }[];
}

/** Virtual networks, asked before planning. */
export interface PlanNetworks {
  /** Undefined: the network's own bridge, which the network daemon names when the guest starts. */
  plugOf(net: NetworkInterface, position: number): NetworkPlug | undefined;
  /** The host's address on a network. */
  addressOf(network: string): string | undefined;
}

/** A volume of a storage pool, as documents name it. */
export interface VolumeRef {
  readonly pool: string;
  readonly volume: string;
  /** Whether an iSCSI unit is reached by the host's block device, or by QEMU itself. */
  readonly mode?: 'host' | 'direct' | undefined;
}

/** Storage pools, asked before planning. */
export interface PlanVolumes {
  /** @throws VirError when there is no such volume, or its pool is not active */
  placeOf(volume: VolumeRef): StorageSource;
}

/** Descriptors that clients associated with the domain. */
export interface DescriptorGroup {
  readonly numbers: readonly number[];
  readonly writable: boolean;
}

/** What planning knows besides the definition itself. */
export interface PlanContext {
  readonly caps: QemuCaps;
  readonly host: HostFacts;
  readonly config: QemuConfig;
  readonly random: Randomness;
  readonly secrets: PlanSecrets;
  readonly networks: PlanNetworks;
  readonly volumes: PlanVolumes;
  /** The descriptors of that name. */
  descriptorGroup(name: string): DescriptorGroup | undefined;
  /** Whether nbdkit serves images that are reached by that protocol. */
  servesByNbdkit(protocol: string): boolean;
  readonly firmware: FirmwareChoices;
  readonly cpus: KnownCpus;
  readonly descriptors: DescriptorNumbers;
  /** The number that the guest runs under. */
  readonly id: number;
  /** The socket of the helper that is a TPM for `domain`. */
  tpmSocket(domain: Domain): string;
  /** A free port for a display, taken for this guest. */
  displayPort(kind: 'vnc' | 'websocket' | 'spice' | 'spice-tls'): number;
  /** A context ID for the guest's virtual socket, taken for this guest. */
  vsockCid(): number;
  /** Where a guest that comes from elsewhere is read from: `fd:7`, `defer`. */
  readonly incoming?: string | undefined;
  /** Seconds since 1970, UTC. */
  readonly now: number;
  /** A newly defined guest: defaults may follow the newest rules. */
  readonly abiUpdate: boolean;
  /** Somebody else is to start it, who has none of our listening sockets. */
  readonly standalone?: boolean;
}
