import { proxyKeys, readConfig } from '@modvirt/core/config';
import { VirError } from '@modvirt/core/errors';
import type { ByteChannel, PeerCredentials } from '@modvirt/core/ports';
import type { CallResult } from '@modvirt/core/rpc';
import {
  type FakeCall,
  FakeClock,
  FakeDaemonLink,
  FakeDescriptors,
  MemoryChannel,
  MemoryLogger,
} from '@modvirt/core/testing';
import type { PolkitCheck } from '../calls/relay.js';
import { type AcceptOptions, ProxyServer } from '../proxy-server.js';
import { WireClient } from './wire-client.js';

type Answer = (call: FakeCall) => CallResult | Promise<CallResult>;

export interface FixtureOptions {
  /** Lines of virtproxyd.conf. */
  readonly config?: string;
  readonly answer?: Answer;
  readonly polkit?: PolkitCheck;
  /** Daemons whose sockets are there; virtqemud where absent. */
  readonly daemons?: readonly string[];
}

export const root: PeerCredentials = { pid: 4711, uid: 0, gid: 0, startTimeTicks: 99n };
export const alice: PeerCredentials = { pid: 4712, uid: 1000, gid: 1000, startTimeTicks: 99n };

interface ConnectOptions extends Partial<AcceptOptions> {
  readonly peer?: PeerCredentials;
  /** Whether descriptors can travel; true where absent. */
  readonly carries?: boolean;
}

/** A proxy in memory with fake daemons behind it. */
export class ProxyFixture {
  readonly clock = new FakeClock();
  readonly descriptors = new FakeDescriptors();
  readonly log = new MemoryLogger();
  readonly links = new Map<string, FakeDaemonLink>();
  readonly server: ProxyServer;
  /** Clients that keep the daemon alive. */
  held = 0;

  constructor({ config = '', answer, polkit = denyAll, daemons = ['virtqemud'] }: FixtureOptions = {}) {
    const { values } = readConfig(config, 'virtproxyd.conf', proxyKeys);
    for (const daemon of daemons) this.links.set(daemon, new FakeDaemonLink(daemon, answer));
    const isThere = (daemon: string): boolean => this.links.has(daemon);
    this.server = new ProxyServer({
      config: values,
      places: {
        isThere,
        hypervisorFor: (scheme) => (/^[a-z]+$/.test(scheme) ? `virt${scheme}d` : undefined),
        ownerDaemon: (owner) => `virt${owner}d`,
        defaultUri: () => (isThere('virtqemud') ? 'qemu:///system' : undefined),
      },
      clock: this.clock,
      descriptors: this.descriptors,
      log: this.log,
      ownUid: 0,
      polkit,
      hold: () => {
        this.held += 1;
        return () => {
          this.held -= 1;
        };
      },
      connect: (daemon) => this.link(daemon),
    });
  }

  link(daemon = 'virtqemud'): FakeDaemonLink {
    const link = this.links.get(daemon);
    if (link === undefined) throw new Error(`no fake ${daemon}`);
    return link;
  }

  /** A new client; nothing has been said. */
  connect(options: ConnectOptions = {}): WireClient {
    return new WireClient(this.connectRaw(options));
  }

  connectRaw(options: ConnectOptions = {}): ByteChannel {
    const { peer = root, readOnly = false, auth = 'none', carries = true } = options;
    const [near, far] = MemoryChannel.pair({ peer, ...(carries ? { descriptors: this.descriptors } : {}) });
    this.server.accept(far, { readOnly, auth });
    return near;
  }

  /** A client that has opened qemu:///system. */
  async opened(flags = 0): Promise<WireClient> {
    const client = this.connect();
    await client.call('connectOpen', { name: 'qemu:///system', flags });
    return client;
  }
}

async function denyAll(): Promise<void> {
  throw VirError.of('AUTH_FAILED', 'access denied by policy', { domain: 'POLKIT' });
}

/** Lets everything that can happen now happen. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}
