/** Settings of qemu.conf and the directories of the daemon, as far as a plan asks for them. */
export interface QemuConfig {
  readonly libDir: string;
  /** Sockets and pid files of running guests. */
  readonly stateDir: string;
  readonly channelTargetDir: string;
  readonly memoryBackingDir: string;
  readonly nvramDir: string;
  readonly passtStateDir: string;
  readonly dbusStateDir: string;
  readonly rdpStateDir: string;
  /** hugetlbfs mounts: page size in KiB and directory; the first is the default. */
  readonly hugePageMounts: readonly {
    readonly sizeKiB: bigint;
    readonly path: string;
    readonly isDefault: boolean;
  }[];
  readonly vncListen: string;
  readonly vncTls: boolean;
  readonly vncTlsX509verify: boolean;
  readonly vncTlsX509certdir: string;
  readonly vncTlsX509secretUuid?: string | undefined;
  readonly vncSasl: boolean;
  readonly vncSaslDir?: string | undefined;
  readonly vncAutoUnixSocket: boolean;
  readonly vncAllowHostAudio: boolean;
  readonly vncPassword?: string | undefined;
  readonly spiceListen: string;
  readonly spiceTls: boolean;
  readonly spiceTlsX509certdir: string;
  readonly spiceSasl: boolean;
  readonly spiceSaslDir?: string | undefined;
  readonly spicePassword?: string | undefined;
  readonly spiceAutoUnixSocket: boolean;
  readonly nogfxAllowHostAudio: boolean;
  readonly chardevTls: boolean;
  readonly chardevTlsX509certdir: string;
  readonly chardevTlsX509verify: boolean;
  readonly chardevTlsX509secretUuid?: string | undefined;
  readonly vxhsTls: boolean;
  readonly vxhsTlsX509certdir: string;
  readonly nbdTls: boolean;
  readonly nbdTlsX509certdir: string;
  readonly nbdTlsX509secretUuid?: string | undefined;
  readonly defaultTlsX509certdir: string;
  readonly dumpGuestCore: boolean;
  readonly setProcessName: boolean;
  readonly logTimestamp: boolean;
  /** -1: whatever QEMU supports; 0: off; 1: on */
  readonly seccompSandbox: -1 | 0 | 1;
  readonly maxCore: bigint | undefined;
  readonly virtiofsdDebug: boolean;
  readonly deprecationBehavior?: string | undefined;
  /** The security driver that confines guests; `none`. */
  readonly securityModel: string;
  readonly relaxedAcs: boolean;
  readonly allowDiskFormatProbing: boolean;
}
