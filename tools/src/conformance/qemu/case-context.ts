import { knownCpus } from '@modvirt/virtqemud/capabilities';
import type { PlanContext, QemuCaps, QemuConfig } from '@modvirt/virtqemud/plan';
import type { Corpus, CorpusCase } from '../case.js';
import { pretendedContext } from './pretended-host.js';
import { readRecordedCaps } from './recorded-caps.js';
import { recordedCpus } from './recorded-cpus.js';
import { recordedFirmware } from './recorded-firmware.js';
import { recordedNetworks } from './recorded-networks.js';
import { recordedVolumes } from './recorded-volumes.js';

/** The newest emulator of the recordings; its machine types are known by their short names only. */
const NEWEST = '10.0.0';

const ENVIRONMENT: Readonly<Record<string, string | null>> = {
  TZ: 'VIR00:30',
  PATH: '/bin',
  USER: 'test',
  LOGNAME: 'test',
  HOME: '/home/test',
  LC_ALL: 'C',
};

/** The host, the daemon and the emulator that a case is made for. */
export function caseContext(it: CorpusCase, corpus: Corpus): PlanContext {
  const text = corpus.read(String(it.capsFile).replace(/\.replies$/, '.xml'));
  const recorded = readRecordedCaps(text, { add: flags(it.qemuCapsAdd), remove: flags(it.qemuCapsDel) });
  // The emulator was asked on another host than the one that a case names.
  const caps = it.hostCpu === undefined ? recorded : { ...recorded, hostCpu: () => undefined };
  return pretendedContext({
    caps: it.qemuVersion === NEWEST ? withShortNames(caps) : caps,
    config: configOf(it.daemonConfig),
    environment: { ...ENVIRONMENT, ...(it.environment as typeof ENVIRONMENT | undefined) },
    cpus: knownCpus(caps, recordedCpus(it, corpus)),
    firmware: recordedFirmware(corpus),
    volumes: recordedVolumes(corpus),
    descriptorGroup: descriptorGroups(it.fdGroups),
    servesByNbdkit: nbdkitProtocols(it.nbdkitCaps),
    networks: recordedNetworks(corpus),
    incoming: incomingOf(it),
    abiUpdate: it.parseFlags === 'VIR_DOMAIN_DEF_PARSE_ABI_UPDATE',
  });
}

/** The context of suites that name no emulator: the newest one. */
export function newestContext(it: CorpusCase, corpus: Corpus): PlanContext {
  const capsFile = `qemucapabilitiesdata/caps_${NEWEST}_x86_64.replies`;
  return caseContext({ ...it, capsFile, qemuVersion: NEWEST }, corpus);
}

/** A stream that the daemon hands over is read from its descriptor. */
function incomingOf(it: CorpusCase): string | undefined {
  if (typeof it.migrateFrom !== 'string') return undefined;
  return it.migrateFrom === 'stdio' ? `fd:${String(it.migrateFd)}` : it.migrateFrom;
}

interface FdGroup {
  readonly name: string;
  readonly writable: boolean;
  readonly fds: readonly number[];
}

function descriptorGroups(groups: unknown): PlanContext['descriptorGroup'] {
  const list = Array.isArray(groups) ? (groups as readonly FdGroup[]) : [];
  return (name) => {
    const found = list.find((it) => it.name === name);
    return found === undefined ? undefined : { numbers: found.fds, writable: found.writable };
  };
}

/** What nbdkit's plugins speak. */
const NBDKIT_PLUGINS: Readonly<Record<string, readonly string[]>> = {
  QEMU_NBDKIT_CAPS_PLUGIN_CURL: ['http', 'https', 'ftp', 'ftps', 'tftp'],
  QEMU_NBDKIT_CAPS_PLUGIN_SSH: ['ssh'],
};

function nbdkitProtocols(plugins: unknown): PlanContext['servesByNbdkit'] {
  const list = Array.isArray(plugins) ? plugins : [];
  const protocols = new Set(list.flatMap((it) => NBDKIT_PLUGINS[String(it)] ?? []));
  return (protocol) => protocols.has(protocol);
}

function withShortNames(caps: QemuCaps): QemuCaps {
  return {
    ...caps,
    machines: (accelerator) =>
      caps
        .machines(accelerator)
        .map(({ alias, ...machine }) => (alias === undefined ? machine : { ...machine, name: alias })),
  };
}

/** `QEMU_CAPS_NEC_USB_XHCI` is the flag `nec-usb-xhci`. */
function flags(names: unknown): readonly string[] {
  if (!Array.isArray(names)) return [];
  return names.map((name) =>
    String(name)
      .replace(/^QEMU_CAPS_/, '')
      .toLowerCase()
      .replaceAll('_', '-')
      .replace(/^chardev-json$/, 'chardev.json'),
  );
}

/** Members of virQEMUDriverConfig and what they are called here. */
const CONFIG_KEYS: Readonly<Record<string, keyof QemuConfig>> = {
  vncAllowHostAudio: 'vncAllowHostAudio',
  nogfxAllowHostAudio: 'nogfxAllowHostAudio',
  nbdTLSx509secretUUID: 'nbdTlsX509secretUuid',
  vxhsTLS: 'vxhsTls',
  vncSASL: 'vncSasl',
  vncTLS: 'vncTls',
  spiceTLS: 'spiceTls',
  spiceSASL: 'spiceSasl',
  spiceAutoUnixSocket: 'spiceAutoUnixSocket',
  vncAutoUnixSocket: 'vncAutoUnixSocket',
  chardevTLS: 'chardevTls',
  chardevTLSx509verify: 'chardevTlsX509verify',
  chardevTLSx509secretUUID: 'chardevTlsX509secretUuid',
  vncTLSx509verify: 'vncTlsX509verify',
  vncTLSx509secretUUID: 'vncTlsX509secretUuid',
};

function configOf(settings: unknown): Partial<QemuConfig> {
  if (typeof settings !== 'object' || settings === null) return {};
  return Object.fromEntries(
    Object.entries(settings).flatMap(([name, value]) => {
      const key = CONFIG_KEYS[name];
      return key === undefined ? [] : [[key, value]];
    }),
  );
}
