import type { Assembly } from '../assembly.js';
import type { NodeNumbers } from '../block/disk-chain.js';
import { storageProps } from '../block/storage-props.js';
import type { Hostdev } from '../definition/types.js';
import { addSecret } from './secret.js';

type ScsiHostdev = Extract<Extract<Hostdev, { mode: 'subsystem' }>, { type: 'scsi' }>;

const ISCSI_PORT = 3260;

/** The node through which the guest talks to a SCSI device of the host or of an iSCSI target; answers its name. */
export function addScsiHostdevBackend(to: Assembly, hostdev: ScsiHostdev, numbers: NodeNumbers): string {
  const { source } = hostdev;
  const node = `libvirt-${numbers.next()}-backend`;
  const opened = { 'node-name': node, 'read-only': hostdev.readonly === true };
  if (source.protocol !== 'iscsi') {
    const path = to.cx.host.scsiGenericPath(source.adapter ?? '', source.address);
    to.out.json('blockdev', { driver: 'host_device', filename: path, ...opened });
    to.out.resource(path);
    return node;
  }
  const auth = source.auth === undefined ? undefined : addSecret(to, `${node}-secret0`, source.auth.secret);
  const [host] = source.hosts;
  const location = {
    type: 'network',
    protocol: 'iscsi',
    name: source.name,
    hosts: [{ transport: 'tcp', name: host?.name, port: host?.port ?? ISCSI_PORT }],
    user: source.auth?.username,
    initiator: source.initiator?.iqn,
    rbdEncryption: [],
  } as const;
  to.out.json('blockdev', { ...storageProps(location, { auth, encryption: [] }), ...opened });
  return node;
}
