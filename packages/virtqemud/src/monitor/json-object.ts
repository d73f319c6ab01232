export type Json = Readonly<Record<string, unknown>>;

/** The JSON object that `text` is; undefined when it is none. */
export function jsonObject(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}
