// How clients name objects: by value, not by handle.
import { int, struct, text, uuid } from '../wire/types.js';

export const domainRef = struct({ name: text, uuid, id: int });
export const networkRef = struct({ name: text, uuid });
export const networkPortRef = struct({ net: networkRef, uuid });
export const interfaceRef = struct({ name: text, mac: text });
export const nwfilterRef = struct({ name: text, uuid });
export const nwfilterBindingRef = struct({ portdev: text, filtername: text });
export const storagePoolRef = struct({ name: text, uuid });
export const storageVolRef = struct({ pool: text, name: text, key: text });
export const nodeDeviceRef = struct({ name: text });
export const secretRef = struct({ uuid, usageType: int, usageID: text });
export const domainCheckpointRef = struct({ name: text, dom: domainRef });
export const domainSnapshotRef = struct({ name: text, dom: domainRef });
