import type { ContainerDomain, ContainerRuntime } from '../container-runtime.js';
import type { LxcDriver } from '../driver.js';
import type { ContainerExit } from '../monitor/supervisor-link.js';
import { finishContainer } from './end-container.js';
import { rebootContainer } from './reboot-container.js';

const CAUSES = { error: 'failed', shutdown: 'shutdown', reboot: 'reboot' } as const;

/** From now on the container's own end is heard. */
export function watchContainer(driver: LxcDriver, domain: ContainerDomain, runtime: ContainerRuntime): void {
  const { name } = domain;
  let exit: ContainerExit | undefined;
  runtime.link.setHandlers({
    onInit: () => undefined,
    onExit: (how) => {
      exit = how;
    },
    onEnd: () => {
      if (runtime.ending !== undefined || domain.runtime !== runtime) return;
      driver.log.info('container ended', { domain: name, exit });
      runtime.ending = CAUSES[exit ?? 'error'];
      driver.scope.spawn(`end of ${name}`, (signal) => afterEnd(driver, domain, runtime, signal));
    },
  });
}

async function afterEnd(
  driver: LxcDriver,
  domain: ContainerDomain,
  runtime: ContainerRuntime,
  signal: AbortSignal,
): Promise<void> {
  const again = beginsAgain(domain, runtime);
  if (again) {
    const next = await rebootContainer(driver, domain, runtime, signal);
    if (next !== undefined) watchContainer(driver, domain, next);
  } else
    await finishContainer(driver, domain, runtime, runtime.ending === 'reboot' ? 'shutdown' : runtime.ending);
}

/** What the definition wants after such an end. */
function beginsAgain({ live }: ContainerDomain, { ending }: ContainerRuntime): boolean {
  if (ending === 'reboot') return live?.on_reboot !== 'destroy';
  return ending === 'shutdown' && live?.on_poweroff === 'restart';
}
