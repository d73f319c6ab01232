// Builds one program: `node bundle.mjs NAME [ENTRY ...]`. A daemon becomes dist/NAME/main.cjs (a loader), program.cjs and its
// V8 code cache; tools become dist/tools/TOOL.cjs.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { repository } from './places.mjs';

const common = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  sourcemap: true,
  legalComments: 'none',
  logLevel: 'warning',
  absWorkingDir: repository,
};
// `import.meta.url` has no meaning in the CommonJS form.
const metaUrl = {
  define: { 'import.meta.url': 'importMetaUrl', 'import.meta.dirname': '__dirname' },
  banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
};

const [name] = process.argv.slice(2);
const output = join(repository, 'dist', name);
mkdirSync(output, { recursive: true });
place('modvirt.node');
if (name === 'virtlxcd') place('modvirt-container');

if (name === 'tools') await bundleTools();
else await bundleDaemon(join(repository, 'packages', name, 'src/main.ts'));

// A daemon that runs has the file mapped: it keeps the old one, and what starts next has the new.
function place(product) {
  const fresh = join(output, `${product}.${process.pid}`);
  copyFileSync(join(repository, 'packages/native/build', product), fresh);
  renameSync(fresh, join(output, product));
}

async function bundleTools() {
  const source = join(repository, 'tools/src');
  const tools = readdirSync(source, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) {
      const main = join(source, entry.name, 'main.ts');
      return existsSync(main) ? [{ in: main, out: entry.name }] : [];
    }
    const isTool = entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts');
    return isTool ? [{ in: join(source, entry.name), out: basename(entry.name, '.ts') }] : [];
  });
  if (tools.length === 0) return;
  await build({ ...common, ...metaUrl, entryPoints: tools, outdir: output, outExtension: { '.js': '.cjs' } });
}

async function bundleDaemon(entry) {
  if (!existsSync(entry)) {
    process.stderr.write(`${name} has no entry yet: not built\n`);
    return;
  }
  const program = join(output, 'program.cjs');
  await build({ ...common, ...metaUrl, entryPoints: [entry], outfile: program });
  copyFileSync(join(dirname(fileURLToPath(import.meta.url)), 'load-program.cjs'), join(output, 'main.cjs'));
  rmSync(`${program}.cache`, { force: true });
  // What others run on the daemon's behalf.
  const helper = join(dirname(entry), 'lease-helper.ts');
  if (existsSync(helper)) {
    await build({ ...common, ...metaUrl, entryPoints: [helper], outfile: join(output, 'lease-helper.cjs') });
  }
  // One run that starts and ends: what it compiled is what the cache holds.
  const warm = spawnSync(process.execPath, [join(output, 'main.cjs'), '--version'], {
    env: { PATH: process.env.PATH, MODVIRT_WRITE_CODE_CACHE: '1' },
    encoding: 'utf8',
    timeout: 20_000,
  });
  if (warm.status !== 0) throw new Error(`${name} --version failed:\n${warm.stdout}${warm.stderr}`);
}
