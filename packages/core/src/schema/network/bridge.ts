import { attr } from '../../xml/attribute.js';
import { element, type Infer } from '../../xml/element.js';
import { optional } from '../../xml/field.js';
import { oneOf, type Scalar, string, uint } from '../../xml/scalars.js';
import { malformed } from './refuse.js';

/** Only `off` turns it off. */
const spanningTree: Scalar<boolean> = {
  shape: { type: 'boolean', words: ['on', 'off'] },
  expected: '',
  parse: (text) => text !== 'off',
  format: (value) => (value ? 'on' : 'off'),
};

/** `<bridge>`: the host's bridge behind the network. */
export function bridge(network: string) {
  return element('bridge', {
    name: optional(attr(string, { absent: '' })),
    zone: optional(attr(string, { absent: '' })),
    stp: optional(attr(spanningTree)),
    delay: optional(
      attr(uint('seconds'), { invalid: () => malformed(`Invalid delay value in network '${network}'`) }),
    ),
    macTableManager: optional(
      attr(oneOf('kernel', 'libvirt'), {
        invalid: (value) => malformed(`Invalid macTableManager setting '${value}' in network '${network}'`),
      }),
    ),
  });
}
export type Bridge = Infer<ReturnType<typeof bridge>>;
