import { VirError } from '../../errors/vir-error.js';
import { attr } from '../../xml/attribute.js';
import { element, type Infer } from '../../xml/element.js';
import { liveOnly, optional, when } from '../../xml/field.js';
import { string, uint } from '../../xml/scalars.js';
import { variants } from '../../xml/variants.js';

const fromConfig = when((cx) => cx.status, optional(attr(uint())));

/** `<listen>` of a display: where it can be reached. */
export const listen = element(
  'listen',
  variants(
    'type',
    {
      address: { address: optional(attr(string)), fromConfig },
      network: { network: optional(attr(string)), address: liveOnly(optional(attr(string))), fromConfig },
      socket: { socket: optional(attr(string)), fromConfig },
      none: { fromConfig },
    },
    { unknown: (value) => VirError.of('XML_ERROR', `unknown graphics listen type '${value}'`) },
  ),
);
export type Listen = Infer<typeof listen>;

/** What older clients read and write in place of `<listen>`: attributes of `<graphics>` itself. */
export interface ListenAttributes {
  readonly listen?: string;
  readonly socket?: string;
  readonly listens: readonly Listen[];
}

/**
 * One list from both forms. Where an element and an attribute say the same they must agree.
 *
 * @throws VirError XML_ERROR when they do not
 */
export function joinListens(value: ListenAttributes): readonly Listen[] {
  const [first] = value.listens;
  if (value.socket !== undefined && (first === undefined || first.type === 'socket')) {
    return [joinSocket(value.socket, first), ...value.listens.slice(1)];
  }
  if (value.listen === undefined) return value.listens;
  const written = value.listens.find((it) => it.type === 'address');
  if (written === undefined) {
    return value.listens.length === 0 ? [{ type: 'address', address: value.listen }] : value.listens;
  }
  return value.listens;
}

function joinSocket(socket: string, first: Listen | undefined): Listen {
  if (first?.type === 'socket' && first.socket !== undefined && first.socket !== socket) {
    throw VirError.of(
      'XML_ERROR',
      `graphics 'socket' attribute '${socket}' must match 'socket' attribute of first listen element (found '${first.socket}')`,
    );
  }
  return { type: 'socket', socket };
}
