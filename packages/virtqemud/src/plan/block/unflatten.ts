import { VirError } from '@modvirt/core/errors';

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}
type Building = { [key: string]: JsonValue | Building };

/** Deeper than that no description of an image is. */
const MAX_DEPTH = 64;

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Properties whose names have dots in them, as QEMU takes them, as properties of properties; a set of numbers from 0 on is a
 * list.
 *
 * @throws VirError INVALID_ARG when one name is both a value and holds others
 */
export function unflatten(value: JsonObject, depth = 0): JsonObject {
  if (depth > MAX_DEPTH) throw VirError.of('INVALID_ARG', 'json object is nested too deeply');
  const built: Building = Object.create(null) as Building;
  for (const [key, member] of Object.entries(value)) {
    place(built, key.split('.'), isObject(member) ? unflatten(member, depth + 1) : member);
  }
  return withLists(built);
}

function place(into: Building, path: readonly string[], value: JsonValue): void {
  const [key = '', ...rest] = path;
  const found = into[key];
  if (rest.length === 0) {
    if (found !== undefined) into[key] = joined(key, found, value);
    else into[key] = value;
    return;
  }
  if (found !== undefined && !isBuilding(found)) {
    throw VirError.of('INVALID_ARG', `can't nest objects under value key '${key}'`);
  }
  const nested: Building = { ...found };
  into[key] = nested;
  place(nested, rest, value);
}

/** Two objects of one name; neither may say what the other does. */
function joined(key: string, found: JsonValue | Building, value: JsonValue): Building {
  const both = isBuilding(found) && isObject(value) ? { ...found, ...value } : {};
  const expected =
    isBuilding(found) && isObject(value) ? Object.keys(found).length + Object.keys(value).length : 1;
  if (Object.keys(both).length === expected) return both;
  throw VirError.of('INVALID_ARG', `json object has the key '${key}' twice`);
}

function isBuilding(value: JsonValue | Building | undefined): value is Building {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function withLists(value: Building): JsonObject {
  return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, listed(it)]));
}

function listed(value: JsonValue | Building): JsonValue {
  if (!isBuilding(value)) return value;
  const keys = Object.keys(value);
  const items = keys.map((_, index) => value[String(index)]);
  if (keys.length === 0 || items.some((it) => it === undefined)) return withLists(value);
  return items.flatMap((it) => (it === undefined ? [] : [listed(it)]));
}
