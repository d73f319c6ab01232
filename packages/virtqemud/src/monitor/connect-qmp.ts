import type { ByteChannel, Clock, Logger } from '@modvirt/core/ports';
import type { Monitor } from './monitor.js';
import { QmpLink } from './qmp-link.js';

/** Connects to a guest's control socket and waits until it takes commands. */
export async function connectQmp(
  connect: (signal: AbortSignal) => Promise<ByteChannel>,
  options: {
    readonly clock: Clock;
    readonly log: Logger;
    readonly timeoutMs: number;
    readonly signal: AbortSignal;
    readonly duplicate?: (descriptor: number) => number;
  },
): Promise<Monitor> {
  const link = new QmpLink(
    await connect(options.signal),
    options.clock,
    options.log.child({ component: 'qemu.monitor' }),
    options.duplicate,
  );
  try {
    await link.open(options.timeoutMs, options.signal);
    return link;
  } catch (error) {
    link.close();
    throw error;
  }
}
