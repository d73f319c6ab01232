import { VirError } from '@modvirt/core/errors';
import type { Assembly } from '../assembly.js';
import type { SocketAddress } from '../command/chardev-backend.js';
import type { Props } from '../command/json.js';
import { aliasOf } from '../definition/controllers.js';
import type { Channel, Console, Parallel, Serial } from '../definition/types.js';
import { addressProps } from './address-props.js';
import { addChardev } from './chardev.js';

export function addSerial(to: Assembly, serial: Serial): void {
  const chardev = addChardev(to, serial, { alias: aliasOf(serial) });
  to.out.device(serialProps(to, serial, chardev));
}

function serialProps(to: Assembly, serial: Serial, chardev: string): Props {
  const model = serial.target?.model;
  const base = { driver: model, chardev, id: aliasOf(serial) };
  switch (model) {
    case 'isa-serial':
      return { ...base, index: serial.target?.port };
    case 'isa-debugcon': {
      const iobase = serial.address?.type === 'isa' ? serial.address.iobase : undefined;
      return { ...base, iobase };
    }
    default:
      return { ...base, ...addressProps(to, serial) };
  }
}

export function addParallel(to: Assembly, parallel: Parallel): void {
  const chardev = addChardev(to, parallel, { alias: aliasOf(parallel), parallel: true });
  to.out.device({ driver: 'isa-parallel', chardev, id: aliasOf(parallel), ...addressProps(to, parallel) });
}

/** A console; one that repeats the first serial port has no device of its own. */
export function addConsole(to: Assembly, device: Console): void {
  switch (device.target?.type) {
    case 'virtio': {
      const chardev = addChardev(to, device, { alias: aliasOf(device) });
      to.out.device({ driver: 'virtconsole', ...virtioPort(to, device), chardev, id: aliasOf(device) });
      return;
    }
    case 'serial':
    case undefined:
      return;
    default:
      throw VirError.of(
        'CONFIG_UNSUPPORTED',
        `unsupported console target type ${device.target?.type ?? 'none'}`,
      );
  }
}

/** The port on a virtio-serial controller; port 0 is told as any other. */
function virtioPort(to: Assembly, device: Console | Channel): Props {
  const { address } = device;
  if (address?.type !== 'virtio-serial') return {};
  return addressProps(to, device);
}

const SPICE_AGENT = 'com.redhat.spice.0';

export function addChannel(to: Assembly, channel: Channel): void {
  const alias = aliasOf(channel);
  const { target } = channel;
  if (target.type === 'guestfwd') {
    const chardev = addChardev(to, channel, { alias });
    const forward = `tcp:${target.address}:${target.port}-chardev:${chardev}`;
    to.out.json('netdev', { type: 'user', guestfwd: [{ str: forward }], id: alias });
    return;
  }
  if (target.type !== 'virtio') return;
  const name = target.name ?? defaultName(channel);
  const chardev = addChardev(to, channel, { alias, spiceName: 'vdagent' });
  to.out.device({ driver: 'virtserialport', ...virtioPort(to, channel), chardev, id: alias, name });
}

function defaultName(channel: Channel): string {
  return channel.type === 'spicevmc' || channel.type === 'qemu-vdagent' ? SPICE_AGENT : '';
}

/** The monitor that the daemon itself talks to. */
export function addMonitor(to: Assembly, path: string): void {
  to.out.chardev('charmonitor', { type: 'socket', address: monitorAddress(to, path), server: true });
  to.out.option('mon', 'chardev=charmonitor,id=monitor,mode=control');
}

function monitorAddress(to: Assembly, path: string): SocketAddress {
  if (to.cx.standalone === true) return { type: 'unix', path };
  const fd = to.out.descriptor('listen', (number) => ({ type: 'listen', number, path, owner: 'daemon' }));
  return { type: 'fd', fd };
}
