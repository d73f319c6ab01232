/** What containers are said to be run by: clients know this path, and definitions keep it. */
export const DEFAULT_EMULATOR = '/usr/lib/libvirt/libvirt_lxc';
