import { createHash } from 'node:crypto';
import { schemaIncompatibilities } from '@modvirt/core/adapters';
import {
  lxcProgram,
  modvirtProgram,
  type Program,
  type ProgramSchemas,
  programSchemas,
  qemuProgram,
  remoteProgram,
  schemasText,
} from '@modvirt/core/protocol';
import type { GeneratedFile, Generator } from './generator.js';

/** What daemons speak among themselves. */
const programs: readonly Program[] = [remoteProgram, qemuProgram, lxcProgram, modvirtProgram];
const FINGERPRINT_DIGITS = 32;

/**
 * The Avro schemas of every procedure, and their fingerprints. A change that a peer of the last release would not understand is
 * refused: nothing is written, and the error says what it is.
 */
export const avroSchemas: Generator = {
  name: 'avro schemas',
  what: 'schemas by which daemons of different releases understand each other',
  async files(read) {
    const schemas = programs.map((program) => schemaFile(program));
    for (const [i, { path }] of schemas.entries()) {
      const committed = read(path);
      if (committed !== undefined) await refuseIncompatible(programs[i] as Program, committed);
    }
    return [...schemas, fingerprintFile(schemas)];
  },
};

function schemaFile(program: Program): GeneratedFile {
  return {
    path: `packages/core/golden/avro/${program.name}.json`,
    text: schemasText(programSchemas(program)),
  };
}

/** @throws Error that lists what older peers could not read */
export async function refuseIncompatible(program: Program, committed: string): Promise<void> {
  const older = JSON.parse(committed) as ProgramSchemas;
  const problems = await schemaIncompatibilities(older, programSchemas(program));
  if (problems.length === 0) return;
  throw new Error(
    `peers of the last release would not understand ${program.name}:\n  ${problems.join('\n  ')}`,
  );
}

function fingerprintFile(schemas: readonly GeneratedFile[]): GeneratedFile {
  const lines = programs.map(({ name }, i) => {
    const digest = createHash('sha256')
      .update(schemas[i]?.text ?? '')
      .digest('hex');
    return `  ${name}: '${digest.slice(0, FINGERPRINT_DIGITS)}',`;
  });
  const text = [
    '// Generated from the rows by `npm run generate`: do not edit.',
    '',
    '/** Of the Avro schemas of each program: equal fingerprints need no exchange of schemas. */',
    'export const schemaFingerprints = {',
    ...lines,
    '} as const;',
    '',
  ].join('\n');
  return { path: 'packages/core/src/protocol/fingerprints.ts', text };
}
