import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  camelCase,
  type FlagValues,
  fieldsShape,
  type GoldenProgram,
  goldenProgram,
  type ProcedureFacts,
  type ProgramFacts,
  ruleShape,
} from '../testing/protocol-facts.js';
import { readJson, sharedFolder } from '../testing/shared-facts.js';
import type { EventMessage, Procedure, Program } from './procedure.js';
import { adminProgram, keepaliveProgram, lxcProgram, qemuProgram, remoteProgram } from './programs.js';

const golden = join(import.meta.dirname, '../../golden/protocol');
const shared = sharedFolder(import.meta.dirname);
const programs: readonly [Program, number][] = [
  [remoteProgram, 453],
  [qemuProgram, 7],
  [lxcProgram, 1],
  [adminProgram, 20],
  [keepaliveProgram, 2],
];

function goldenText(program: GoldenProgram): string {
  const lines = program.procedures.map((one) => JSON.stringify(one));
  return `{"program": ${program.program}, "version": ${program.version}, "procedures": [\n${lines.join(',\n')}\n]}\n`;
}

interface Constants {
  readonly enums: {
    readonly [name: string]: { readonly members: { readonly [name: string]: { value: number } } };
  };
}

function flagValues(folder: string): FlagValues {
  const { enums } = readJson<Constants>(join(folder, 'protocol/constants.json'));
  const members = Object.values(enums).flatMap((one) => Object.entries(one.members));
  // The facts leave the name of the guest agent as a source of addresses empty.
  return Object.fromEntries([...members.map(([name, { value }]) => [name, value]), ['', 1]]);
}

/** The row or message of a fact, found by its name; names were put together from the facts' by one rule. */
function rowOf(program: Program, fact: ProcedureFacts): Procedure | EventMessage | undefined {
  const name = camelCase(fact.name);
  // Keepalive's procedures are never answered: they are declared as messages.
  return fact.event || program === keepaliveProgram ? program.events[name] : program.procedures[name];
}

/** What a row says, in the words of its fact. Where the facts are silent the row may say what it likes. */
function rowFacts(fact: ProcedureFacts, row: Procedure | EventMessage): Partial<ProcedureFacts> {
  if ('message' in row) return { number: row.number, args: fieldsShape(row.message), returns: '{}' };
  return {
    number: row.number,
    args: fieldsShape(row.args),
    returns: fieldsShape(row.returns),
    ...(fact.priority === undefined ? {} : { priority: row.priority }),
    ...(fact.acl === undefined ? {} : { acl: row.acl.map(ruleShape) }),
    ...(fact.aclFilter === undefined ? {} : { aclFilter: (row.aclFilter ?? []).map(ruleShape) }),
    ...(fact.api === undefined ? {} : { api: row.api ?? '' }),
    ...(fact.since === undefined ? {} : { since: row.since }),
  };
}

const comparable = (fact: ProcedureFacts): Partial<ProcedureFacts> => {
  const { number, args, returns, priority, acl, aclFilter, api, since } = fact;
  const shape = { number, args, returns };
  if (fact.event || fact.acl === undefined) return shape;
  const all = { ...shape, priority, acl, aclFilter, api, since };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
};

for (const [program, count] of programs) {
  const path = join(golden, `${program.name}.json`);
  describe(`the program ${program.name}`, () => {
    if (process.env.UPDATE_GOLDEN === '1' && shared !== undefined) {
      const facts = readJson<ProgramFacts>(join(shared, `protocol/${program.name}.json`));
      writeFileSync(path, goldenText(goldenProgram(facts, flagValues(shared))));
    }
    const expected = readJson<GoldenProgram>(path);

    test('has its number and version', () => {
      expect({ number: program.number, version: program.version }).toEqual({
        number: expected.program,
        version: expected.version,
      });
    });

    test(`declares all ${count} procedures and messages, and no others`, () => {
      expect(expected.procedures).toHaveLength(count);
      const declared = Object.keys(program.procedures).length + Object.keys(program.events).length;
      expect(declared).toBe(count);
      expect(expected.procedures.filter((fact) => rowOf(program, fact) === undefined)).toEqual([]);
    });

    test('has every row as libvirt has it', () => {
      for (const fact of expected.procedures) {
        const row = rowOf(program, fact);
        if (row === undefined) continue;
        expect(rowFacts(fact, row), fact.name).toEqual(comparable(fact));
      }
    });

    test('has streams and read-only rules where libvirt has them', () => {
      for (const fact of expected.procedures) {
        const row = rowOf(program, fact);
        if (row === undefined || 'message' in row) continue;
        if (fact.stream !== undefined) expect(['both', fact.stream], fact.name).toContain(row.stream);
        expect(row.sparseFlag !== undefined, fact.name).toBe(fact.sparse !== undefined);
        if (fact.readOnly === undefined) continue;
        const kind = typeof row.readOnly === 'boolean' ? (row.readOnly ? 'allowed' : 'never') : 'conditional';
        expect(kind, fact.name).toBe(fact.readOnly.replace(/:.*/, ''));
      }
    });

    test('says something of every row', () => {
      const rows = [...Object.entries(program.procedures), ...Object.entries(program.events)];
      const words = (name: string): string => name.replace(/[A-Z0-9]/g, (c) => ` ${c.toLowerCase()}`);
      for (const [name, row] of rows) {
        expect(row.doc, name).toMatch(/^[A-Z].{9,}\.$/);
        expect(row.doc.toLowerCase(), name).not.toBe(`${words(name)}.`);
      }
    });

    test.skipIf(shared === undefined)(
      'has golden files that say what the shared facts say (needs ../shared/protocol)',
      () => {
        const facts = readJson<ProgramFacts>(join(shared ?? '', `protocol/${program.name}.json`));
        expect(readFileSync(path, 'utf8')).toBe(goldenText(goldenProgram(facts, flagValues(shared ?? ''))));
      },
    );
  });
}

test('notices a field of another type', () => {
  const fact = readJson<GoldenProgram>(join(golden, 'remote.json')).procedures.find(
    (one) => one.name === 'domain_suspend',
  );
  if (fact === undefined) throw new Error('no domain_suspend');
  const planted = { ...remoteProgram.procedures.domainSuspend, args: { dom: { kind: 'int' } } } as Procedure;
  expect(rowFacts(fact, planted)).not.toEqual(comparable(fact));
});
