import type { Assembly } from '../assembly.js';

/** `<id>-<first 20 characters of the name>`: directories and sockets of a guest are called so. */
export function shortName({ cx, domain }: Pick<Assembly, 'cx' | 'domain'>): string {
  return `${cx.id}-${[...domain.name].slice(0, 20).join('')}`;
}
