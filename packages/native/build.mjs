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
const compiler = process.env.CC ?? 'cc';
const common = ['-std=gnu11', '-O2', '-Wall', '-Wextra', '-Werror', '-Wl,-z,now', '-Wl,-z,relro'];

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
// What is built: the addon, and the program that runs beside each container.
const products = [
  {
    output: 'modvirt.node',
    stamp: 'modvirt.stamp',
    sources: sourceDirectory,
    flags: [...common, '-fPIC', '-shared', '-fvisibility=hidden', '-pthread', `-I${headers}`],
  },
  {
    output: 'modvirt-container',
    stamp: 'modvirt-container.stamp',
    sources: join(here, 'container'),
    flags: [...common, '-fPIE', '-pie'],
  },
];

function buildOne(product) {
  const output = join(outputDirectory, product.output);
  const stamp = join(outputDirectory, product.stamp);
  const names = readdirSync(product.sources).sort();
  const sum = createHash('sha256').update([process.arch, compiler, ...product.flags].join(' '));
  for (const name of [...names, join('..', 'build.mjs'), join('..', 'headers.mjs')])
    sum.update(name).update(readFileSync(join(product.sources, name)));
  const digest = sum.digest('hex');
  const isCurrent = existsSync(output) && existsSync(stamp) && readFileSync(stamp, 'utf8') === digest;
  if (isCurrent && !process.argv.includes('--force')) return;
  mkdirSync(outputDirectory, { recursive: true });
  const temporary = `${output}.${process.pid}`;
  const sources = names.filter((name) => name.endsWith('.c')).map((name) => join(product.sources, name));
  try {
    run([...product.flags, '-o', temporary, ...sources]);
    renameSync(temporary, output);
    writeFileSync(stamp, digest);
  } finally {
    rmSync(temporary, { force: true });
  }
}

for (const product of products) buildOne(product);
