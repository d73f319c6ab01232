import type { Assembly } from '../assembly.js';
import type { Props } from './json.js';

/** Threads that serve devices beside the main loop. */
export function addIothreads(to: Assembly): void {
  const { domain, out } = to;
  for (const thread of domain.iothreadids) {
    out.object({
      'qom-type': 'iothread',
      id: `iothread${thread.id}`,
      ...poolProps(thread),
      'poll-max-ns': thread.poll?.max,
      'poll-grow': thread.poll?.grow,
      'poll-shrink': thread.poll?.shrink,
    });
  }
  if (domain.defaultiothread !== undefined) {
    out.object({ 'qom-type': 'main-loop', id: 'main-loop', ...poolProps(domain.defaultiothread) });
  }
}

interface Pool {
  readonly thread_pool_min?: number | undefined;
  readonly thread_pool_max?: number | undefined;
}

function poolProps(pool: Pool): Props {
  return { 'thread-pool-min': pool.thread_pool_min, 'thread-pool-max': pool.thread_pool_max };
}
