import { VirError } from '@modvirt/core/errors';
import type { Domain } from '@modvirt/core/schema';
import { assignAddresses } from './address/assign-addresses.js';
import type { PlanContext } from './context.js';
import { prepareCpu } from './cpu/prepare-cpu.js';
import { alignMemory } from './definition/align-memory.js';
import { type DomainDraft, type Draft, draftOf, finished } from './definition/draft.js';
import { fillIothreads } from './definition/fill-iothreads.js';
import { shortName } from './definition/names.js';
import { plugInterfaces } from './definition/plug-interfaces.js';
import type { Graphics } from './definition/types.js';
import { matchFirmware } from './firmware/match.js';

/** Decides what a definition leaves to each start: socket paths, ports of displays, where these listen. */
export function prepareStart(domain: Domain, cx: PlanContext): Domain {
  const draft = draftOf(assignAddresses(domain, cx, { isNew: true }));
  if (cx.incoming === undefined) alignMemory(draft);
  requireFirmware(draft, cx);
  prepareCpu(draft, cx);
  fillIothreads(draft);
  prepareChannels(draft, cx);
  plugInterfaces(draft, cx);
  const { vsock } = draft.devices;
  if (vsock?.cid?.auto === true) vsock.cid.address = cx.vsockCid();
  for (const graphics of draft.devices.graphics) prepareGraphics(draft, graphics, cx);
  return finished(draft);
}

/** What was there when the guest was defined may be gone. */
function requireFirmware(domain: DomainDraft, cx: PlanContext): void {
  const { firmware } = domain.os;
  if (firmware === undefined || matchFirmware(domain, cx.firmware.descriptors) !== undefined) return;
  throw VirError.of(
    'OPERATION_FAILED',
    `Unable to find '${firmware}' firmware that is compatible with the current configuration`,
  );
}

/** Channels that name no socket get one in the guest's directory, called as the channel. */
export function prepareChannels(domain: DomainDraft, cx: PlanContext): void {
  for (const channel of domain.devices.channels) {
    if (channel.type !== 'unix' || channel.target.type !== 'virtio') continue;
    const source = channel.source ?? { mode: 'bind' as const, seclabels: [] };
    channel.source = source;
    if (source.path !== undefined) continue;
    source.mode = 'bind';
    const directory = `${cx.config.channelTargetDir}/${shortName({ cx, domain: finished(domain) })}`;
    source.path = `${directory}/${channel.target.name ?? ''}`;
  }
}

function prepareGraphics(domain: DomainDraft, graphics: Draft<Graphics>, cx: PlanContext): void {
  switch (graphics.type) {
    case 'vnc':
      prepareListens(domain, graphics, cx.config.vncListen, cx);
      if (listensOnNetwork(graphics) && wantsPort(graphics)) graphics.port = cx.displayPort('vnc');
      if (graphics.websocket === -1) graphics.websocket = cx.displayPort('websocket');
      return;
    case 'spice':
      prepareListens(domain, graphics, cx.config.spiceListen, cx);
      if (!listensOnNetwork(graphics)) return;
      if (wantsPort(graphics)) graphics.port = cx.displayPort('spice');
      if (wantsTlsPort(graphics, cx)) graphics.tlsPort = cx.displayPort('spice-tls');
      return;
    case 'egl-headless':
      if (graphics.gl?.rendernode === undefined) graphics.gl = { rendernode: cx.host.renderNode };
      return;
    case 'dbus':
      if (graphics.p2p !== true) graphics.address ??= dbusAddress(domain, cx);
      return;
    case 'sdl':
    case 'rdp':
    case 'desktop':
      return;
  }
}

type Listening = Extract<Draft<Graphics>, { type: 'vnc' | 'spice' }>;

function prepareListens(domain: DomainDraft, graphics: Listening, address: string, cx: PlanContext): void {
  for (const listen of graphics.listens) {
    if (listen.type === 'address') listen.address ??= address;
    if (listen.type === 'network') listen.address = networkAddress(listen.network, cx);
    if (listen.type === 'socket') {
      const directory = `${cx.config.libDir}/domain-${shortName({ cx, domain: finished(domain) })}`;
      listen.socket ??= `${directory}/${graphics.type}.sock`;
    }
  }
  if (graphics.type === 'spice' && graphics.gl?.enable === true)
    graphics.gl.rendernode ??= cx.host.renderNode;
}

function networkAddress(network: string | undefined, cx: PlanContext): string {
  const found = network === undefined ? undefined : cx.networks.addressOf(network);
  if (found !== undefined) return found;
  throw VirError.of('XML_ERROR', `listen network '${network ?? ''}' has no usable address`);
}

function listensOnNetwork(graphics: Listening): boolean {
  const [first] = graphics.listens;
  return first?.type === 'address' || first?.type === 'network';
}

function wantsPort(graphics: Listening): boolean {
  return graphics.autoport === true || graphics.port === -1 || graphics.port === undefined;
}

function wantsTlsPort(graphics: Extract<Listening, { type: 'spice' }>, cx: PlanContext): boolean {
  return cx.config.spiceTls && (graphics.autoport === true || graphics.tlsPort === -1);
}

function dbusAddress(domain: DomainDraft, cx: PlanContext): string {
  return `unix:path=${cx.config.dbusStateDir}/${shortName({ cx, domain: finished(domain) })}-dbus.sock`;
}
