import type { Domain } from '@modvirt/core/schema';
import type { CharacterDevices } from './read-back.js';

type Devices = Domain['devices'];
type Console = Devices['consoles'][number];
type Channel = Devices['channels'][number];

/** Name of the port that the guest agent listens on. */
const AGENT_PORT = 'org.qemu.guest_agent.0';

/** The definition with what QEMU made of its character devices: the terminals, and who listens in the guest. */
export function withCharacterDevices(domain: Domain, { terminals, listening }: CharacterDevices): Domain {
  const { devices } = domain;
  const serials = devices.serials.map((it) => onTerminal(it, terminals));
  const [firstSerial] = serials;
  const consoles = devices.consoles.map((it, index) => {
    // The first console is the first serial port, seen again.
    const isSerial = index === 0 && (it.target?.type ?? 'serial') === 'serial' && firstSerial !== undefined;
    const path = isSerial ? terminals.get(firstSerial.alias ?? '') : terminals.get(it.alias ?? '');
    return path === undefined || it.type !== 'pty' ? it : asConsole(it, path);
  });
  const channels = devices.channels.map((it) =>
    withListener(onTerminal(it, terminals), listening.has(it.alias ?? '')),
  );
  const parallels = devices.parallels.map((it) => onTerminal(it, terminals));
  return { ...domain, devices: { ...devices, serials, consoles, parallels, channels } };
}

/** The definition after a program of the guest came to a channel, or left it. */
export function withChannelListener(domain: Domain, alias: string, isListening: boolean): Domain {
  const channels = domain.devices.channels.map((it) =>
    it.alias === alias ? withListener(it, isListening) : it,
  );
  return { ...domain, devices: { ...domain.devices, channels } };
}

/** The definition after the tray of a drive has moved. */
export function withTray(domain: Domain, alias: string, isOpen: boolean): Domain {
  const disks = domain.devices.disks.map((disk) => {
    if (disk.alias !== alias) return disk;
    const { tray: _before, ...target } = disk.target;
    return { ...disk, target: isOpen ? { ...target, tray: 'open' as const } : target };
  });
  return { ...domain, devices: { ...domain.devices, disks } };
}

function withListener(channel: Channel, isListening: boolean): Channel {
  const { target } = channel;
  if (target?.type !== 'virtio') return channel;
  return { ...channel, target: { ...target, state: isListening ? 'connected' : 'disconnected' } };
}

function onTerminal<T extends { readonly type: string; readonly alias?: string | undefined }>(
  device: T,
  terminals: ReadonlyMap<string, string>,
): T {
  const path = device.type === 'pty' ? terminals.get(device.alias ?? '') : undefined;
  return path === undefined ? device : { ...device, source: { path, seclabels: [] } };
}

function asConsole(device: Console, path: string): Console {
  return { ...onTerminal(device, new Map([[device.alias ?? '', path]])), tty: path };
}

/** The channel of the guest agent, if the guest has one. */
export function agentChannel(domain: Domain): Channel | undefined {
  return domain.devices.channels.find(
    (it) => it.type === 'unix' && it.target?.type === 'virtio' && it.target.name === AGENT_PORT,
  );
}

/** Whether a guest that begins again must end instead. */
export function endsOnReboot(domain: Domain | undefined): boolean {
  return domain?.on_reboot === 'destroy' || domain?.on_reboot === 'preserve';
}
