import type { Call, Handlers } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import { checkFlags, HeldDevices } from '@modvirt/core/hypervisor';
import { domainChannelFlags, domainConsoleFlags } from '@modvirt/core/protocol/constants';
import type { domainDevices } from '@modvirt/core/protocol/rows';
import type { Domain } from '@modvirt/core/schema';
import type { QemuDriver } from '../driver.js';
import type { QemuDomain } from '../process/qemu-domain.js';

type Devices = Domain['devices'];
type CharacterDevice =
  | Devices['serials'][number]
  | Devices['consoles'][number]
  | Devices['parallels'][number];
type Channel = Devices['channels'][number];

/** Consoles and channels of guests as streams of their clients. */
export function consoleHandlers(
  driver: QemuDriver,
): Pick<Handlers<typeof domainDevices>, 'domainOpenConsole' | 'domainOpenChannel'> {
  const held = new HeldDevices();
  return {
    domainOpenConsole: ({ dom, devName, flags }, call) => {
      const { force, safe } = domainConsoleFlags;
      checkFlags('virDomainOpenConsole', flags, force | safe, 'QEMU');
      const device = findConsole(liveDevices(driver.domains.byRef(dom)), devName);
      const path = terminalOf(device, devName);
      return held.open(call, {
        path,
        force: (flags & force) !== 0,
        busy: 'Active console session exists for this domain',
        connect: () => driver.parts.consoles.attach(path),
      });
    },
    domainOpenChannel: ({ dom, name, flags }, call: Call) => {
      const { force } = domainChannelFlags;
      checkFlags('virDomainOpenChannel', flags, force, 'QEMU');
      const path = socketOf(findChannel(liveDevices(driver.domains.byRef(dom)), name), name);
      return held.open(call, {
        path,
        force: (flags & force) !== 0,
        busy: 'Active channel stream exists for this domain',
        connect: (signal) => driver.parts.consoles.connect(path, signal),
      });
    },
  };
}

function liveDevices(domain: QemuDomain): Devices {
  if (domain.live === undefined)
    throw VirError.of('OPERATION_INVALID', 'domain is not running', { domain: 'DOMAIN' });
  return domain.live.devices;
}

/** By alias; without one the first console, which may be the first serial port seen again. */
function findConsole(devices: Devices, alias: string | null): CharacterDevice {
  const { consoles, serials, parallels } = devices;
  const [firstConsole] = consoles;
  const isSerial = firstConsole === undefined || (firstConsole.target?.type ?? 'serial') === 'serial';
  const found =
    alias === null
      ? isSerial
        ? (serials[0] ?? firstConsole)
        : firstConsole
      : [...consoles, ...serials, ...parallels].find((it) => it.alias === alias);
  if (found !== undefined) return found;
  throw VirError.of('INTERNAL_ERROR', `cannot find character device ${alias ?? '<null>'}`);
}

function terminalOf(device: CharacterDevice, alias: string | null): string {
  const path = device.type === 'pty' ? device.source?.path : undefined;
  if (path !== undefined) return path;
  throw VirError.of('INTERNAL_ERROR', `character device ${alias ?? '<null>'} is not using a PTY`);
}

function findChannel(devices: Devices, name: string | null): Channel {
  const { channels } = devices;
  const found =
    name === null
      ? channels[0]
      : channels.find((it) => it.alias === name || (it.target?.type === 'virtio' && it.target.name === name));
  if (found !== undefined) return found;
  throw VirError.of('INTERNAL_ERROR', `cannot find channel ${name ?? '<null>'}`);
}

function socketOf(channel: Channel, name: string | null): string {
  const path = channel.type === 'unix' ? channel.source?.path : undefined;
  if (path !== undefined) return path;
  throw VirError.of('INTERNAL_ERROR', `channel ${name ?? '<null>'} is not using a UNIX socket`);
}
