import {
  booleanParameter,
  doubleParameter,
  intParameter,
  stringParameter,
  type TypedParameter,
  uintParameter,
  ullongParameter,
} from '@modvirt/core/protocol';
import type { Domain } from '@modvirt/core/schema';
import { agentInterfaces } from './guest-addresses.js';
import { type AgentDisk, agentDisk, agentFileSystem, aliasOfDisk } from './guest-disks.js';
import { field, list, optionalText, text } from './replies.js';

/** Typed parameters as `virDomainGetGuestInfo` documents their names. */
export type Facts = TypedParameter[];

/** `user.*`: from `guest-get-users`. */
export function userFacts(reply: unknown): Facts {
  const users = list(reply);
  return [
    uintParameter('user.count', users.length),
    ...users.flatMap((user, i) => [
      stringParameter(`user.${i}.name`, text(user, 'user')),
      ...optional(`user.${i}.domain`, optionalText(user, 'domain')),
      ullongParameter(
        `user.${i}.login-time`,
        BigInt(Math.trunc(Number(field(user, 'login-time') ?? 0) * 1000)),
      ),
    ]),
  ];
}

const OS_KEYS = [
  'id',
  'name',
  'pretty-name',
  'version',
  'version-id',
  'machine',
  'variant',
  'variant-id',
  'kernel-release',
  'kernel-version',
] as const;

/** `os.*`: from `guest-get-osinfo`. */
export function osFacts(reply: unknown): Facts {
  return OS_KEYS.flatMap((key) => optional(`os.${key}`, optionalText(reply, key)));
}

/** `timezone.*`: from `guest-get-timezone`; the offset is in seconds. */
export function timezoneFacts(reply: unknown): Facts {
  return [
    ...optional('timezone.name', optionalText(reply, 'zone')),
    intParameter('timezone.offset', Number(field(reply, 'offset') ?? 0)),
  ];
}

/** `hostname`: from `guest-get-host-name`. */
export function hostnameFacts(reply: unknown): Facts {
  return [stringParameter('hostname', text(reply, 'host-name'))];
}

/** `load.*`: from `guest-get-load`. */
export function loadFacts(reply: unknown): Facts {
  return (['1m', '5m', '15m'] as const).map((span) =>
    doubleParameter(`load.${span}`, Number(field(reply, `load${span}`) ?? 0)),
  );
}

/** `fs.*`: from `guest-get-fsinfo`. Sizes in bytes. */
export function fileSystemFacts(reply: unknown, domain: Domain): Facts {
  const systems = list(reply).map(agentFileSystem);
  if (systems.length === 0) return [];
  return [
    uintParameter('fs.count', systems.length),
    ...systems.flatMap((fs, i) => [
      stringParameter(`fs.${i}.name`, fs.name),
      stringParameter(`fs.${i}.mountpoint`, fs.mountpoint),
      stringParameter(`fs.${i}.fstype`, fs.type),
      ...(fs.totalBytes === undefined ? [] : [ullongParameter(`fs.${i}.total-bytes`, fs.totalBytes)]),
      ...(fs.usedBytes === undefined ? [] : [ullongParameter(`fs.${i}.used-bytes`, fs.usedBytes)]),
      uintParameter(`fs.${i}.disk.count`, fs.disks.length),
      ...fs.disks.flatMap((disk, j) => diskOfFileSystem(`fs.${i}.disk.${j}`, disk, domain)),
    ]),
  ];
}

function diskOfFileSystem(prefix: string, disk: AgentDisk, domain: Domain): Facts {
  return [
    ...optional(`${prefix}.alias`, aliasOfDisk(disk, domain)),
    ...optional(`${prefix}.serial`, disk.serial),
    ...optional(`${prefix}.device`, disk.device),
  ];
}

/** `disk.*`: from `guest-get-disks`. */
export function diskFacts(reply: unknown, domain: Domain): Facts {
  const disks = list(reply);
  if (disks.length === 0) return [];
  return [
    uintParameter('disk.count', disks.length),
    ...disks.flatMap((it, i) => {
      const dependencies = list(field(it, 'dependencies')).map(String);
      const address = field(it, 'address');
      const disk = address === undefined ? undefined : agentDisk(address);
      return [
        stringParameter(`disk.${i}.name`, text(it, 'name')),
        booleanParameter(`disk.${i}.partition`, field(it, 'partition') === true),
        ...(dependencies.length === 0
          ? []
          : [
              uintParameter(`disk.${i}.dependency.count`, dependencies.length),
              ...dependencies.map((name, j) => stringParameter(`disk.${i}.dependency.${j}.name`, name)),
            ]),
        ...optional(`disk.${i}.serial`, disk?.serial),
        ...optional(`disk.${i}.alias`, disk && aliasOfDisk(disk, domain)),
        ...optional(`disk.${i}.guest_alias`, optionalText(it, 'alias')),
        ...optional(`disk.${i}.guest_bus`, disk?.bus),
      ];
    }),
  ];
}

/** `if.*`: from `guest-network-get-interfaces`. */
export function interfaceFacts(reply: unknown): Facts {
  const interfaces = agentInterfaces(reply);
  return [
    uintParameter('if.count', interfaces.length),
    ...interfaces.flatMap(({ name, hwaddr, addrs }, i) => [
      stringParameter(`if.${i}.name`, name),
      ...optional(`if.${i}.hwaddr`, hwaddr ?? undefined),
      uintParameter(`if.${i}.addr.count`, addrs.length),
      ...addrs.flatMap((address, j) => [
        stringParameter(`if.${i}.addr.${j}.type`, address.type === 0 ? 'ipv4' : 'ipv6'),
        stringParameter(`if.${i}.addr.${j}.addr`, address.addr),
        uintParameter(`if.${i}.addr.${j}.prefix`, address.prefix),
      ]),
    ]),
  ];
}

function optional(name: string, value: string | undefined): Facts {
  return value === undefined ? [] : [stringParameter(name, value)];
}
