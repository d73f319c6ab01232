import type { Cgroup } from './cgroup.js';

const NOT_MOUNTED = 'cgroup CPU controller is not mounted';
const NS_PER_US = 1000n;
const NS_PER_TICK = 10_000_000n;

export interface CpuBandwidth {
  /** Undefined where the group has no limits of this kind. */
  readonly shares: bigint | undefined;
  /** In microseconds. */
  readonly period: bigint | undefined;
  /** In microseconds a period; -1 without a limit. */
  readonly quota: bigint | undefined;
}

export async function readCpuBandwidth(group: Cgroup): Promise<CpuBandwidth> {
  const place = group.require('cpu', NOT_MOUNTED);
  const text = (file: string) => group.kernel.text(`${place.directory}/${file}`);
  if (!place.isUnified) {
    const [shares, period, quota] = await Promise.all(
      ['cpu.shares', 'cpu.cfs_period_us', 'cpu.cfs_quota_us'].map(text),
    );
    return { shares: number(shares), period: number(period), quota: number(quota) };
  }
  const [weight, maximum] = await Promise.all(['cpu.weight', 'cpu.max'].map(text));
  const [quota, period] = (maximum ?? '').split(' ');
  return { shares: number(weight), period: number(period), quota: quota === 'max' ? -1n : number(quota) };
}

export async function setCpuShares(group: Cgroup, shares: bigint): Promise<void> {
  const place = group.require('cpu', NOT_MOUNTED);
  await group.write(place, place.isUnified ? 'cpu.weight' : 'cpu.shares', String(shares));
}

export async function setCpuPeriod(group: Cgroup, period: bigint): Promise<void> {
  const place = group.require('cpu', NOT_MOUNTED);
  if (!place.isUnified) return group.write(place, 'cpu.cfs_period_us', String(period));
  const { quota = -1n } = await readCpuBandwidth(group);
  await group.write(place, 'cpu.max', `${quota < 0n ? 'max' : quota} ${period}`);
}

export async function setCpuQuota(group: Cgroup, quota: bigint): Promise<void> {
  const place = group.require('cpu', NOT_MOUNTED);
  if (!place.isUnified) return group.write(place, 'cpu.cfs_quota_us', String(quota));
  await group.write(place, 'cpu.max', quota < 0n ? 'max' : String(quota));
}

export interface CpuUsage {
  readonly totalNs: bigint;
  readonly userNs: bigint;
  readonly systemNs: bigint;
}

/** What the group has used of the processors; undefined where nobody counts. */
export async function readCpuUsage(group: Cgroup): Promise<CpuUsage | undefined> {
  const place = group.place('cpuacct');
  if (place === undefined) return undefined;
  const text = (file: string) => group.kernel.text(`${place.directory}/${file}`);
  if (place.isUnified) {
    const facts = await text('cpu.stat');
    const us = (name: string): bigint => figure(facts, name) * NS_PER_US;
    return { totalNs: us('usage_usec'), userNs: us('user_usec'), systemNs: us('system_usec') };
  }
  const [usage, facts] = await Promise.all(['cpuacct.usage', 'cpuacct.stat'].map(text));
  return {
    totalNs: number(usage) ?? 0n,
    userNs: figure(facts, 'user') * NS_PER_TICK,
    systemNs: figure(facts, 'system') * NS_PER_TICK,
  };
}

/** By processor, in nanoseconds; empty where nobody counts by processor. */
export async function readCpuUsageEach(group: Cgroup): Promise<readonly bigint[]> {
  const text = await group.read('cpuacct', 'cpuacct.usage_percpu');
  return (text ?? '')
    .split(' ')
    .filter((it) => it !== '')
    .map(BigInt);
}

/** Processors and nodes of memory that the group may use, as lists like `0-3,5`. */
export async function setCpuset(
  group: Cgroup,
  sets: { readonly cpus?: string | undefined; readonly mems?: string | undefined },
): Promise<void> {
  const place = group.require('cpuset', 'cgroup cpuset controller is not mounted');
  if (sets.cpus !== undefined) await group.write(place, 'cpuset.cpus', sets.cpus);
  if (sets.mems !== undefined) await group.write(place, 'cpuset.mems', sets.mems);
}

function number(text: string | undefined): bigint | undefined {
  return text !== undefined && /^-?\d+$/.test(text) ? BigInt(text) : undefined;
}

/** The number after `name` in lines of names and numbers. */
export function figure(text: string | undefined, name: string): bigint {
  const [, found] = new RegExp(`^${name} (\\d+)$`, 'm').exec(text ?? '') ?? [];
  return BigInt(found ?? 0);
}
