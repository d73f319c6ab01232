import { VirError } from '@modvirt/core/errors';

// Answers come from the guest: nothing in them is trusted to be there.

export function field(from: unknown, name: string): unknown {
  return typeof from === 'object' && from !== null
    ? (from as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

export function list(from: unknown): readonly unknown[] {
  return Array.isArray(from) ? from : [];
}

export function optionalText(from: unknown, name: string): string | undefined {
  const value = field(from, name);
  return typeof value === 'string' ? value : undefined;
}

/** @throws VirError INTERNAL_ERROR when it is missing */
export function text(from: unknown, name: string): string {
  const value = optionalText(from, name);
  if (value !== undefined) return value;
  throw VirError.of('INTERNAL_ERROR', `guest agent reply is missing '${name}'`);
}
