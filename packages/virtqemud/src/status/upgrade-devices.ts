import type { Disk, Domain, Hostdev } from '@modvirt/core/schema';

type DiskSource = NonNullable<Disk['source']>;
type PrivateData = NonNullable<DiskSource['privateData']>;
type Objects = NonNullable<PrivateData['objects']>;

const NOTHING_KEPT: PrivateData = { nodenames: [], fdsets: [] };

/** Port on which VxHS served, before it was written down. */
const VXHS_PORT = 9999;

/** A guest that an older release started, with the names that it gave to objects and did not keep. */
export function upgradeDevices(domain: Domain): Domain {
  const { devices } = domain;
  return {
    ...domain,
    devices: {
      ...devices,
      disks: devices.disks.map(upgradeDisk),
      hostdevs: devices.hostdevs.map(upgradeHostdev),
    },
  };
}

function upgradeDisk(disk: Disk): Disk {
  const { source, alias } = disk;
  if (source === undefined || alias === undefined || source.privateData !== undefined) return disk;
  const secrets = [
    ...(!logsIn(disk) ? [] : [{ type: 'auth', alias: `${alias}-secret0` } as const]),
    ...(isLuks(source.encryption ?? disk.encryption)
      ? [{ type: 'encryption', alias: `${alias}-luks-secret0` } as const]
      : []),
  ];
  const tls = disk.type === 'network' && disk.source?.tls === true ? { TLSx509: `obj${alias}_tls0` } : {};
  const objects: Objects = { secrets, ...tls };
  if (secrets.length === 0 && objects.TLSx509 === undefined) return disk;
  return {
    ...withPorts(disk),
    source: { ...withPorts(disk).source, privateData: { ...NOTHING_KEPT, objects } },
  } as Disk;
}

function logsIn(disk: Disk): boolean {
  return disk.type === 'network' && (disk.source?.auth ?? disk.auth) !== undefined;
}

function isLuks(encryption: Disk['encryption']): boolean {
  return encryption?.format === 'luks';
}

function withPorts(disk: Disk): Disk {
  if (disk.type !== 'network' || disk.source?.protocol !== 'vxhs') return disk;
  const hosts = disk.source.hosts.map((it) => ({ port: VXHS_PORT, ...it }));
  return { ...disk, source: { ...disk.source, hosts } };
}

function upgradeHostdev(hostdev: Hostdev): Hostdev {
  if (hostdev.mode !== 'subsystem' || hostdev.type !== 'scsi' || hostdev.alias === undefined) return hostdev;
  const { source, alias } = hostdev;
  if (source.privateData !== undefined) return hostdev;
  const nodenames = [{ type: 'storage', name: `libvirt-${alias}-backend` }] as const;
  const login = source.protocol === 'iscsi' ? source.auth : undefined;
  const objects: Partial<PrivateData> =
    login === undefined ? {} : { objects: { secrets: [{ type: 'auth', alias: `${alias}-secret0` }] } };
  return { ...hostdev, source: { ...source, privateData: { ...NOTHING_KEPT, nodenames, ...objects } } };
}
