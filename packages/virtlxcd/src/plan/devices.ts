import type { AllowedDevice, PlanStep } from './container-plan.js';
import { mountFlag } from './mount-flags.js';

interface Node {
  readonly path: string;
  readonly major: number;
  readonly minor: number;
}

/** What every program expects to find. */
const NODES: readonly Node[] = [
  { path: '/dev/null', major: 1, minor: 3 },
  { path: '/dev/zero', major: 1, minor: 5 },
  { path: '/dev/full', major: 1, minor: 7 },
  { path: '/dev/random', major: 1, minor: 8 },
  { path: '/dev/urandom', major: 1, minor: 9 },
  { path: '/dev/tty', major: 5, minor: 0 },
];

const LINKS: readonly (readonly [target: string, path: string])[] = [
  ['/proc/self/fd/0', '/dev/stdin'],
  ['/proc/self/fd/1', '/dev/stdout'],
  ['/proc/self/fd/2', '/dev/stderr'],
  ['/proc/self/fd', '/dev/fd'],
];

const CHARACTER_DEVICE = 0o20000;
const FOR_ALL = 0o666;

/** Devices that every container has: those above, and terminals of its own. */
export const COMMON_DEVICES: readonly AllowedDevice[] = [
  ...NODES.map(({ major, minor }) => ({ type: 'c', major, minor }) as const),
  { type: 'c', major: 5, minor: 2 },
  { type: 'c', major: 136 },
];

/** The steps that make `/dev`. */
export function deviceSteps(consoleCount: number, terminalGid: number): readonly PlanStep[] {
  const consoles = Array.from({ length: consoleCount }, (_none, index): PlanStep => ['console', index]);
  const terminals = `newinstance,ptmxmode=0666,mode=0620,gid=${terminalGid}`;
  return [
    ['mount', 'devfs', '/dev', 'tmpfs', mountFlag.noSuid, 'mode=755,size=65536'],
    ['mount', 'devpts', '/dev/pts', 'devpts', mountFlag.noSuid | mountFlag.noExec, terminals],
    ...NODES.map((it): PlanStep => ['node', it.path, CHARACTER_DEVICE | FOR_ALL, it.major, it.minor]),
    ['bind-inside', '/dev/pts/ptmx', '/dev/ptmx', 0],
    ...consoles,
    ...LINKS.map(([target, path]): PlanStep => ['link', target, path]),
  ];
}
