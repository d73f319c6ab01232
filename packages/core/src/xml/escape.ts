// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not come out
const SPECIAL = /[&<>"'\u0000-\u0008\u000b\u000c\u000e-\u001f]/g;

const REPLACEMENTS: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Text as it stands in an attribute or an element. Control characters that XML cannot carry are left out. */
export function escapeXml(text: string): string {
  if (text.search(SPECIAL) === -1) return text;
  return text.replace(SPECIAL, (character) => REPLACEMENTS[character] ?? '');
}
