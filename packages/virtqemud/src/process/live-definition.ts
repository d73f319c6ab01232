import type { Domain } from '@modvirt/core/schema';

type Devices = Domain['devices'];
type Console = Devices['consoles'][number];

/** Name of the port that the guest agent listens on. */
const AGENT_PORT = 'org.qemu.guest_agent.0';

/** The definition with the terminals that QEMU made: by alias, without `char`. */
export function withTerminals(domain: Domain, terminals: ReadonlyMap<string, string>): Domain {
  if (terminals.size === 0) return domain;
  const { devices } = domain;
  const serials = devices.serials.map((it) => onTerminal(it, terminals));
  const [firstSerial] = serials;
  const consoles = devices.consoles.map((it, index) => {
    // The first console is the first serial port, seen again.
    const isSerial = index === 0 && (it.target?.type ?? 'serial') === 'serial' && firstSerial !== undefined;
    const path = isSerial ? terminals.get(firstSerial.alias ?? '') : terminals.get(it.alias ?? '');
    return path === undefined || it.type !== 'pty' ? it : asConsole(it, path);
  });
  return {
    ...domain,
    devices: {
      ...devices,
      serials,
      consoles,
      parallels: devices.parallels.map((it) => onTerminal(it, terminals)),
      channels: devices.channels.map((it) => onTerminal(it, terminals)),
    },
  };
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
export function agentChannel(domain: Domain): Devices['channels'][number] | undefined {
  return domain.devices.channels.find(
    (it) => it.type === 'unix' && it.target?.type === 'virtio' && it.target.name === AGENT_PORT,
  );
}

/** Whether a guest that begins again must end instead. */
export function endsOnReboot(domain: Domain | undefined): boolean {
  return domain?.on_reboot === 'destroy' || domain?.on_reboot === 'preserve';
}
