import { createCipheriv } from 'node:crypto';
import type { DescriptorUse, HostFacts, PlanContext, QemuCaps, QemuConfig } from '@modvirt/virtqemud/plan';
import { countedUuid } from '../pretended-host.js';

const LIB_DIR = '/var/lib/libvirt/qemu';
const RUN_DIR = '/var/run/libvirt/qemu';

/** The daemon of the recorded cases. */
export const pretendedConfig: QemuConfig = {
  libDir: LIB_DIR,
  stateDir: RUN_DIR,
  channelTargetDir: `${RUN_DIR}/channel`,
  memoryBackingDir: `${LIB_DIR}/ram`,
  nvramDir: `${LIB_DIR}/nvram`,
  passtStateDir: `${RUN_DIR}/passt`,
  dbusStateDir: `${RUN_DIR}/dbus`,
  rdpStateDir: `${RUN_DIR}/rdp`,
  hugePageMounts: [
    { sizeKiB: 2048n, path: '/dev/hugepages2M', isDefault: true },
    { sizeKiB: 1048576n, path: '/dev/hugepages1G', isDefault: false },
  ],
  vncListen: '127.0.0.1',
  vncTls: false,
  vncTlsX509verify: false,
  vncTlsX509certdir: '/etc/pki/libvirt-vnc',
  vncSasl: false,
  vncSaslDir: '/etc/sasl2',
  vncAutoUnixSocket: false,
  vncAllowHostAudio: false,
  spiceListen: '127.0.0.1',
  spiceTls: false,
  spiceTlsX509certdir: '/etc/pki/libvirt-spice',
  spiceSasl: false,
  spiceSaslDir: '/etc/sasl2',
  spicePassword: '123456',
  spiceAutoUnixSocket: false,
  nogfxAllowHostAudio: false,
  chardevTls: false,
  chardevTlsX509certdir: '/etc/pki/libvirt-chardev',
  chardevTlsX509verify: false,
  vxhsTls: false,
  vxhsTlsX509certdir: '/etc/pki/libvirt-vxhs',
  nbdTls: false,
  nbdTlsX509certdir: '/etc/pki/libvirt-nbd',
  defaultTlsX509certdir: '/etc/pki/qemu',
  dumpGuestCore: false,
  setProcessName: true,
  logTimestamp: true,
  seccompSandbox: -1,
  maxCore: undefined,
  virtiofsdDebug: false,
  securityModel: 'none',
  relaxedAcs: false,
  allowDiskFormatProbing: false,
};

const DESCRIPTORS: { readonly [use in DescriptorUse]: number } = {
  listen: 1729,
  'chardev-source': 1750,
  'chardev-log': 1751,
  tpm: 1730,
  'tpm-cancel': 1731,
  vdpa: 1732,
  tap: 3,
  'bridge-tap': 102,
  vhost: 44,
  'vhost-scsi': 3,
  vsock: 6789,
  'vhost-user-gpu': 1729,
  passt: 3,
  slirp: 3,
};

const FREE_CID = 42;
const DISPLAY_PORTS = { vnc: 5900, websocket: 5700, spice: 5901, 'spice-tls': 5902 } as const;

function countingBytes(count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, index) => index);
}

function hostFacts(environment: Readonly<Record<string, string | null>>): HostFacts {
  return {
    arch: 'x86_64',
    pageSizeKiB: 4n,
    numaNodes: [0, 1, 2, 3],
    physAddrBits: 64,
    automaticNodes: [0, 1, 2, 3],
    utcOffsetSeconds: -1800,
    scsiGenericPath: () => '/dev/sg0',
    renderNode: '/dev/dri/foo',
    tpmCancelPath: () => '/sys/class/tpm/tpm0/device/cancel',
    thpSizeKiB: 2048n,
    isPciExpress: () => undefined,
    isCdrom: (path) => path === '/dev/cdrom',
    environment: (name) => environment[name] ?? undefined,
  };
}

type Given =
  | 'abiUpdate'
  | 'cpus'
  | 'descriptorGroup'
  | 'firmware'
  | 'incoming'
  | 'networks'
  | 'servesByNbdkit'
  | 'volumes';

interface Pretence extends Pick<PlanContext, Given> {
  readonly caps: QemuCaps;
  readonly config: Partial<QemuConfig>;
  readonly environment: Readonly<Record<string, string | null>>;
}

/** The host that the recorded cases were made on. */
export function pretendedContext({ caps, config, environment, ...rest }: Pretence): PlanContext {
  return {
    caps,
    host: hostFacts(environment),
    config: { ...pretendedConfig, ...config },
    random: { bytes: countingBytes, uuid: countedUuid },
    secrets: {
      value: () => new TextEncoder().encode('AQCVn5hO6HzFAhAAq0NCv8jtJcIcE+HOBlMQ1A'),
      seal(value) {
        const iv = countingBytes(16);
        const cipher = createCipheriv('aes-256-cbc', countingBytes(32), iv);
        const data = Buffer.concat([cipher.update(value), cipher.final()]);
        return { data: data.toString('base64'), iv: Buffer.from(iv).toString('base64') };
      },
    },
    descriptors: { next: (use, index) => DESCRIPTORS[use] + index },
    id: -1,
    tpmSocket: () => '/dev/test',
    displayPort: (kind) => DISPLAY_PORTS[kind],
    now: 1234567890,
    vsockCid: () => FREE_CID,
    ...rest,
  };
}
