// The keepalive program: two messages without payload, either side sends both. Source: virkeepaliveprotocol.x.
import { nothing } from '../wire/types.js';
import { eventMessage } from './procedure.js';

export const keepaliveMessages = {
  ping: eventMessage({
    number: 1,
    since: '0.9.8',
    message: nothing,
    doc: 'Ask the other side for a sign of life.',
  }),
  pong: eventMessage({
    number: 2,
    since: '0.9.8',
    message: nothing,
    doc: 'Give the sign of life that a ping asked for.',
  }),
} as const;
