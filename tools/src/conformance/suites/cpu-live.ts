import {
  type CpuMap,
  expandFeatures,
  parseCpu,
  parseCpuData,
  translateCpu,
  updateLiveCpu,
} from '@modvirt/core/cpu';
import { failed, passed, type Verdict } from '../case.js';
import type { CpuCase } from '../cpu-case.js';
import { lineDiff } from '../line-diff.js';

/** The host's CPU, as an emulator made it for a guest, has the features of what the emulator itself describes. */
export function liveCpuVerdict(cx: CpuCase): Verdict {
  const { guestCpu, jsonCpu, enabled, disabled } = cx.it.expect ?? {};
  if (!guestCpu || !jsonCpu || !enabled || !disabled) return passed;
  const [wanted, expected] = [guestCpu, jsonCpu].map((path) => parseCpu(cx.corpus.read(path)));
  if (wanted?.type !== 'guest' || expected?.type !== 'guest') return failed('is no CPU of a guest');
  const words = (path: string) => {
    const text = cx.corpus.read(path);
    return /<(cpuid|msr)/.test(text) ? cx.map.wordsOf(parseCpuData(text)) : cx.map.noWords();
  };
  const live = updateLiveCpu(cx.map, wanted.cpu, { enabled: words(enabled), disabled: words(disabled) });
  const name = expected.cpu.model?.name ?? '';
  const same = translateCpu(cx.map, { ...live, model: { fallback: 'allow', name: live.model?.name ?? '' } }, [
    { name, blockers: [] },
  ]);
  const [found, right] = [listOf(cx.map, same), listOf(cx.map, expected.cpu)];
  return found === right ? passed : failed(`live:\n${lineDiff(right, found)}`);
}

type GuestCpu = Parameters<typeof expandFeatures>[1];

/** What the guest has; only the CPU that was asked for says what it has not. */
function listOf(map: CpuMap, cpu: GuestCpu): string {
  const features = expandFeatures(map, cpu).features.filter((it) => it.policy === 'require');
  return `${cpu.model?.name}\n${features.map((it) => it.name).join('\n')}\n`;
}
