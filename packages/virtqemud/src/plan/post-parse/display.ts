import { VirError } from '@modvirt/core/errors';
import type { PlanContext } from '../context.js';
import type { DomainDraft, Draft } from '../definition/draft.js';
import { isArmVirt, isPseries, isRiscvVirt, isX86 } from '../definition/machine.js';
import type { Audio, Graphics, Video } from '../definition/types.js';

type VideoModel = NonNullable<NonNullable<Video['model']>['type']>;

/** Graphics cards: one for a guest with a display, a model for each, memory for each model. */
export function fillVideos(domain: DomainDraft, cx: PlanContext): void {
  const { videos, graphics } = domain.devices;
  const needsCard = graphics.length > 0;
  if (videos.length === 0 && needsCard) videos.push({ model: {} });
  for (const video of videos) fillVideo(domain, video, cx);
  choosePrimary(domain);
}

function fillVideo(domain: DomainDraft, video: Draft<Video>, cx: PlanContext): void {
  video.model ??= {};
  const model = video.model;
  model.type ??= defaultVideo(domain, cx);
  const memory = DEFAULT_MEMORY[model.type];
  if (memory !== undefined) {
    model.vram ??= memory.vram;
    if (memory.ram !== undefined) model.ram ??= memory.ram;
    if (memory.vgamem !== undefined) model.vgamem ??= memory.vgamem;
  }
  if (model.type !== 'none') model.heads ??= 1;
}

interface VideoMemory {
  readonly vram: number;
  readonly ram?: number;
  readonly vgamem?: number;
}

/** KiB of memory where nobody says how much. */
const DEFAULT_MEMORY: { readonly [model in VideoModel]?: VideoMemory } = {
  vga: { vram: 16384 },
  cirrus: { vram: 16384 },
  vmvga: { vram: 16384 },
  bochs: { vram: 16384 },
  qxl: { vram: 65536, ram: 65536, vgamem: 16384 },
};

function defaultVideo(domain: DomainDraft, cx: PlanContext): VideoModel {
  if (isArmVirt(domain) || isRiscvVirt(domain)) return 'virtio';
  if (isPseries(domain)) return 'vga';
  if (isX86(domain) && cx.caps.has('cirrus-vga')) return 'cirrus';
  return 'vga';
}

/** One card is the primary one, and it stands first. */
function choosePrimary(domain: DomainDraft): void {
  const { videos } = domain.devices;
  if (videos.some((it) => it.model?.type === 'none') && videos.length > 1) {
    throw VirError.of(
      'CONFIG_UNSUPPORTED',
      "a 'none' video type must be the only video device defined for the domain",
    );
  }
  const at = Math.max(
    0,
    videos.findIndex((it) => it.model?.primary === true),
  );
  const [primary] = videos.splice(at, 1);
  if (primary === undefined) return;
  for (const video of videos) delete video.model?.primary;
  if (primary.model?.type === 'none') delete primary.model.primary;
  if (primary.model !== undefined && primary.model.type !== 'none') primary.model.primary = true;
  videos.unshift(primary);
}

/** Where a guest's sound goes when nobody says: with the picture, or nowhere. */
export function fillAudios(domain: DomainDraft, cx: PlanContext): void {
  const { audios, graphics } = domain.devices;
  if (audios.length > 0) return;
  const audio = defaultAudio(graphics, cx);
  if (audio !== undefined) audios.push({ id: 1, ...audio });
}

/** Displays that carry sound, or none at all. */
function hasSound(graphics: readonly Draft<Graphics>[]): boolean {
  return graphics.length === 0 || graphics.some((it) => it.type === 'vnc' || it.type === 'spice');
}

/** Undefined where QEMU is left to find out for itself. */
function defaultAudio(graphics: readonly Draft<Graphics>[], cx: PlanContext): Draft<AudioBody> | undefined {
  const has = (type: Graphics['type']) => graphics.some((it) => it.type === type);
  if (has('spice')) return { type: 'spice' };
  if (has('vnc') && cx.config.vncAllowHostAudio) return hostAudio(cx) ?? { type: 'none' };
  if (graphics.length === 0 && cx.config.nogfxAllowHostAudio) return hostAudio(cx) ?? { type: 'none' };
  if (has('sdl')) return hostAudio(cx) ?? (hasSound(graphics) ? { type: 'none' } : undefined);
  return hasSound(graphics) ? { type: 'none' } : undefined;
}

type AudioBody = Audio extends infer A ? (A extends { id: number } ? Omit<A, 'id'> : never) : never;

/** The back end that the environment names. */
function hostAudio(cx: PlanContext): Draft<AudioBody> | undefined {
  switch (cx.host.environment('QEMU_AUDIO_DRV')) {
    case 'alsa':
      return { type: 'alsa' };
    case 'pa':
      return { type: 'pulseaudio' };
    case 'sdl':
      return { type: 'sdl', ...sdlDriver(cx.host.environment('SDL_AUDIODRIVER')) };
    case 'oss':
      return { type: 'oss' };
    default:
      return undefined;
  }
}

const SDL_DRIVERS = ['esd', 'alsa', 'arts', 'pulseaudio'] as const;

/** The driver that SDL's own variable names. */
function sdlDriver(name: string | undefined): { driver?: (typeof SDL_DRIVERS)[number] } {
  const driver = SDL_DRIVERS.find((it) => it === name);
  return driver === undefined ? {} : { driver };
}
