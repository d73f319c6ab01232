import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { missingPackages } from './packages.mjs';
import { cacheDirectory, repository } from './places.mjs';

/** The only place that names the version of pnpm. */
const PNPM = 'pnpm@12.21.0';
const NODE_AT_LEAST = [20, 19];

/** Says what is being done, and afterwards how long it took. */
export function step(text) {
  const started = Date.now();
  process.stderr.write(`· ${text} …\n`);
  return () => process.stderr.write(`✓ ${text} (${((Date.now() - started) / 1000).toFixed(1)} s)\n`);
}

/** Runs a program to its end; its output is shown when it fails. */
export function run(file, args, options = {}) {
  const result = spawnSync(file, args, { cwd: repository, encoding: 'utf8', maxBuffer: 1 << 28, ...options });
  if (result.error) throw new Error(`${file}: ${result.error.message}`);
  if (result.status !== 0) {
    throw new Error(`${file} ${args.join(' ')} failed:\n${result.stdout ?? ''}${result.stderr ?? ''}`);
  }
  return result.stdout;
}

/** Makes everything ready that `level` (build, start, test, bench) needs. Does nothing when it is. */
export async function setUp(level) {
  requireNode();
  installPackages(level);
  installModules();
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [wantMajor, wantMinor] = NODE_AT_LEAST;
  if (major > wantMajor || (major === wantMajor && minor >= wantMinor)) return;
  throw new Error(`Node ${NODE_AT_LEAST.join('.')} or newer is needed; this is ${process.versions.node}`);
}

// Debian starts a service when it installs one; policy-rc.d is its way to be told not to.
function installPackages(level) {
  const missing = missingPackages(level);
  if (missing.length === 0) return;
  const names = missing.map((one) => one.name);
  const prefix = rootPrefix();
  if (prefix === undefined || !existsSync('/usr/bin/apt-get')) {
    const reasons = missing.map((one) => `  ${one.name}: ${one.why}`).join('\n');
    throw new Error(
      `These Debian packages are missing:\n${reasons}\nInstall them with:\n  sudo apt-get install ${names.join(' ')}`,
    );
  }
  const done = step(`installing ${names.join(' ')}`);
  const apt = (...args) =>
    run(
      prefix[0] ?? 'apt-get',
      [
        ...prefix.slice(1),
        ...(prefix.length > 0 ? ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get'] : []),
        ...args,
      ],
      {
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      },
    );
  withoutServiceStarts(prefix, () => {
    apt('update', '-q');
    apt('install', '-y', '-q', '--no-install-recommends', ...names);
  });
  done();
}

/** How to become root: not at all, by sudo without a password, or undefined. */
function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  const sudo = spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' });
  return sudo.status === 0 ? ['sudo', '-n'] : undefined;
}

function withoutServiceStarts(prefix, work) {
  const policy = '/usr/sbin/policy-rc.d';
  if (existsSync(policy)) return work();
  const asRoot = (file, ...args) =>
    run(prefix[0] ?? file, [...prefix.slice(1), ...(prefix.length > 0 ? [file] : []), ...args]);
  asRoot('sh', '-c', `printf '#!/bin/sh\\nexit 101\\n' > ${policy} && chmod 755 ${policy}`);
  try {
    return work();
  } finally {
    asRoot('rm', '-f', policy);
  }
}

function installModules() {
  const lock = createHash('sha256').update(readFileSync(join(repository, 'pnpm-lock.yaml')));
  for (const name of workspaceFolders()) {
    lock.update(readFileSync(join(repository, name, 'package.json')));
  }
  const digest = lock.digest('hex');
  const stamp = join(cacheDirectory, 'modules.stamp');
  const isCurrent =
    existsSync(stamp) &&
    readFileSync(stamp, 'utf8') === digest &&
    existsSync(join(repository, 'node_modules/.pnpm'));
  if (isCurrent) return;
  const done = step('installing modules');
  run('npx', ['-y', PNPM, 'install', '--frozen-lockfile'], { env: { ...process.env, CI: 'true' } });
  mkdirSync(cacheDirectory, { recursive: true });
  writeFileSync(stamp, digest);
  done();
}

function workspaceFolders() {
  const daemonsAndLibraries = readdirSync(join(repository, 'packages')).sort();
  return [...daemonsAndLibraries.map((name) => join('packages', name)), 'tools', 'test'];
}
