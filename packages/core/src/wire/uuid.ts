declare const uuidBrand: unique symbol;

/** A UUID in lower case with dashes. */
export type Uuid = string & { readonly [uuidBrand]: true };

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
/** One bit for each byte that has a dash before it. */
const DASH_BEFORE = (1 << 4) | (1 << 6) | (1 << 8) | (1 << 10);

/** Reads 16 bytes at `offset`. */
export function uuidFromBytes(bytes: Uint8Array, offset = 0): Uuid {
  let text = '';
  for (let i = 0; i < 16; i++) {
    if ((DASH_BEFORE >> i) & 1) text += '-';
    text += HEX[bytes[offset + i] ?? 0];
  }
  return text as Uuid;
}

/** Writes 16 bytes at `offset` of `target`. */
export function uuidToBytes(uuid: Uuid, target: Uint8Array, offset = 0): void {
  let at = 0;
  for (let i = 0; i < 16; i++) {
    if ((DASH_BEFORE >> i) & 1) at++;
    target[offset + i] = (nibble(uuid.charCodeAt(at)) << 4) | nibble(uuid.charCodeAt(at + 1));
    at += 2;
  }
}

// 0-9 are 48 to 57, a-f 97 to 102.
function nibble(code: number): number {
  return code < 58 ? code - 48 : code - 87;
}

/** Whether this is a UUID in the form that is used inside: lower case, with its four dashes. */
export function isUuid(text: string): text is Uuid {
  if (text.length !== 36) return false;
  for (let i = 0; i < 36; i++) {
    const code = text.charCodeAt(i);
    if (i === 8 || i === 13 || i === 18 || i === 23) {
      if (code !== 45) return false;
    } else if (!(code >= 48 && code <= 57) && !(code >= 97 && code <= 102)) {
      return false;
    }
  }
  return true;
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
