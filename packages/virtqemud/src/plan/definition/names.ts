import type { Domain } from '@modvirt/core/schema';

/** `<id>-<first 20 characters of the name>`: directories and sockets of a guest are called so. */
export function shortName(domain: Pick<Domain, 'id' | 'name'>): string {
  return `${domain.id ?? -1}-${[...domain.name].slice(0, 20).join('')}`;
}
