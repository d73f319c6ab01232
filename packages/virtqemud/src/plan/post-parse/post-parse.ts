import type { Domain } from '@modvirt/core/schema';
import type { PlanContext } from '../context.js';
import { type DomainDraft, draftOf, finished } from '../definition/draft.js';
import { fillIothreads } from '../definition/fill-iothreads.js';
import { fillBoot } from './boot.js';
import { fillChardevs } from './chardevs.js';
import { addImplicitControllers, fillControllers } from './controllers.js';
import { fillCpu } from './cpu.js';
import { addDefaultDevices } from './default-devices.js';
import { fillDisks } from './disks.js';
import { fillAudios, fillVideos } from './display.js';
import { fillFirmware } from './firmware.js';
import { fillIommu } from './iommu.js';
import { fillMachine } from './machine.js';
import { fillNuma } from './numa.js';
import { fillNumatune } from './numatune.js';
import { fillOtherDevices } from './other-devices.js';
import { fillSeclabels } from './seclabels.js';

/** A generation without a number gets one. */
function fillGenid(domain: DomainDraft, cx: PlanContext): void {
  if (domain.genid !== undefined) domain.genid.uuid ??= cx.random.uuid();
}

/**
 * `domain` with all that QEMU's driver takes for granted when a document leaves it out.
 *
 * @throws VirError for what cannot be completed
 */
export function postParse(domain: Domain, cx: PlanContext): Domain {
  const draft = draftOf(domain);
  fillMachine(draft, cx);
  fillFirmware(draft, cx);
  addDefaultDevices(draft, cx);
  fillIommu(draft, cx);
  fillCpu(draft, cx);
  fillNuma(draft);
  fillNumatune(draft);
  if (draft.iothreadids.length > 0) fillIothreads(draft);
  fillControllers(draft, cx);
  fillDisks(draft);
  fillChardevs(draft);
  fillOtherDevices(draft, cx);
  fillVideos(draft, cx);
  fillAudios(draft, cx);
  addImplicitControllers(draft);
  fillControllers(draft, cx);
  fillBoot(draft);
  fillGenid(draft, cx);
  fillSeclabels(draft, cx);
  return finished(draft);
}
