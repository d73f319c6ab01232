import { VirError } from '@modvirt/core/errors';
import type { Assembly } from '../assembly.js';
import { aliasOf } from '../definition/controllers.js';
import type { Shmem } from '../definition/types.js';
import { addressProps } from './address-props.js';
import { addChardev } from './chardev.js';

const SHM_DIRECTORY = '/dev/shm';

export function addShmem(to: Assembly, shmem: Shmem): void {
  const id = aliasOf(shmem);
  if (shmem.address !== undefined && shmem.address.type !== 'pci') {
    throw VirError.of(
      'CONFIG_UNSUPPORTED',
      "only 'pci' addresses are supported for the shared memory device",
    );
  }
  const master = shmem.role === undefined ? undefined : shmem.role === 'master' ? 'on' : 'off';
  if (shmem.model === 'ivshmem-doorbell') {
    const path = shmem.server?.path ?? `/var/lib/libvirt/shmem-${shmem.name}-sock`;
    const chardev = addChardev(
      to,
      { type: 'unix', source: { mode: 'connect', path, seclabels: [] } },
      { alias: id },
    );
    to.out.device({
      driver: 'ivshmem-doorbell',
      id,
      chardev,
      vectors: shmem.msi?.vectors,
      ioeventfd: shmem.msi?.ioeventfd,
      master,
      ...addressProps(to, shmem),
    });
    return;
  }
  const memdev = `shmmem-${id}`;
  to.out.object({
    'qom-type': 'memory-backend-file',
    id: memdev,
    'mem-path': `${SHM_DIRECTORY}/${shmem.name}`,
    size: shmem.size === undefined ? undefined : shmem.size * 1024n,
    share: true,
  });
  to.out.device({ driver: 'ivshmem-plain', id, memdev, master, ...addressProps(to, shmem) });
}
