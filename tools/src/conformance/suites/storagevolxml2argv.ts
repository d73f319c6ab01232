import { parsePool, parseVolume, type Volume } from '@modvirt/core/schema';
import { createCommands } from '@modvirt/virtstoraged/plan';
import type { Corpus, CorpusCase, Suite } from '../case.js';
import { judgedByCommand } from '../command-case.js';
import { judgeText } from '../compare.js';
import { countedUuid } from '../pretended-host.js';
import { formatArgs } from '../qemu/args-file.js';

interface Inputs {
  readonly pool: string;
  readonly volume: string;
  readonly inputPool?: string;
  readonly inputVolume?: string;
}

/** The commands that create a volume, from another one where the case names it. */
export const storagevolxml2argv: Suite = {
  name: 'storagevolxml2argv',
  run: (it, corpus) => judgeText(judgedByCommand(it), corpus, () => commandsOf(it, corpus)),
};

function commandsOf(it: CorpusCase, corpus: Corpus): string {
  const input = it.input as Inputs;
  const source =
    input.inputVolume === undefined ? undefined : volumeOf(corpus, input.inputPool, input.inputVolume);
  const volume = volumeOf(corpus, input.pool, input.volume);
  const commands = createCommands({
    volume,
    path: volume.target.path ?? '',
    secretFile: '/path/to/secretFile',
    preallocate: it.createFlags !== undefined,
    ...(source === undefined
      ? {}
      : {
          source: { volume: source, path: source.target.path ?? '', secretFile: '/path/to/inputSecretFile' },
        }),
  });
  return commands.map(([program, ...argv]) => formatArgs([], program, argv)).join('');
}

function volumeOf(corpus: Corpus, pool: string | undefined, volume: string): Volume {
  const { type } = parsePool(corpus.read(pool ?? ''), { newUuid: countedUuid });
  return parseVolume(corpus.read(volume), { pool: type, capacity: 'none' });
}
