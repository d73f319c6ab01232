import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CheckoutCopy } from './checkout-copy.js';
import { layerViolations } from './layer-violations.js';

const copies: CheckoutCopy[] = [];
const newCopy = (): CheckoutCopy => {
  const made = new CheckoutCopy(mkdtempSync(join(tmpdir(), 'modvirt-planted-')));
  copies.push(made);
  return made;
};

let copy: CheckoutCopy;
let pure: readonly string[];

beforeAll(() => {
  copy = newCopy();
  pure = copy.pureFolders();
});

afterAll(() => {
  for (const { directory } of copies) rmSync(directory, { recursive: true, force: true });
});

describe('layers', () => {
  interface Cruise {
    readonly summary: {
      readonly violations: readonly { readonly rule: { readonly name: string }; readonly from: string }[];
      readonly ruleSetUsed: { readonly forbidden: readonly { readonly name: string }[] };
    };
  }
  let found: Cruise['summary'];

  beforeAll(async () => {
    for (const plant of Object.values(layerViolations).flat()) {
      copy.plant(plant.path, plant.text);
      if (plant.beside !== undefined) copy.plant(plant.beside.path, plant.beside.text);
    }
    const args = [
      '--config',
      '.dependency-cruiser.cjs',
      '--output-type',
      'json',
      'packages',
      'tools',
      'test',
    ];
    found = (JSON.parse(await copy.run('depcruise', args)) as Cruise).summary;
  });

  test('every rule has a violation planted for it', () => {
    const rules = found.ruleSetUsed.forbidden.map(({ name }) => name);
    expect(Object.keys(layerViolations).toSorted()).toEqual(rules.toSorted());
  });

  const plants = Object.entries(layerViolations).flatMap(([rule, list]) =>
    list.map(({ path }) => ({ rule, path })),
  );
  test.each(plants)('$rule: $path is caught', ({ rule, path }) => {
    const broken = found.violations.filter(({ from }) => from === path).map(({ rule: { name } }) => name);
    expect(broken).toContain(rule);
  });

  test('nothing but what was planted is found', () => {
    const others = found.violations.filter(({ from }) => !from.includes('planted'));
    expect(others).toEqual([]);
  });
});

describe('lint', () => {
  let lines = 0;
  const rules = {
    format: 'export const   a = 1\n',
    'lint/suspicious/noExplicitAny': 'export const a: any = 1;\n',
    'lint/suspicious/noConsole': "console.log('a');\n",
    'lint/style/noNonNullAssertion': 'export const a = (b?: number) => b!;\n',
    'lint/style/noEnum': 'export enum A {\n  B = 1,\n}\n',
    'lint/style/noDefaultExport': 'export default 1;\n',
    'lint/style/useImportType':
      "import { VirError } from '@modvirt/core/errors';\n\nexport type A = VirError;\n",
    'lint/style/noParameterAssign': 'export function a(b: number) {\n  b = 1;\n  return b;\n}\n',
    'lint/style/noExcessiveLinesPerFile': 'export const a = 1;\n'
      .repeat(401)
      .replaceAll(/a = /g, () => `a${lines++} = `),
    'lint/complexity/noExcessiveLinesPerFunction': `export function a() {\n${'  console.log();\n'.repeat(51)}}\n`,
    'lint/nursery/noFloatingPromises': 'const a = async () => 1;\nexport const b = () => {\n  a();\n};\n',
    'lint/nursery/useExhaustiveSwitchCases':
      "export function a(b: 'c' | 'd') {\n  switch (b) {\n    case 'c':\n      return 1;\n  }\n}\n",
    'lint/correctness/noUnusedImports': "import { VirError } from '@modvirt/core/errors';\n",
    'lint/correctness/noUndeclaredDependencies': "import 'avsc';\n",
    'lint/suspicious/noImportCycles': "import type { A } from './linted-cycle.js';\n\nexport type B = A[];\n",
  };
  const pathOf = (rule: string) => `packages/client/src/linted-${rule.split('/').at(-1)}.ts`;
  let found: readonly { readonly category: string; readonly path: string }[];

  beforeAll(async () => {
    for (const [rule, text] of Object.entries(rules)) copy.plant(pathOf(rule), text);
    const cycle = "import type { B } from './linted-noImportCycles.js';\n\nexport type A = B | 1;\n";
    copy.plant('packages/client/src/linted-cycle.ts', cycle);
    for (const folder of pure) {
      copy.plant(`${folder}/linted-node.ts`, "import 'node:fs';\n");
      copy.plant(`${folder}/linted-clock.ts`, 'export const now = Date.now();\n');
      copy.plant(`${folder}/linted-chance.ts`, 'export const chance = Math.random();\n');
    }
    const report = await copy.run('biome', [
      'ci',
      '--colors=off',
      '--reporter=json',
      '--max-diagnostics=none',
    ]);
    const { diagnostics } = JSON.parse(report.slice(report.indexOf('{'), report.lastIndexOf('}') + 1)) as {
      readonly diagnostics: readonly {
        readonly category: string;
        readonly location: { readonly path: string };
      }[];
    };
    found = diagnostics.map(({ category, location }) => ({ category, path: location.path }));
  });

  test.each(Object.keys(rules))('%s is caught', (category) => {
    expect(found).toContainEqual({ category, path: pathOf(category) });
  });

  test('Node, the clock and chance are caught in every pure folder', () => {
    expect(pure.length).toBeGreaterThan(15);
    const expected = pure.flatMap((folder) => [
      { category: 'lint/correctness/noNodejsModules', path: `${folder}/linted-node.ts` },
      { category: 'plugin', path: `${folder}/linted-clock.ts` },
      { category: 'plugin', path: `${folder}/linted-chance.ts` },
    ]);
    expect(found).toEqual(expect.arrayContaining(expected));
  });
});

// In a copy of its own: a planted import of an adapter would bring Node's types in.
describe('types', () => {
  test('an effect that only Node knows does not compile in any pure folder', {
    timeout: 180_000,
  }, async () => {
    const clean = newCopy();
    for (const folder of pure) clean.plant(`${folder}/planted.ts`, 'export const pid = process.pid;\n');
    const said = await clean.run('tsc', ['-p', 'tsconfig.pure.json']);
    const missed = pure.filter((folder) => !said.includes(`${folder}/planted.ts(1,20): error TS`));
    expect(missed).toEqual([]);
  });
});
