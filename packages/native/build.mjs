// Compiles the addon with the C compiler at hand: `node build.mjs [--force]`. Does nothing when it is up to date.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { headerDirectory } from './headers.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const sourceDirectory = join(here, 'c');
const outputDirectory = join(here, 'build');
const output = join(outputDirectory, 'modvirt.node');
const stamp = join(outputDirectory, 'modvirt.stamp');
const compiler = process.env.CC ?? 'cc';
const flags = ['-std=gnu11', '-O2', '-fPIC', '-shared', '-fvisibility=hidden', '-Wall', '-Wextra', '-Werror'];
flags.push('-pthread', '-Wl,-z,now', '-Wl,-z,relro');

function fail(text) {
  process.stderr.write(`native: ${text}\n`);
  process.exit(1);
}

function run(arguments_) {
  try {
    execFileSync(compiler, arguments_, { stdio: ['ignore', 'inherit', 'inherit'] });
  } catch (error) {
    if (error.code === 'ENOENT')
      fail(`no C compiler '${compiler}': install one (Debian: apt install gcc libc6-dev)`);
    fail(`'${compiler}' could not build the addon`);
  }
}

const headers = headerDirectory();
if (headers === undefined) {
  fail('node_api.h and uv.h are missing: install the headers of Node.js (Debian: apt install libnode-dev)');
}
const names = readdirSync(sourceDirectory).sort();
const sum = createHash('sha256').update([process.arch, compiler, ...flags].join(' '));
for (const name of [...names, '../build.mjs', '../headers.mjs'])
  sum.update(name).update(readFileSync(join(sourceDirectory, name)));
const digest = sum.digest('hex');
const isCurrent = existsSync(output) && existsSync(stamp) && readFileSync(stamp, 'utf8') === digest;
if (!isCurrent || process.argv.includes('--force')) {
  mkdirSync(outputDirectory, { recursive: true });
  const temporary = `${output}.${process.pid}`;
  const sources = names.filter((name) => name.endsWith('.c')).map((name) => join(sourceDirectory, name));
  try {
    run([...flags, `-I${headers}`, '-o', temporary, ...sources]);
    renameSync(temporary, output);
    writeFileSync(stamp, digest);
  } finally {
    rmSync(temporary, { force: true });
  }
}
