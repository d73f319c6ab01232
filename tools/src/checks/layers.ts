import { readdir } from 'node:fs/promises';
import { command, type Part, type PartResult, repository, tool } from './part.js';

/** What dependency-cruiser prints as JSON, as far as it is read here. */
interface Cruise {
  readonly modules: readonly { readonly source: string }[];
  readonly summary: {
    readonly violations: readonly {
      readonly rule: { readonly name: string };
      readonly from: string;
      readonly to: string;
      readonly cycle?: readonly { readonly name: string }[];
    }[];
    readonly ruleSetUsed: { readonly forbidden: readonly { readonly name: string }[] };
  };
}

const SOURCES = ['packages', 'tools', 'test'];

export const layers: Part = {
  name: 'layers',
  what: 'who imports whom, and that all of it was looked at',
  async run() {
    const args = ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', ...SOURCES];
    const { stdout, output } = await command(tool('depcruise'), args);
    if (!stdout.startsWith('{')) return { passed: 0, failed: 1, skips: [], output };
    return judge(JSON.parse(stdout) as Cruise, await sourceFiles());
  },
};

/**
 * One check for each rule, and one for the number of modules: a compiler that dependency-cruiser does not understand
 * makes it see nothing and report success.
 */
export function judge(cruise: Cruise, files: readonly string[]): PartResult {
  const seen = new Set(cruise.modules.map(({ source }) => source));
  const unseen = files.filter((file) => !seen.has(file));
  const { violations, ruleSetUsed } = cruise.summary;
  const broken = new Set(violations.map(({ rule }) => rule.name));
  const lines = [
    ...violations.map(({ rule, from, to, cycle }) => {
      const way = cycle === undefined ? to : cycle.map(({ name }) => name).join(' → ');
      return `${rule.name}: ${from} → ${way}`;
    }),
    ...unseen.map((file) => `not looked at: ${file}`),
  ];
  const failed = broken.size + (unseen.length > 0 || files.length === 0 ? 1 : 0);
  const checks = ruleSetUsed.forbidden.length + 1;
  return { passed: checks - failed, failed, skips: [], output: lines.join('\n') };
}

async function sourceFiles(): Promise<readonly string[]> {
  const lists = await Promise.all(
    SOURCES.map(async (folder) => {
      const names = await readdir(`${repository}/${folder}`, { recursive: true });
      return names.map((name) => `${folder}/${name}`);
    }),
  );
  return lists.flat().filter((file) => file.endsWith('.ts') && !file.includes('node_modules/'));
}
