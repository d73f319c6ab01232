declare const uuidBrand: unique symbol;

/** A UUID in lower case with dashes. */
export type Uuid = string & { readonly [uuidBrand]: true };

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const DASH_BEFORE = new Set([4, 6, 8, 10]);

/** Reads 16 bytes at `offset`. */
export function uuidFromBytes(bytes: Uint8Array, offset = 0): Uuid {
  let text = '';
  for (let i = 0; i < 16; i++) {
    if (DASH_BEFORE.has(i)) text += '-';
    text += HEX[bytes[offset + i] ?? 0];
  }
  return text as Uuid;
}

/** Writes 16 bytes at `offset` of `target`. */
export function uuidToBytes(uuid: Uuid, target: Uint8Array, offset = 0): void {
  let at = 0;
  for (let i = 0; i < 16; i++) {
    if (DASH_BEFORE.has(i)) at++;
    target[offset + i] = Number.parseInt(uuid.slice(at, at + 2), 16);
    at += 2;
  }
}

/**
 * A UUID as people write it: 32 hexadecimal digits in any case, with dashes and blanks anywhere between bytes,
 * as virUUIDParse takes it. Undefined when it is not one.
 */
export function parseUuid(text: string): Uuid | undefined {
  const digits = text.trim().replace(/[-\s]/g, '').toLowerCase();
  if (!/^[0-9a-f]{32}$/.test(digits)) return undefined;
  const parts = [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20)];
  return `${parts.join('-')}-${digits.slice(20)}` as Uuid;
}
