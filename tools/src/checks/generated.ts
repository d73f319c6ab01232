import { generatedFiles, leftOverFiles, staleFiles } from '../generate/generators.js';
import { type Part, repository } from './part.js';

/** One check for each file that is generated and committed, and one for what nobody generates any more. */
export const generated: Part = {
  name: 'generated files',
  what: 'what is generated and committed is what `npm run generate` writes',
  async run() {
    const files = await generatedFiles(repository);
    const stale = await staleFiles(repository);
    const leftOver = await leftOverFiles(repository);
    const failed = stale.length + (leftOver.length > 0 ? 1 : 0);
    const lines = [
      ...stale.map(({ path }) => `stale: ${path}`),
      ...leftOver.map((path) => `nobody generates ${path}`),
      'run: npm run generate',
    ];
    return { passed: files.length + 1 - failed, failed, skips: [], output: lines.join('\n') };
  },
};
