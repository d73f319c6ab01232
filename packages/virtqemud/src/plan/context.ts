import type { DescriptorNumbers } from './command/descriptor-numbers.js';
import type { QemuCaps } from './qemu-caps.js';
import type { QemuConfig } from './qemu-config.js';

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
  isPciExpress(address: string): boolean | undefined;
  /** What stands behind a block device path: a host CD-ROM gets another driver. */
  isCdrom(path: string): boolean;
  environment(name: string): string | undefined;
}

/** Random values, injected so that plans can be compared. */
export interface Randomness {
  bytes(count: number): Uint8Array;
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
  /** Encrypted by the guest's master key; both parts in base64. */
  seal(value: Uint8Array): { readonly data: string; readonly iv: string };
}

/** What planning knows besides the definition itself. */
export interface PlanContext {
  readonly caps: QemuCaps;
  readonly host: HostFacts;
  readonly config: QemuConfig;
  readonly random: Randomness;
  readonly secrets: PlanSecrets;
  readonly descriptors: DescriptorNumbers;
  /** Seconds since 1970, UTC. */
  readonly now: number;
  /** A newly defined guest: defaults may follow the newest rules. */
  readonly abiUpdate: boolean;
}
