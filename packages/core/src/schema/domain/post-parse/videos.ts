import { VirError } from '../../../errors/vir-error.js';
import type { Video } from '../video.js';

/**
 * One video card is the primary one, the first if nobody says so; it stands first.
 *
 * @throws VirError CONFIG_UNSUPPORTED for two
 */
export function postParseVideos(videos: readonly Video[]): readonly Video[] {
  const primaries = videos.filter((it) => it.model?.primary === true);
  if (primaries.length > 1) {
    throw VirError.of('CONFIG_UNSUPPORTED', 'Only one primary video device is supported');
  }
  const first = primaries[0] ?? videos[0];
  if (first === undefined) return videos;
  const rest = videos.filter((it) => it !== first);
  return [{ ...first, model: { ...first.model, primary: true } }, ...rest];
}
