import type { Call, Handlers } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import { checkFlags, type StartRequest, setFrozen } from '@modvirt/core/hypervisor';
import type { JobRequest } from '@modvirt/core/jobs';
import { domainCreateFlags, domainRebootFlag, domainShutdownFlag } from '@modvirt/core/protocol/constants';
import type { domainLifecycle } from '@modvirt/core/protocol/rows';
import type { ContainerDomain } from '../container-runtime.js';
import type { LxcDriver } from '../driver.js';
import { askInit, type InitRequest } from '../process/ask-init.js';
import { destroyContainer } from '../process/end-container.js';
import { startContainer, startFrom } from '../process/start-container.js';
import { saveStatus } from '../status/status-file.js';

const { startAutodestroy, startValidate } = domainCreateFlags;

export function domainLifecycleHandlers(driver: LxcDriver): Handlers<typeof domainLifecycle> {
  const { domains } = driver;
  return {
    domainCreate: ({ dom }, call) => start(driver, domains.byRef(dom), 0, call),
    async domainCreateWithFlags({ dom, flags }, call) {
      const domain = domains.byRef(dom);
      await start(driver, domain, flags, call);
      return { dom: domain.reference };
    },
    async domainCreateXml({ xmlDesc, flags }, call) {
      return { dom: (await createTransient(driver, xmlDesc, flags, call)).reference };
    },
    domainDestroy: ({ dom }, call) => destroy(driver, domains.byRef(dom), call),
    async domainDestroyFlags({ dom, flags }, call) {
      checkFlags('virDomainDestroyFlags', flags, 0, driver.errorDomain);
      await destroy(driver, domains.byRef(dom), call);
    },
    domainSuspend: ({ dom }, call) => suspend(driver, domains.byRef(dom), call),
    domainResume: ({ dom }, call) => resume(driver, domains.byRef(dom), call),
    domainShutdown: ({ dom }, call) => end(driver, domains.byRef(dom), 0, call),
    domainShutdownFlags: ({ dom, flags }, call) => {
      checkFlags('virDomainShutdownFlags', flags, WAYS, driver.errorDomain);
      return end(driver, domains.byRef(dom), flags, call);
    },
    domainReboot: ({ dom, flags }, call) => {
      checkFlags(
        'virDomainReboot',
        flags,
        domainRebootFlag.initctl | domainRebootFlag.signal,
        driver.errorDomain,
      );
      const domain = domains.byRef(dom);
      return ask(
        driver,
        domain,
        { ...ways('virDomainReboot', flags), runLevel: '6', signal: 'SIGHUP' },
        call,
      );
    },
    domainSendProcessSignal: ({ dom, pidValue, signum, flags }, call) => {
      checkFlags('virDomainSendProcessSignal', flags, 0, driver.errorDomain);
      return sendSignal(domains.byRef(dom), pidValue, signum, call);
    },
  };
}

const WAYS = domainShutdownFlag.initctl | domainShutdownFlag.signal;

function ways(api: string, flags: number) {
  return {
    api,
    isNamed: flags !== 0,
    viaInitctl: flags === 0 || (flags & domainShutdownFlag.initctl) !== 0,
    viaSignal: flags === 0 || (flags & domainShutdownFlag.signal) !== 0,
  };
}

function end(driver: LxcDriver, domain: ContainerDomain, flags: number, call: Call): Promise<void> {
  const request = { ...ways('virDomainShutdownFlags', flags), runLevel: '0', signal: 'SIGTERM' } as const;
  return ask(driver, domain, request, call);
}

async function ask(
  driver: LxcDriver,
  domain: ContainerDomain,
  request: InitRequest,
  call: Call,
): Promise<void> {
  await domain.withLiveJob(modify(request.api, call), ({ runtime, signal }) =>
    askInit(driver, runtime, request, signal),
  );
}

const LAST_SIGNAL = 64;

async function sendSignal(domain: ContainerDomain, pid: bigint, signum: number, call: Call): Promise<void> {
  if (signum < 0 || signum > LAST_SIGNAL) {
    throw VirError.of('INVALID_ARG', `signum value ${signum} is out of range`);
  }
  await domain.withLiveJob(modify('virDomainSendProcessSignal', call), async ({ runtime }) => {
    // Only init's number is known outside.
    if (pid !== 1n) throw VirError.of('ARGUMENT_UNSUPPORTED', 'Only the init process may be killed');
    runtime.init.kill(signum);
  });
}

function modify(owner: string, call: Call): JobRequest {
  return { kind: 'modify', owner, signal: call.signal };
}

function startRequest(flags: number): StartRequest {
  return {
    paused: false,
    autodestroy: (flags & startAutodestroy) !== 0,
    bypassCache: false,
    forceBoot: false,
    resetNvram: false,
  };
}

async function start(driver: LxcDriver, domain: ContainerDomain, flags: number, call: Call): Promise<void> {
  checkFlags('virDomainCreateWithFiles', flags, startAutodestroy, driver.errorDomain);
  await domain.withJob({ kind: 'start', owner: 'virDomainCreate', signal: call.signal }, (job) =>
    startContainer(driver, job, domain, startRequest(flags), call),
  );
}

async function createTransient(
  driver: LxcDriver,
  xml: string,
  flags: number,
  call: Call,
): Promise<ContainerDomain> {
  checkFlags('virDomainCreateXMLWithFiles', flags, startAutodestroy | startValidate, driver.errorDomain);
  const definition = await driver.parse(xml, { validate: (flags & startValidate) !== 0 });
  const { domain, isNew } = driver.domains.claim(definition, true);
  try {
    await domain.withJob({ kind: 'start', owner: 'virDomainCreateXML', signal: call.signal }, (job) =>
      startFrom(driver, job, domain, definition, startRequest(flags), call),
    );
  } catch (error) {
    if (isNew && !domain.isActive && !domain.isPersistent) driver.domains.remove(domain);
    throw error;
  }
  return domain;
}

async function destroy(driver: LxcDriver, domain: ContainerDomain, call: Call): Promise<void> {
  domain.jobs.abortLong(VirError.of('OPERATION_ABORTED', 'domain is being destroyed'));
  await domain.withJob({ kind: 'destroy', owner: 'virDomainDestroy', signal: call.signal }, () =>
    destroyContainer(driver, domain, 'destroyed'),
  );
}

async function suspend(driver: LxcDriver, domain: ContainerDomain, call: Call): Promise<void> {
  const request: JobRequest = { kind: 'suspend', owner: 'virDomainSuspend', signal: call.signal };
  await domain.withLiveJob(request, async ({ runtime, signal }) => {
    if (domain.state.state === 'paused') return;
    await setFrozen(runtime.cgroup, true, driver.clock, signal);
    domain.setState({ state: 'paused', reason: 'user' });
    driver.notifier.lifecycle(domain.reference, 'suspended', 'paused');
    await saveStatus(driver.parts, domain);
  });
}

async function resume(driver: LxcDriver, domain: ContainerDomain, call: Call): Promise<void> {
  await domain.withLiveJob(modify('virDomainResume', call), async ({ runtime, signal }) => {
    if (domain.state.state === 'running') throw VirError.of('OPERATION_INVALID', 'domain is already running');
    await setFrozen(runtime.cgroup, false, driver.clock, signal);
    domain.setState({ state: 'running', reason: 'unpaused' });
    driver.notifier.lifecycle(domain.reference, 'resumed', 'unpaused');
    await saveStatus(driver.parts, domain);
  });
}
