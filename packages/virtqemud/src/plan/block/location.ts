/** A server of a network disk. */
export interface BlockHost {
  readonly transport: 'tcp' | 'rdma' | 'unix';
  readonly name?: string | undefined;
  readonly port?: number | undefined;
  readonly socket?: string | undefined;
}

export type NetworkProtocol =
  | 'nbd'
  | 'rbd'
  | 'sheepdog'
  | 'gluster'
  | 'iscsi'
  | 'http'
  | 'https'
  | 'ftp'
  | 'ftps'
  | 'tftp'
  | 'ssh'
  | 'vxhs'
  | 'nfs';

/** Aliases of the secret objects that a location needs; each stands in an `-object` before it. */
export interface BlockSecrets {
  readonly auth?: string | undefined;
  readonly cookie?: string | undefined;
  /** Cookies as they are, where there is no secret to keep. */
  readonly plainCookie?: string | undefined;
  readonly tlsCredentials?: string | undefined;
  /** Of the format layer, or of librbd when it decrypts. */
  readonly encryption: readonly string[];
}

export interface NetworkLocation {
  readonly type: 'network';
  readonly protocol: NetworkProtocol;
  readonly name: string;
  readonly hosts: readonly BlockHost[];
  readonly query?: string | undefined;
  readonly user?: string | undefined;
  readonly snapshot?: string | undefined;
  readonly configFile?: string | undefined;
  readonly initiator?: string | undefined;
  readonly sslVerify?: boolean | undefined;
  readonly readahead?: bigint | undefined;
  readonly timeout?: bigint | undefined;
  readonly reconnectDelay?: number | undefined;
  readonly tlsHostname?: string | undefined;
  readonly knownHosts?: string | undefined;
  readonly keyFile?: string | undefined;
  readonly nfsUser?: number | undefined;
  readonly nfsGroup?: number | undefined;
  readonly glusterDebug?: number | undefined;
  /** librbd decrypts: formats from the outermost in. */
  readonly rbdEncryption: readonly ('luks' | 'luks2' | 'luks-any')[];
}

/** Where the bytes of an image are. */
export type BlockLocation =
  | {
      readonly type: 'file';
      readonly path: string;
      readonly fdset?: number | undefined;
      readonly aio?: 'native' | 'threads' | 'io_uring' | undefined;
      readonly prManager?: string | undefined;
    }
  | {
      readonly type: 'block';
      readonly path: string;
      /** A host CD-ROM drive. */
      readonly cdrom: boolean;
      readonly fdset?: number | undefined;
      readonly aio?: 'native' | 'threads' | 'io_uring' | undefined;
      readonly prManager?: string | undefined;
    }
  | { readonly type: 'dir'; readonly path: string; readonly floppy: boolean; readonly writable: boolean }
  | { readonly type: 'nvme'; readonly device: string; readonly namespace: bigint }
  | { readonly type: 'vhostvdpa'; readonly fdset: number }
  | NetworkLocation;
