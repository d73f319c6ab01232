import { VirError } from '@modvirt/core/errors';
import type { Domain } from '@modvirt/core/schema';
import { DEFAULT_EMULATOR } from './emulator.js';

type Console = Domain['devices']['consoles'][number];
type Mac = NonNullable<Domain['devices']['interfaces'][number]['mac']>['address'];
type Idmap = NonNullable<Domain['idmap']>;

/** Word size of the architectures whose programs a host of 64 bits runs as well. */
const NARROW: Readonly<Record<string, string>> = {
  x86_64: 'i686',
  ppc64: 'ppc',
  s390x: 's390',
  sparc64: 'sparc',
};

/** The architectures of containers on a host: its own first. */
export function containerArchitectures(hostArch: string): readonly string[] {
  const narrow = NARROW[hostArch];
  return narrow === undefined ? [hostArch] : [hostArch, narrow];
}

/**
 * Fills in what containers take for granted.
 *
 * @throws VirError for a kind of guest that is no container
 */
export function completeContainer(domain: Domain, hostArch: string, newMac: () => Mac): Domain {
  const arch = domain.os.type?.arch ?? hostArch;
  requireContainer(domain, arch, hostArch);
  if (domain.os.init === undefined) {
    throw VirError.of('XML_ERROR', 'init binary must be specified', { domain: 'DOMAIN' });
  }
  const { devices } = domain;
  return {
    ...domain,
    os: { ...domain.os, type: { name: 'exe', ...domain.os.type, arch: arch as KnownArch } },
    ...(domain.idmap === undefined ? {} : { idmap: sortedIdmap(domain.idmap) }),
    devices: {
      ...devices,
      emulator: devices.emulator ?? DEFAULT_EMULATOR,
      consoles: devices.consoles.map(asContainerConsole),
      interfaces: devices.interfaces.map((it) =>
        it.mac === undefined ? { ...it, mac: { address: newMac() } } : it,
      ),
      filesystems: devices.filesystems.map((it) => ({ ...it, accessmode: it.accessmode ?? 'passthrough' })),
    },
  };
}

type KnownArch = NonNullable<NonNullable<Domain['os']['type']>['arch']>;

function requireContainer({ type, os }: Domain, arch: string, hostArch: string): void {
  const kind = os.type?.name ?? 'exe';
  const isKnown = kind === 'exe' && type === 'lxc' && containerArchitectures(hostArch).includes(arch);
  if (isKnown) return;
  // Fully virtualised guests are what nobody has to ask for by name.
  const asked = `${kind === 'hvm' ? '' : `ostype=${kind} `}arch=${arch} domaintype=${type} `;
  throw VirError.of('INVALID_ARG', `could not find capabilities for ${asked}`, { domain: 'CAPABILITIES' });
}

function asContainerConsole(console: Console): Console {
  return console.target?.type === undefined
    ? { ...console, target: { ...console.target, type: 'lxc' } }
    : console;
}

function sortedIdmap({ uids, gids }: Idmap): Idmap {
  const sorted = (list: Idmap['uids']): Idmap['uids'] => [...list].sort((a, b) => a.start - b.start);
  return { uids: sorted(uids), gids: sorted(gids) };
}
