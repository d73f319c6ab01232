import type { Props } from '../command/json.js';

interface MappedIothread {
  readonly id: number;
  readonly queues: readonly { readonly id: number }[];
}

/** Which iothread serves which queue. */
export function iothreadMappingProps(iothreads: readonly MappedIothread[]): Props {
  if (iothreads.length === 0) return {};
  const mapping = iothreads.map(({ id, queues }) => ({
    iothread: `iothread${id}`,
    vqs: queues.length === 0 ? undefined : queues.map((queue) => queue.id),
  }));
  return { 'iothread-vq-mapping': mapping };
}
