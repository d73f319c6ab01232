// Character classes of XML 1.0, by UTF-16 code unit.

/** May begin a name. Everything beyond ASCII is taken as a letter. */
export function isNameStart(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    code === 0x5f ||
    code === 0x3a ||
    code >= 0x80
  );
}

/** May stand in a name after its first character. */
export function isNamePart(code: number): boolean {
  return isNameStart(code) || (code >= 0x30 && code <= 0x39) || code === 0x2d || code === 0x2e;
}

export function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x09 || code === 0x0d;
}

/** May not stand in a document at all, not even as a reference. */
export function isForbidden(code: number): boolean {
  return (
    (code < 0x20 && code !== 0x0a && code !== 0x09 && code !== 0x0d) || code === 0xfffe || code === 0xffff
  );
}
