import type { Domain } from '@modvirt/core/schema';

/** The environment of a container's init, as `NAME=value`. */
export function initEnvironment({ name, uuid, os, devices }: Domain): readonly string[] {
  const terminals = devices.consoles.slice(1).map((_it, index) => `pts/${index + 1}`);
  return [
    'PATH=/bin:/sbin',
    'TERM=linux',
    'container=lxc-libvirt',
    'HOME=/',
    `container_uuid=${uuid}`,
    ...(terminals.length === 0 ? [] : [`container_ttys=${terminals.join(' ')}`]),
    `LIBVIRT_LXC_UUID=${uuid}`,
    `LIBVIRT_LXC_NAME=${name}`,
    ...(os.cmdline === undefined ? [] : [`LIBVIRT_LXC_CMDLINE=${os.cmdline}`]),
    ...os.initenvs.map((it) => `${it.name}=${it.value}`),
  ];
}
