import type { Cgroup } from './cgroup.js';

/** A device as the kernel names it. */
export interface DeviceNumber {
  readonly type: 'b' | 'c';
  readonly major: number;
  /** All of the major's where absent. */
  readonly minor?: number;
}

const text = ({ type, major, minor }: DeviceNumber, rights: string): string =>
  `${type} ${major}:${minor ?? '*'} ${rights}`;

/** Lets the group have these devices and no others. Does nothing on a host that cannot tell devices apart. */
export async function confineDevices(group: Cgroup, devices: readonly DeviceNumber[]): Promise<void> {
  const place = group.place('devices');
  if (place === undefined) return;
  await group.write(place, 'devices.deny', 'a');
  for (const device of devices) await group.write(place, 'devices.allow', text(device, 'rwm'));
}

export async function allowDevice(group: Cgroup, device: DeviceNumber, rights = 'rwm'): Promise<void> {
  const place = group.place('devices');
  if (place !== undefined) await group.write(place, 'devices.allow', text(device, rights));
}

export async function denyDevice(group: Cgroup, device: DeviceNumber): Promise<void> {
  const place = group.place('devices');
  if (place !== undefined) await group.write(place, 'devices.deny', text(device, 'rwm'));
}

/** How many processes there can be. Does nothing on a host that does not count them. */
export async function limitProcesses(group: Cgroup, count: number): Promise<void> {
  const place = group.place('pids');
  if (place !== undefined) await group.write(place, 'pids.max', String(count));
}
