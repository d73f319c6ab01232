import { VirError } from '../../errors/vir-error.js';
import { attr } from '../../xml/attribute.js';
import { element, type Infer } from '../../xml/element.js';
import { liveOnly, optional, when } from '../../xml/field.js';
import { string, uint } from '../../xml/scalars.js';
import { variants } from '../../xml/variants.js';
import { required } from '../refusals.js';

const fromConfig = when((cx) => cx.status, optional(attr(uint())));

/** `<listen>` of a display: where it can be reached. */
export const listen = element(
  'listen',
  variants('type', {
    address: { address: optional(attr(string)), fromConfig },
    network: {
      network: attr(string, required("'network' attribute is required for listen type 'network'")),
      address: liveOnly(optional(attr(string))),
      fromConfig,
    },
    socket: { socket: optional(attr(string)), fromConfig },
    none: { fromConfig },
  }),
);
export type Listen = Infer<typeof listen>;

/** What older clients read and write in place of `<listen>`: attributes of `<graphics>` itself. */
export interface ListenAttributes {
  readonly listen?: string;
  readonly socket?: string;
  readonly listens: readonly Listen[];
}

/**
 * One list from both forms; there is always one entry.
 *
 * @throws VirError CONFIG_UNSUPPORTED when the forms contradict each other
 */
export function joinListens(value: ListenAttributes): readonly Listen[] {
  const [first, ...others] = value.listens;
  if (value.socket !== undefined && value.socket !== '') return joinSocket(value.socket, first, others);
  const address = value.listen === undefined || value.listen === '' ? undefined : value.listen;
  if (first === undefined)
    return [address === undefined ? { type: 'address' } : { type: 'address', address }];
  if (first.type === 'address' && address !== undefined) return [joinAddress(address, first), ...others];
  return value.listens;
}

function joinSocket(socket: string, first: Listen | undefined, others: readonly Listen[]): readonly Listen[] {
  if (first?.type === 'socket' && first.socket !== undefined && first.socket !== socket) {
    throw mismatch('socket', socket, first.socket);
  }
  return [{ type: 'socket', socket }, ...others];
}

function joinAddress(address: string, first: Extract<Listen, { type: 'address' }>): Listen {
  if (first.address !== undefined && first.address !== address) {
    throw mismatch('listen', address, first.address, 'address');
  }
  return { ...first, address };
}

function mismatch(attribute: string, written: string, found: string, ofListen = attribute): VirError {
  return VirError.of(
    'CONFIG_UNSUPPORTED',
    `graphics '${attribute}' attribute '${written}' must match '${ofListen}' attribute of first listen element (found '${found}')`,
  );
}
