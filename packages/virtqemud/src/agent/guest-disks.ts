import type { Domain } from '@modvirt/core/schema';
import { field, list, optionalText, text } from './replies.js';

/** A disk as the guest sees it (`GuestDiskAddress`). */
export interface AgentDisk {
  readonly bus: string | undefined;
  readonly serial: string | undefined;
  /** Device node in the guest. */
  readonly device: string | undefined;
  readonly pci: {
    readonly domain: number;
    readonly bus: number;
    readonly slot: number;
    readonly function: number;
  };
  readonly busNumber: number;
  readonly target: number;
  readonly unit: number;
}

export interface AgentFileSystem {
  readonly name: string;
  readonly mountpoint: string;
  readonly type: string;
  readonly totalBytes: bigint | undefined;
  readonly usedBytes: bigint | undefined;
  readonly disks: readonly AgentDisk[];
}

export function agentFileSystem(from: unknown): AgentFileSystem {
  return {
    name: text(from, 'name'),
    mountpoint: text(from, 'mountpoint'),
    type: text(from, 'type'),
    totalBytes: bytes(from, 'total-bytes'),
    usedBytes: bytes(from, 'used-bytes'),
    disks: list(field(from, 'disk')).map(agentDisk),
  };
}

function bytes(from: unknown, name: string): bigint | undefined {
  const value = field(from, name);
  return typeof value === 'number' ? BigInt(Math.trunc(value)) : undefined;
}

export function agentDisk(from: unknown): AgentDisk {
  const pci = field(from, 'pci-controller');
  const number = (of: unknown, name: string): number => Number(field(of, name) ?? -1);
  return {
    bus: optionalText(from, 'bus-type'),
    serial: optionalText(from, 'serial'),
    device: optionalText(from, 'dev'),
    pci: {
      domain: number(pci, 'domain'),
      bus: number(pci, 'bus'),
      slot: number(pci, 'slot'),
      function: number(pci, 'function'),
    },
    busNumber: number(from, 'bus'),
    target: number(from, 'target'),
    unit: number(from, 'unit'),
  };
}

type Address = NonNullable<Domain['devices']['disks'][number]['address']>;

/** The target name (`vda`) of the domain's disk that a disk of the guest is, when its place says so. */
export function aliasOfDisk(disk: AgentDisk, domain: Domain): string | undefined {
  const found = domain.devices.disks.find((it) => it.address !== undefined && isAt(it.address, disk, domain));
  return found?.target?.dev;
}

function isAt(address: Address, disk: AgentDisk, domain: Domain): boolean {
  if (address.type === 'pci') return isPci(address, disk);
  if (address.type !== 'drive') return false;
  if (Number(address.bus) !== disk.busNumber || Number(address.target) !== disk.target) return false;
  if (Number(address.unit) !== disk.unit) return false;
  const controller = domain.devices.controllers.find(
    (it) => Number(it.index) === Number(address.controller) && it.address?.type === 'pci',
  );
  return controller?.address?.type === 'pci' && isPci(controller.address, disk);
}

function isPci(address: Extract<Address, { type: 'pci' }>, { pci }: AgentDisk): boolean {
  return (
    Number(address.domain ?? 0) === pci.domain &&
    Number(address.bus ?? 0) === pci.bus &&
    Number(address.slot ?? 0) === pci.slot &&
    Number(address.function ?? 0) === pci.function
  );
}
