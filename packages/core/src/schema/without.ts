type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** A copy of `value` that lacks `key`; of a union, each of its members. */
export function without<T extends object, K extends PropertyKey>(value: T, key: K): Without<T, K> {
  const copy = { ...value } as Record<PropertyKey, unknown>;
  delete copy[key];
  return copy as Without<T, K>;
}
