import { VirError } from '@modvirt/core/errors';
import type { ContainerRuntime } from '../container-runtime.js';
import type { LxcDriver } from '../driver.js';
import { runInContainer } from './run-in-container.js';

/** How a container is asked to end or to begin again. */
export interface InitRequest {
  readonly api: string;
  /** Whether the caller chose a way. */
  readonly isNamed: boolean;
  readonly viaInitctl: boolean;
  readonly viaSignal: boolean;
  readonly runLevel: '0' | '6';
  readonly signal: 'SIGTERM' | 'SIGHUP';
}

/** Asks the container's init by its control pipe, or else by a signal. @throws VirError OPERATION_UNSUPPORTED */
export async function askInit(
  driver: LxcDriver,
  runtime: ContainerRuntime,
  request: InitRequest,
  signal: AbortSignal,
): Promise<void> {
  if (request.viaInitctl) {
    const answer = await runInContainer(driver, runtime.init.pid, [['initctl', request.runLevel]], signal);
    if (answer.includes('asked')) return;
    if (!request.viaSignal) {
      throw VirError.of('OPERATION_UNSUPPORTED', 'Container does not provide an initctl pipe');
    }
  }
  runtime.init.kill(request.signal);
}
