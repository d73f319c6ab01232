import type { DomainState } from '@modvirt/core/hypervisor';
import type { QemuDriver } from '../driver.js';
import type { MonitorEvent } from '../monitor/monitor.js';
import { saveStatus } from '../status/status-file.js';
import { agentStateChanged } from './agent-state.js';
import { noteBalloon } from './balloon.js';
import { destroyGuest } from './end-domain.js';
import type { GuestRuntime } from './guest-runtime.js';
import { agentChannel, endsOnReboot, withChannelListener } from './live-definition.js';
import type { QemuDomain } from './qemu-domain.js';

interface Seen {
  readonly driver: QemuDriver;
  readonly domain: QemuDomain;
  readonly runtime: GuestRuntime;
  readonly event: MonitorEvent;
}

type Reaction = (seen: Seen) => void;

// What an event of QEMU means for the domain. Names and data: QEMU's QAPI reference, run-state and others.
const REACTIONS: { readonly [name: string]: Reaction } = {
  STOP: ({ driver, domain }) => {
    if (domain.state.state !== 'running') return;
    changed(driver, domain, { state: 'paused', reason: 'unknown' });
    driver.notifier.lifecycle(domain.reference, 'suspended', 'paused');
  },
  RESUME: ({ driver, domain }) => {
    if (domain.state.state !== 'paused' || domain.state.reason === 'starting up') return;
    changed(driver, domain, { state: 'running', reason: 'unpaused' });
    driver.notifier.lifecycle(domain.reference, 'resumed', 'unpaused');
  },
  RESET: ({ driver, domain, runtime }) => {
    runtime.onEndBegun?.();
    driver.notifier.emit('domainReboot', domain.reference);
  },
  SHUTDOWN: onShutdown,
  SUSPEND: ({ driver, domain, runtime }) => {
    runtime.onEndBegun?.();
    changed(driver, domain, { state: 'pmsuspended', reason: 'unknown' });
    driver.notifier.lifecycle(domain.reference, 'pmsuspended', 'memory');
    driver.notifier.emit('domainPmsuspend', domain.reference);
  },
  WAKEUP: ({ driver, domain }) => {
    if (domain.state.state !== 'pmsuspended') return;
    changed(driver, domain, { state: 'running', reason: 'wakeup' });
    driver.notifier.lifecycle(domain.reference, 'started', 'wakeup');
    driver.notifier.emit('domainPmwakeup', domain.reference);
  },
  RTC_CHANGE: ({ driver, domain, event }) => {
    driver.notifier.emit('domainRtcChange', domain.reference, {
      offset: BigInt(Number(event.data.offset ?? 0)),
    });
  },
  BALLOON_CHANGE: ({ driver, domain, event }) => {
    const actualKiB = BigInt(Math.trunc(Number(event.data.actual ?? 0) / 1024));
    noteBalloon(driver, domain, actualKiB);
    driver.notifier.emit('domainBalloonChange', domain.reference, { actual: actualKiB });
  },
  GUEST_PANICKED: ({ driver, domain }) => {
    changed(driver, domain, { state: 'crashed', reason: 'panicked' });
    driver.notifier.lifecycle(domain.reference, 'crashed', 'panicked');
  },
  VSERPORT_CHANGE: onPortChange,
  WATCHDOG: onWatchdog,
};

export function onMonitorEvent(
  driver: QemuDriver,
  domain: QemuDomain,
  runtime: GuestRuntime,
  event: MonitorEvent,
): void {
  REACTIONS[event.name]?.({ driver, domain, runtime, event });
}

function changed(driver: QemuDriver, domain: QemuDomain, state: DomainState): void {
  domain.setState(state);
  driver.scope.spawn(`status of ${domain.name}`, () => saveStatus(driver, domain));
}

function onShutdown({ driver, domain, runtime, event }: Seen): void {
  if (runtime.gotShutdown) return;
  const { guest } = event.data;
  const detail = guest === undefined ? 'finished' : guest === true ? 'guest' : 'host';
  if (runtime.ending !== undefined) {
    // We are ending it: that QEMU heard us is told, the rest follows.
    runtime.gotShutdown = true;
    if (runtime.ending !== 'saved') driver.notifier.lifecycle(domain.reference, 'shutdown', detail);
    return;
  }
  runtime.onEndBegun?.();
  const isReboot = runtime.fakeReboot || (event.data.reason === 'guest-reset' && !endsOnReboot(domain.live));
  changed(driver, domain, { state: 'shutdown', reason: 'unknown' });
  if (isReboot) {
    runtime.fakeReboot = false;
    driver.scope.spawn(`reboot of ${domain.name}`, (signal) => resetAndGoOn(driver, domain, runtime, signal));
    return;
  }
  driver.notifier.lifecycle(domain.reference, 'shutdown', detail);
  endAfterShutdown(driver, domain, runtime);
}

/** The guest has ended of its own will: its process follows. */
export function endAfterShutdown(driver: QemuDriver, domain: QemuDomain, runtime: GuestRuntime): void {
  runtime.gotShutdown = true;
  driver.scope.spawn(`end of ${domain.name}`, (signal) =>
    domain.withJob({ kind: 'destroy', owner: 'guest shutdown', signal }, async () => {
      if (domain.runtime === runtime)
        await destroyGuest(driver, domain, { graceful: false, cause: 'shutdown' });
    }),
  );
}

/** The guest powered off because a reboot was asked for: it begins again in the same process. */
async function resetAndGoOn(
  driver: QemuDriver,
  domain: QemuDomain,
  runtime: GuestRuntime,
  signal: AbortSignal,
): Promise<void> {
  await runtime.monitor.execute('system_reset', undefined, signal);
  await runtime.monitor.execute('cont', undefined, signal);
  changed(driver, domain, { state: 'running', reason: 'booted' });
}

function onPortChange({ driver, domain, runtime, event }: Seen): void {
  if (domain.live === undefined) return;
  const alias = String(event.data.id);
  const connected = event.data.open === true;
  domain.setLive(withChannelListener(domain.live, alias, connected));
  driver.scope.spawn(`status of ${domain.name}`, () => saveStatus(driver, domain));
  if (agentChannel(domain.live)?.alias !== alias || runtime.agentConnected === connected) return;
  runtime.agentConnected = connected;
  if (!connected) runtime.agent?.close();
  agentStateChanged(driver, domain, 'channel');
}

const WATCHDOG_ACTIONS = ['none', 'pause', 'reset', 'poweroff', 'shutdown', 'debug', 'inject-nmi'];

function onWatchdog({ driver, domain, event }: Seen): void {
  const action = Math.max(0, WATCHDOG_ACTIONS.indexOf(String(event.data.action)));
  driver.notifier.emit('domainWatchdog', domain.reference, { action });
  if (event.data.action !== 'pause' || domain.state.state !== 'running') return;
  changed(driver, domain, { state: 'paused', reason: 'watchdog' });
  driver.notifier.lifecycle(domain.reference, 'suspended', 'watchdog');
}
