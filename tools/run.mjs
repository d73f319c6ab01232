// The one entry of every npm script: sets up what is missing, builds what is stale, and runs the tool that was asked for.
// Plain Node without dependencies, because it runs before anything is installed.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildAll } from './bootstrap/build.mjs';
import { repository } from './bootstrap/places.mjs';
import { setUp } from './bootstrap/setup.mjs';

const TOOLS = {
  start: { needs: 'start', help: 'set up, build, start the daemons and boot a guest' },
  test: { needs: 'test', help: 'run every check and test' },
  check: { needs: 'test', help: 'the same; --only PART[,PART] runs some' },
  stack: { needs: 'start', help: 'up, down, status, logs of a set of daemons on a root of its own' },
  bench: { needs: 'bench', help: "measure side by side with Debian's libvirt" },
  conformance: { needs: 'build', help: 'run a corpus of cases through our code' },
  guest: { needs: 'start', help: 'build the tiny guest that tests boot' },
  generate: { needs: 'build', help: 'write the files that are generated and committed' },
};

function usage() {
  const lines = Object.entries(TOOLS).map(([name, tool]) => `  npm run ${name.padEnd(12)} ${tool.help}`);
  return `modvirt: the libvirt daemons as separate programs\n\n${lines.join('\n')}\n  npm run build        build everything\n`;
}

/** Runs the tool in place of this process: same streams, same signals, same exit code. */
function runTool(file, args) {
  const { NODE_EXTRA_CA_CERTS: _slowAtStart, ...environment } = process.env;
  const child = spawn(process.execPath, ['--enable-source-maps', file, ...args], {
    stdio: 'inherit',
    env: environment,
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 1));
}

async function main() {
  const [name, ...args] = process.argv.slice(2);
  if (name === undefined || name === '--help' || (name !== 'build' && !Object.hasOwn(TOOLS, name))) {
    process.stdout.write(usage());
    process.exit(name === '--help' ? 0 : 2);
  }
  await setUp(name === 'build' ? 'build' : TOOLS[name].needs);
  await buildAll();
  if (name === 'build') return;
  const file = join(repository, 'dist', 'tools', `${name === 'check' ? 'test' : name}.cjs`);
  if (!existsSync(file)) throw new Error(`there is no tool '${name}' in this tree`);
  runTool(file, args);
}

main().catch((error) => {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
});
