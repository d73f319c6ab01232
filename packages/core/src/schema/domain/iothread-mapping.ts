import { attr } from '../../xml/attribute.js';
import { children, element, within } from '../../xml/element.js';
import { uint } from '../../xml/scalars.js';

const queue = element('queue', { id: attr(uint()) });
const iothread = element('iothread', { id: attr(uint()), queues: children(queue) });

/** `<iothreads>` of a driver: which iothread serves which queue. */
export const iothreadMapping = within('iothreads', children(iothread));
