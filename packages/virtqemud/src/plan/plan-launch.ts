import type { Domain } from '@modvirt/core/schema';
import type { Assembly } from './assembly.js';
import { addBoot, addPowerManagement } from './command/boot.js';
import { addClock } from './command/clock.js';
import { CommandLine } from './command/command-line.js';
import { addCpu, addSmp } from './command/cpu.js';
import { addDevices } from './command/devices.js';
import { addFirmware } from './command/firmware.js';
import { addIothreads } from './command/iothreads.js';
import { addMachine, addNoAcpi } from './command/machine.js';
import { addMemory, addOvercommit } from './command/memory.js';
import { addNuma } from './command/numa.js';
import { options } from './command/options.js';
import { addFirmwareConfig, addSmbios } from './command/smbios.js';
import { guestEnvironment } from './command/surroundings.js';
import { addThrottleGroups } from './command/throttle-groups.js';
import type { PlanContext } from './context.js';
import { deviceOverrides } from './definition/device-overrides.js';
import { shortName } from './definition/names.js';
import { addMonitor } from './devices/character.js';
import { addPrHelper } from './devices/persistent-reservations.js';
import { MASTER_KEY_ID } from './devices/secret.js';
import type { LaunchPlan } from './launch-plan.js';

const MASTER_KEY_BYTES = 32;

/**
 * Everything that a start of `domain` does.
 *
 * @param domain post-parsed, with addresses and aliases
 */
export function planLaunch(domain: Domain, cx: PlanContext): LaunchPlan {
  const out = new CommandLine(cx.descriptors, {
    deviceJson: cx.caps.has('device.json+hotplug'),
    chardevJson: cx.caps.has('chardev.json'),
    overrides: deviceOverrides(domain),
  });
  const to: Assembly = { domain, cx, out };
  const privateDir = `${cx.config.libDir}/domain-${shortName(to)}`;
  const monitorPath = `${privateDir}/monitor.sock`;
  addIdentity(to, privateDir);
  addMachinery(to);
  addMonitor(to, monitorPath);
  addClock(to);
  addPowerManagement(to);
  addNoAcpi(to);
  addBoot(to);
  addDevices(to);
  if (cx.config.logTimestamp) out.option('msg', 'timestamp=on');
  return {
    emulator: domain.devices.emulator ?? cx.caps.emulator,
    env: { ...guestEnvironment(to, privateDir), ...out.env },
    privateDirectory: privateDir,
    channelDirectory: `${cx.config.channelTargetDir}/${shortName(to)}`,
    monitorPath,
    pidFilePath: `${cx.config.stateDir}/${domain.name}.pid`,
    ...out.collected(),
  };
}

/** Its name and the key that opens its secrets. */
function addIdentity(to: Assembly, privateDir: string): void {
  const { domain, out } = to;
  out.directory({ path: privateDir, mode: 0o750, owner: 'guest' });
  out.option('name', options(['guest', domain.name], ['debug-threads', to.cx.config.setProcessName]));
  if (domain.qemuDeprecation !== undefined) addCompat(to, domain.qemuDeprecation.behavior);
  out.option('S');
  const { masterKey } = to.cx.secrets;
  const file = `${privateDir}/master-key.aes`;
  out.file({
    path: file,
    mode: 0o600,
    owner: 'guest',
    content:
      masterKey === undefined
        ? { type: 'random', bytes: MASTER_KEY_BYTES }
        : { type: 'key', value: masterKey },
  });
  out.object({ 'qom-type': 'secret', id: MASTER_KEY_ID, format: 'raw', file });
}

function addCompat(to: Assembly, behavior: 'none' | 'omit' | 'reject' | 'crash'): void {
  if (behavior === 'none') return;
  const input = { omit: undefined, reject: 'reject', crash: 'crash' }[behavior];
  to.out.json('compat', { 'deprecated-output': 'hide', 'deprecated-input': input });
}

/** Tells the guest when it was copied or put back. */
function addGenerationId({ domain, out }: Assembly): void {
  if (domain.genid !== undefined) out.device({ driver: 'vmgenid', guid: domain.genid.uuid, id: 'vmgenid0' });
}

/** Processors, memory and firmware. */
function addMachinery(to: Assembly): void {
  const { domain, out } = to;
  addPrHelper(to);
  addFirmware(to, 'blockdev');
  addMachine(to);
  addFirmware(to, 'options');
  addCpu(to);
  addFirmware(to, 'bios');
  addMemory(to);
  addOvercommit(to);
  addSmp(to);
  addIothreads(to);
  addThrottleGroups(to);
  addNuma(to);
  out.option('uuid', domain.uuid);
  addSmbios(to);
  addGenerationId(to);
  addFirmwareConfig(to);
  if (domain.devices.graphics.length === 0) out.option('display', 'none');
  out.option('no-user-config');
  out.option('nodefaults');
}
