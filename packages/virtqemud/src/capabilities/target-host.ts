import type { CpuMap } from '@modvirt/core/cpu';

/** Firmware for one kind of guest. */
export interface FirmwareReport {
  readonly kinds: readonly ('bios' | 'efi')[];
  /** Of UEFI images. */
  readonly paths: readonly string[];
  /** Whether one of them keeps its variables from the guest. */
  readonly isSecure: boolean;
}

/** What the answer depends on besides the emulator. */
export interface TargetHost {
  readonly cpus: CpuMap | undefined;
  readonly physicalAddressBits: number | undefined;
  readonly firmware: FirmwareReport;
  /** Whether the kernel can hand PCI devices to guests. */
  readonly hasVfio: boolean;
  /** Versions that the TPM emulator can be; undefined where it is not installed. */
  readonly tpmVersions: readonly string[] | undefined;
  /** Encrypted guests that can run at once, without and with encrypted state. */
  readonly sevGuests: { readonly plain: number; readonly encryptedState: number } | undefined;
  readonly kvmMaxVcpus: number | undefined;
}
