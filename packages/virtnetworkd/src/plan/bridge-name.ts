import { VirError } from '@modvirt/core/errors';

const MOST = 256;
const PREFIX = 'virbr';

/** A name that the template allows (`virbr%d` where there is none), and that nobody has. */
export function freeBridgeName(template: string | undefined, isTaken: (name: string) => boolean): string {
  const wanted = template ?? `${PREFIX}%d`;
  for (let at = 0; at < MOST; at++) {
    const name = wanted.replace('%d', String(at));
    if (!isTaken(name)) return name;
  }
  throw VirError.of('INTERNAL_ERROR', `Bridge generation exceeded max id ${MOST}`, { domain: 'NETWORK' });
}

/** A name that says only how it is to be made. */
export function isTemplate(name: string | undefined): boolean {
  return name === undefined || name.includes('%d');
}
