import { VirError } from '../../errors/vir-error.js';
import { attr, childAttr, leaf } from '../../xml/attribute.js';
import { child, children, element, type Infer, within } from '../../xml/element.js';
import { liveOnly, optional, readWhen, statusOnly, when } from '../../xml/field.js';
import { fields, merge } from '../../xml/group.js';
import { mac } from '../../xml/mac.js';
import { int, oneOf, onOff, string, uint, uint64, uuid, yesNo } from '../../xml/scalars.js';
import { variants } from '../../xml/variants.js';
import { bandwidth } from '../bandwidth.js';
import { ipInfo } from '../ip-route.js';
import { required, unknown } from '../refusals.js';
import { virtualport } from '../virtual-port.js';
import { vlan } from '../vlan.js';
import { actualInterface } from './actual-element.js';
import { reconnect } from './chardev.js';
import { romInfo, virtioOptions } from './device-info.js';
import { filterref } from './filterref.js';
import { hostInterfaceSource } from './hostdev-source.js';

const macElement = element('mac', {
  address: attr(mac, {
    invalid: (value) => VirError.of('XML_ERROR', `unable to parse mac address '${value}'`),
  }),
  type: optional(attr(oneOf('generated', 'static'))),
  check: optional(attr(yesNo)),
  currentAddress: liveOnly(optional(attr(mac))),
});

const offloads = {
  csum: optional(attr(onOff)),
  gso: optional(attr(onOff)),
  tso4: optional(attr(onOff)),
  tso6: optional(attr(onOff)),
  ecn: optional(attr(onOff)),
  ufo: optional(attr(onOff)),
};

const driver = element('driver', {
  name: optional(attr(oneOf('qemu', 'vhost', 'kvm', 'vfio', 'xen'))),
  model: optional(attr(string)),
  txmode: optional(attr(oneOf('iothread', 'timer'), { absent: 'default' })),
  ioeventfd: optional(attr(onOff)),
  event_idx: optional(attr(onOff)),
  queues: optional(attr(uint())),
  rx_queue_size: optional(attr(uint())),
  tx_queue_size: optional(attr(uint())),
  rss: optional(attr(onOff)),
  rss_hash_report: optional(attr(onOff)),
  ...virtioOptions,
  host: optional(child(element('host', { ...offloads, mrg_rxbuf: optional(attr(onOff)) }))),
  guest: optional(child(element('guest', offloads))),
});

const backend = element('backend', {
  type: optional(attr(oneOf('passt'), { absent: 'default' })),
  tap: optional(attr(string)),
  vhost: optional(attr(string)),
  logFile: optional(attr(string)),
});

const range = element('range', {
  start: attr(uint()),
  end: optional(attr(uint())),
  to: optional(attr(uint())),
  exclude: optional(attr(yesNo)),
});
const portForward = element('portForward', {
  proto: attr(oneOf('tcp', 'udp')),
  address: optional(attr(string)),
  dev: optional(attr(string)),
  ranges: children(range),
});

/** Names that the kernel or libvirt gives to host devices; they are not kept in a definition. */
function isGeneratedName(name: string): boolean {
  return /^(vnet|macvtap|macvlan)\d+$/.test(name);
}

const target = element('target', {
  dev: when(
    () => true,
    readWhen((cx, name: string) => !(cx.inactive && isGeneratedName(name)), optional(attr(string))),
  ),
  managed: optional(attr(yesNo)),
});

const coalesce = element('coalesce', {
  rx: optional(
    child(
      element('rx', {
        frames: optional(child(element('frames', { max: optional(attr(uint())) }))),
      }),
    ),
  ),
});

const link = element('link', { state: attr(oneOf('up', 'down'), unknown('interface link state')) });

const teaming = element('teaming', {
  type: attr(oneOf('persistent', 'transient')),
  persistent: optional(attr(string)),
});

const peer = { ...ipInfo };
const local = optional(child(element('local', { address: optional(attr(string)), port: attr(uint()) })));
const endpoint = { address: optional(attr(string)), port: attr(uint()) };

const networkSource = element('source', {
  network: attr(string),
  portgroup: optional(attr(string)),
  portid: liveOnly(optional(attr(uuid))),
  dev: liveOnly(optional(attr(string))),
  mode: liveOnly(optional(attr(string))),
  bridge: liveOnly(optional(attr(string))),
  macTableManager: liveOnly(optional(attr(oneOf('kernel', 'libvirt')))),
  ...peer,
});
const bridgeSource = element('source', {
  network: liveOnly(optional(attr(string))),
  portgroup: liveOnly(optional(attr(string))),
  portid: liveOnly(optional(attr(uuid))),
  bridge: attr(string),
  macTableManager: optional(attr(oneOf('kernel', 'libvirt'))),
  ...peer,
});
const vhostUserSource = element('source', {
  type: optional(attr(oneOf('unix'))),
  path: optional(attr(string)),
  mode: optional(attr(oneOf('server', 'client'))),
  dev: optional(attr(string)),
  reconnect: optional(child(reconnect)),
});
const directSource = element('source', {
  network: liveOnly(optional(attr(string))),
  portgroup: liveOnly(optional(attr(string))),
  portid: liveOnly(optional(attr(uuid))),
  dev: attr(string),
  mode: optional(attr(oneOf('vepa', 'private', 'bridge', 'passthrough'))),
  ...peer,
});

function noSource(type: string) {
  return required(`interface type='${type}' requires a 'source' element`);
}

const arms = {
  user: { source: optional(child(element('source', { dev: optional(attr(string)), ...peer }))) },
  ethernet: { source: optional(child(element('source', peer))) },
  vhostuser: { source: optional(child(vhostUserSource)) },
  server: { source: child(element('source', endpoint), noSource('server')) },
  client: { source: child(element('source', endpoint), noSource('client')) },
  mcast: { source: child(element('source', endpoint), noSource('mcast')) },
  udp: { source: child(element('source', { ...endpoint, local }), noSource('udp')) },
  network: { source: optional(child(networkSource)) },
  bridge: { source: optional(child(bridgeSource)) },
  internal: { source: child(element('source', { name: attr(string) }), noSource('internal')) },
  direct: { source: optional(child(directSource)) },
  hostdev: { managed: optional(attr(yesNo)), source: optional(child(hostInterfaceSource)) },
  vdpa: { source: child(element('source', { dev: attr(string) }), noSource('vdpa')) },
  null: {},
  vds: {
    source: child(
      element('source', {
        switchid: attr(uuid),
        portid: optional(attr(int())),
        portgroupid: optional(attr(string)),
        connectionid: optional(attr(int())),
      }),
    ),
  },
};

/** `<interface>`: a network card of the guest and what it is connected to. */
export const networkInterface = element(
  'interface',
  merge(
    fields({ mac: optional(child(macElement)) }),
    variants('type', arms, { fallback: 'user' }),
    fields({
      actual: statusOnly(optional(child(actualInterface))),
      trustGuestRxFilters: optional(attr(yesNo)),
      vlan: optional(child(vlan)),
      virtualport: optional(child(virtualport)),
      bandwidth: optional(child(bandwidth)),
      port: optional(child(element('port', { isolated: optional(attr(yesNo)) }))),
      ...ipInfo,
      portForwards: children(portForward),
      script: optional(childAttr('script', 'path', string)),
      downscript: optional(childAttr('downscript', 'path', string)),
      backenddomain: optional(childAttr('backenddomain', 'name', string)),
      target: optional(child(target)),
      guest: optional(
        child(element('guest', { dev: optional(attr(string)), actual: liveOnly(optional(attr(string))) })),
      ),
      model: optional(childAttr('model', 'type', string)),
      driver: optional(child(driver)),
      backend: optional(child(backend)),
      filterref: optional(child(filterref)),
      sndbuf: optional(within('tune', leaf(uint64('bytes')))),
      link: optional(child(link)),
      mtu: optional(childAttr('mtu', 'size', uint('bytes'))),
      coalesce: optional(child(coalesce)),
      teaming: optional(child(teaming)),
      ...romInfo,
    }),
  ),
);
export type NetworkInterface = Infer<typeof networkInterface>;
