import { VirError } from '../errors/vir-error.js';
import { attr } from '../xml/attribute.js';
import { child, element, type Infer } from '../xml/element.js';
import { optional } from '../xml/field.js';
import { oneOf, string, uint, uuid } from '../xml/scalars.js';

const parameters = element('parameters', {
  managerid: optional(attr(uint())),
  typeid: optional(attr(uint())),
  typeidversion: optional(attr(uint())),
  instanceid: optional(attr(uuid)),
  interfaceid: optional(attr(uuid)),
  profileid: optional(attr(string)),
});

/** `<virtualport>`: how a port of a switch is set up. */
export const virtualport = element(
  'virtualport',
  {
    type: optional(
      attr(oneOf('802.1Qbg', '802.1Qbh', 'openvswitch', 'midonet'), {
        absent: 'none',
        invalid: (value) => VirError.of('CONFIG_UNSUPPORTED', `unknown virtualport type ${value}`),
      }),
    ),
    parameters: optional(child(parameters)),
  },
  { whenEmpty: 'keep' },
);
export type Virtualport = Infer<typeof virtualport>;
