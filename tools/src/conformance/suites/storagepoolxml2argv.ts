import { VirError } from '@modvirt/core/errors';
import { parsePool } from '@modvirt/core/schema';
import { startCommand } from '@modvirt/virtstoraged/plan';
import { inputOf, type Suite } from '../case.js';
import { judgedByCommand } from '../command-case.js';
import { judgeText } from '../compare.js';
import { countedUuid } from '../pretended-host.js';
import { formatArgs } from '../qemu/args-file.js';

/** The command that starts a pool. Kinds of pools that none starts are expected to fail. */
export const storagepoolxml2argv: Suite = {
  name: 'storagepoolxml2argv',
  run: (it, corpus) =>
    judgeText(judgedByCommand(it), corpus, () => {
      const command = startCommand(parsePool(corpus.read(inputOf(it)), { newUuid: countedUuid }));
      if (command === undefined) throw VirError.of('NO_SUPPORT', 'no command starts such a pool');
      const [program, ...argv] = command;
      return formatArgs([], program, argv);
    }),
};
