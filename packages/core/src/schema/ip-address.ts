import { type Scalar, string } from '../xml/scalars.js';

const V4 = /^\d{1,3}(\.\d{1,3}){3}$/;

function isV4(text: string): boolean {
  return V4.test(text) && text.split('.').every((it) => Number(it) <= 255);
}

function isV6(text: string): boolean {
  const [head = '', tail, ...more] = text.split('::');
  if (more.length > 0) return false;
  const groups = (part: string): readonly string[] => (part === '' ? [] : part.split(':'));
  const all = [...groups(head), ...groups(tail ?? '')];
  const last = all.at(-1);
  const hasV4 = last !== undefined && isV4(last);
  const plain = hasV4 ? all.slice(0, -1) : all;
  const count = plain.length + (hasV4 ? 2 : 0);
  return plain.every((it) => /^[0-9a-fA-F]{1,4}$/.test(it)) && (tail === undefined ? count === 8 : count < 8);
}

/** An address of IPv4 or IPv6, as written. */
export const ipAddress: Scalar<string> = {
  ...string,
  parse: (text) => (isV4(text) || isV6(text) ? text : undefined),
};
