import { VirError } from '@modvirt/core/errors';
import type { Assembly } from '../assembly.js';
import type { Props } from '../command/json.js';
import { addMemoryBackend } from '../command/memory-backend.js';
import { aliasOf } from '../definition/controllers.js';
import type { MemoryDevice } from '../definition/types.js';
import { addressProps } from './address-props.js';
import { virtioDriver } from './virtio.js';

export function addMemoryDevice(to: Assembly, device: MemoryDevice): void {
  addBackend(to, device);
  to.out.device(frontEnd(to, device));
}

function backendId(device: MemoryDevice): string {
  return `mem${aliasOf(device)}`;
}

function addBackend(to: Assembly, device: MemoryDevice): void {
  const shared = {
    fileName: aliasOf(device),
    id: backendId(device),
    sizeKiB: device.target.size,
    access: device.access,
  };
  switch (device.model) {
    case 'dimm':
      addMemoryBackend(to, {
        ...shared,
        cell: device.target.node,
        discard: device.discard,
        hostNodes: device.source?.nodemask,
        pageSizeKiB: device.source?.pagesize,
      });
      return;
    case 'virtio-mem':
      addMemoryBackend(to, {
        ...shared,
        cell: device.target.node,
        discard: device.discard,
        hostNodes: device.source?.nodemask,
        pageSizeKiB: device.source?.pagesize,
        reserve: false,
        neverPrealloc: true,
      });
      return;
    case 'nvdimm':
      addMemoryBackend(to, {
        ...shared,
        cell: device.target.node,
        discard: device.discard,
        path: device.source.path,
        alignKiB: device.source.alignsize,
        pmem: device.source.pmem,
        readOnly: device.target.readonly,
        prealloc: device.source.pmem !== true,
      });
      return;
    case 'virtio-pmem':
      addMemoryBackend(to, { ...shared, cell: undefined, path: device.source.path, prealloc: false });
      return;
    case 'sgx-epc':
      throw VirError.of('CONFIG_UNSUPPORTED', "sgx epc isn't supported by this QEMU binary");
  }
}

function frontEnd(to: Assembly, device: MemoryDevice): Props {
  const memdev = backendId(device);
  const id = aliasOf(device);
  switch (device.model) {
    case 'dimm':
      return { driver: 'pc-dimm', node: device.target.node, memdev, id, ...slotProps(device) };
    case 'nvdimm':
      return {
        driver: 'nvdimm',
        node: device.target.node,
        'label-size': device.target.label === undefined ? undefined : device.target.label * 1024n,
        uuid: device.uuid,
        unarmed: device.target.readonly,
        memdev,
        id,
        ...slotProps(device),
      };
    case 'virtio-pmem':
      return { driver: virtioDriver('virtio-pmem', device.address), memdev, id, ...addressProps(to, device) };
    case 'virtio-mem':
      return {
        driver: virtioDriver('virtio-mem', device.address),
        node: device.target.node,
        'block-size': (device.target.block ?? 0n) * 1024n,
        'requested-size': (device.target.requested ?? 0n) * 1024n,
        memdev,
        prealloc: preallocates(device) && to.cx.caps.has('virtio-mem-pci.prealloc') ? true : undefined,
        memaddr: device.target.base,
        'dynamic-memslots': device.target.dynamicMemslots,
        id,
        ...addressProps(to, device),
      };
    case 'sgx-epc':
      return {};
  }
}

/** Memory of huge pages is taken from the host at once. */
function preallocates(device: Extract<MemoryDevice, { model: 'virtio-mem' }>): boolean {
  return device.source?.pagesize !== undefined;
}

function slotProps(device: MemoryDevice): Props {
  if (device.address?.type !== 'dimm') return {};
  return { slot: device.address.slot, addr: device.address.base };
}
