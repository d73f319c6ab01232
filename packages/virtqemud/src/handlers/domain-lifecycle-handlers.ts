import type { Call, Handlers } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import { checkFlags, type StartRequest } from '@modvirt/core/hypervisor';
import type { JobRequest } from '@modvirt/core/jobs';
import {
  domainCreateFlags,
  domainDestroyFlags,
  domainRebootFlag,
  domainShutdownFlag,
  nodeSuspendTarget,
} from '@modvirt/core/protocol/constants';
import type { domainLifecycle } from '@modvirt/core/protocol/rows';
import type { QemuDriver } from '../driver.js';
import { monitorFailure } from '../monitor/qmp-link.js';
import { destroyGuest } from '../process/end-domain.js';
import { endOrderly, type OrderlyEnd, suspendByAgent } from '../process/end-orderly.js';
import type { QemuDomain } from '../process/qemu-domain.js';
import { startDomain, startFrom } from '../process/start-domain.js';
import { saveStatus } from '../status/status-file.js';
import { keyHandlers } from './key-handlers.js';

const { startPaused, startAutodestroy, startBypassCache, startForceBoot, startValidate, startResetNvram } =
  domainCreateFlags;
const COMMON_FLAGS = startPaused | startAutodestroy | startResetNvram;
// A definition can be checked, a saved state left out: each where there is one.
const START_FLAGS = COMMON_FLAGS | startBypassCache | startForceBoot;
const CREATE_FLAGS = COMMON_FLAGS | startValidate;
const PAUSE_REASON = { state: 'paused', reason: 'user' } as const;

export function domainLifecycleHandlers(driver: QemuDriver): Handlers<typeof domainLifecycle> {
  const { domains } = driver;
  return {
    ...keyHandlers(driver),
    domainCreate: ({ dom }, call) => start(driver, domains.byRef(dom), 0, 'virDomainCreate', call),
    async domainCreateWithFlags({ dom, flags }, call) {
      const domain = domains.byRef(dom);
      await start(driver, domain, flags, 'virDomainCreateWithFlags', call);
      return { dom: domain.reference };
    },
    async domainCreateXml({ xmlDesc, flags }, call) {
      return { dom: (await createTransient(driver, xmlDesc, flags, call)).reference };
    },
    domainDestroy: ({ dom }, call) => destroy(driver, domains.byRef(dom), 0, call),
    domainDestroyFlags: ({ dom, flags }, call) => destroy(driver, domains.byRef(dom), flags, call),
    domainSuspend: ({ dom }, call) => suspend(driver, domains.byRef(dom), call),
    domainResume: ({ dom }, call) => resume(driver, domains.byRef(dom), call),
    domainShutdown: ({ dom }, call) => shutdown(driver, domains.byRef(dom), 0, call),
    domainShutdownFlags: ({ dom, flags }, call) => shutdown(driver, domains.byRef(dom), flags, call),
    domainReboot: ({ dom, flags }, call) => reboot(driver, domains.byRef(dom), flags, call),
    async domainReset({ dom, flags }, call) {
      checkFlags('virDomainReset', flags, 0, 'QEMU');
      const domain = domains.byRef(dom);
      await domain.withLiveJob(modify('virDomainReset', call), async ({ runtime, signal }) => {
        await monitorCall(() => runtime.monitor.execute('system_reset', undefined, signal));
        if (domain.state.state === 'crashed') domain.setState({ state: 'paused', reason: 'panicked' });
      });
    },
    async domainInjectNmi({ dom, flags }, call) {
      checkFlags('virDomainInjectNMI', flags, 0, 'QEMU');
      await domains
        .byRef(dom)
        .withLiveJob(modify('virDomainInjectNMI', call), async ({ runtime, signal }) => {
          await monitorCall(() => runtime.monitor.execute('inject-nmi', undefined, signal));
        });
    },
    domainPmSuspendForDuration: ({ dom, target, duration, flags }, call) => {
      checkFlags('virDomainPMSuspendForDuration', flags, 0, 'QEMU');
      return pmSuspend(driver, domains.byRef(dom), { target, duration }, call);
    },
    async domainPmWakeup({ dom, flags }, call) {
      checkFlags('virDomainPMWakeup', flags, 0, 'QEMU');
      await domains.byRef(dom).withLiveJob(modify('virDomainPMWakeup', call), async ({ runtime, signal }) => {
        await monitorCall(() => runtime.monitor.execute('system_wakeup', undefined, signal));
      });
    },
  };
}

// By target of virDomainPMSuspendForDuration.
const SUSPEND_COMMANDS = ['guest-suspend-ram', 'guest-suspend-disk', 'guest-suspend-hybrid'];

async function pmSuspend(
  driver: QemuDriver,
  domain: QemuDomain,
  { target, duration }: { readonly target: number; readonly duration: bigint },
  call: Call,
): Promise<void> {
  if (duration !== 0n) {
    throw VirError.of('ARGUMENT_UNSUPPORTED', 'Duration not supported. Use 0 for now');
  }
  const command = SUSPEND_COMMANDS[target];
  if (command === undefined) throw VirError.of('INVALID_ARG', `Unknown suspend target: ${target}`);
  if (target !== nodeSuspendTarget.disk) await requireWakeup(domain, call);
  await suspendByAgent(driver, domain, command, call);
}

/** A guest that could not be woken would sleep for ever. */
async function requireWakeup(domain: QemuDomain, call: Call): Promise<void> {
  await domain.withLiveJob(modify('virDomainPMSuspendForDuration', call), async ({ runtime, signal }) => {
    const machine = (await runtime.monitor.execute('query-current-machine', undefined, signal)) as {
      'wakeup-suspend-support'?: boolean;
    };
    if (machine['wakeup-suspend-support'] === true) return;
    throw VirError.of('OPERATION_UNSUPPORTED', 'Domain does not have suspend support');
  });
}

function modify(owner: string, call: Call): JobRequest {
  return { kind: 'modify', owner, signal: call.signal };
}

async function monitorCall(run: () => Promise<unknown>): Promise<void> {
  try {
    await run();
  } catch (error) {
    throw monitorFailure(error);
  }
}

function startRequest(flags: number): StartRequest {
  return {
    paused: (flags & startPaused) !== 0,
    autodestroy: (flags & startAutodestroy) !== 0,
    bypassCache: (flags & startBypassCache) !== 0,
    forceBoot: (flags & startForceBoot) !== 0,
    resetNvram: (flags & startResetNvram) !== 0,
  };
}

async function start(
  driver: QemuDriver,
  domain: QemuDomain,
  flags: number,
  api: string,
  call: Call,
): Promise<void> {
  checkFlags(api, flags, START_FLAGS, 'QEMU');
  const request = startRequest(flags);
  await domain.withJob({ kind: 'start', owner: api, signal: call.signal }, (job) =>
    startDomain(driver, job, domain, request, call),
  );
}

async function createTransient(
  driver: QemuDriver,
  xml: string,
  flags: number,
  call: Call,
): Promise<QemuDomain> {
  const api = 'virDomainCreateXML';
  checkFlags(api, flags, CREATE_FLAGS, 'QEMU');
  const request = startRequest(flags);
  const validate = (flags & startValidate) !== 0;
  const definition = await driver.parse(xml, { validate }, call.signal);
  const { domain, isNew } = driver.domains.claim(definition, true);
  try {
    await domain.withJob({ kind: 'start', owner: api, signal: call.signal }, async (job) => {
      if (domain.isActive)
        throw VirError.of('OPERATION_INVALID', `domain '${domain.name}' is already active`);
      await startFrom(driver, job, domain, { definition }, request, call);
    });
  } catch (error) {
    if (isNew && !domain.isActive && !domain.isPersistent) driver.domains.remove(domain);
    throw error;
  }
  return domain;
}

async function destroy(driver: QemuDriver, domain: QemuDomain, flags: number, call: Call): Promise<void> {
  checkFlags(
    'virDomainDestroyFlags',
    flags,
    domainDestroyFlags.graceful | domainDestroyFlags.removeLogs,
    'QEMU',
  );
  const graceful = (flags & domainDestroyFlags.graceful) !== 0;
  const { name } = domain;
  // Whoever waits for the guest's answers in a job of its own would hold us up: destroying does not wait for them.
  domain.jobs.abortLong(VirError.of('OPERATION_ABORTED', 'domain is being destroyed'));
  await domain.withJob({ kind: 'destroy', owner: 'virDomainDestroy', signal: call.signal }, () =>
    destroyGuest(driver, domain, { graceful, cause: 'destroyed' }),
  );
  if ((flags & domainDestroyFlags.removeLogs) !== 0) await driver.parts.guestLogs.remove(name);
}

async function suspend(driver: QemuDriver, domain: QemuDomain, call: Call): Promise<void> {
  const request: JobRequest = { kind: 'suspend', owner: 'virDomainSuspend', signal: call.signal };
  await domain.withLiveJob(request, async ({ runtime, signal }) => {
    if (domain.state.state === 'pmsuspended') throw VirError.of('OPERATION_INVALID', 'domain is pmsuspended');
    if (domain.state.state === 'paused') return;
    domain.setState(PAUSE_REASON);
    try {
      await monitorCall(() => runtime.monitor.execute('stop', undefined, signal));
    } catch (error) {
      if (domain.isActive) domain.setState({ state: 'running', reason: 'unpaused' });
      throw error;
    }
    driver.notifier.lifecycle(domain.reference, 'suspended', 'paused');
    await saveStatus(driver, domain);
  });
}

async function resume(driver: QemuDriver, domain: QemuDomain, call: Call): Promise<void> {
  await domain.withLiveJob(modify('virDomainResume', call), async ({ runtime, signal }) => {
    const { state, reason } = domain.state;
    if (state === 'running') throw VirError.of('OPERATION_INVALID', 'domain is already running');
    if (state === 'pmsuspended') throw VirError.of('OPERATION_INVALID', 'domain is pmsuspended');
    const unpaused = reason === 'starting up' ? ('booted' as const) : ('unpaused' as const);
    const before = domain.state;
    domain.setState({ state: 'running', reason: unpaused });
    try {
      await monitorCall(() => runtime.monitor.execute('cont', undefined, signal));
    } catch (error) {
      if (domain.isActive) domain.setState(before);
      throw error;
    }
    driver.notifier.lifecycle(domain.reference, 'resumed', 'unpaused');
    await saveStatus(driver, domain);
  });
}

async function shutdown(driver: QemuDriver, domain: QemuDomain, flags: number, call: Call): Promise<void> {
  const { acpiPowerBtn, guestAgent } = domainShutdownFlag;
  const api = 'virDomainShutdownFlags';
  checkFlags(api, flags, acpiPowerBtn | guestAgent, 'QEMU');
  await endOrderly(driver, domain, chooseWay(api, 'powerdown', flags, [acpiPowerBtn, guestAgent]), call);
}

async function reboot(driver: QemuDriver, domain: QemuDomain, flags: number, call: Call): Promise<void> {
  const { acpiPowerBtn, guestAgent } = domainRebootFlag;
  checkFlags('virDomainReboot', flags, acpiPowerBtn | guestAgent, 'QEMU');
  await endOrderly(
    driver,
    domain,
    chooseWay('virDomainReboot', 'reboot', flags, [acpiPowerBtn, guestAgent]),
    call,
  );
}

function chooseWay(
  api: string,
  mode: OrderlyEnd['mode'],
  flags: number,
  [acpi, agent]: readonly [number, number],
): OrderlyEnd {
  return { api, mode, viaAcpi: (flags & acpi) !== 0, viaAgent: (flags & agent) !== 0 };
}
