import { command, oneCheck, type Part, type PartResult, tool } from './part.js';

async function succeeds(file: string, args: readonly string[]): Promise<PartResult> {
  const { status, output } = await command(file, args);
  return oneCheck({ ok: status === 0, output });
}

export const formatAndLint: Part = {
  name: 'format and lint',
  what: 'Biome over the whole tree',
  run: () => succeeds(tool('biome'), ['ci', '--colors=off', '--max-diagnostics=50']),
};

export const types: Part = {
  name: 'types',
  what: 'TypeScript over everything',
  run: () => succeeds(tool('tsc'), ['-p', 'tsconfig.json']),
};

export const purity: Part = {
  name: 'purity',
  what: 'the pure folders compile without Node',
  run: () => succeeds(tool('tsc'), ['-p', 'tsconfig.pure.json']),
};
