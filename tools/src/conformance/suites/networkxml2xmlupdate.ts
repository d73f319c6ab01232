import {
  formatNetwork,
  NETWORK_SECTIONS,
  type NetworkSection,
  parseNetwork,
  type UpdateCommand,
  updateNetwork,
} from '@modvirt/core/schema';
import type { CorpusCase, Suite } from '../case.js';
import { judgeText } from '../compare.js';
import { countedUuid } from '../pretended-host.js';

/** Networks: read, change one section, print, compare. */
export const networkxml2xmlupdate: Suite = {
  name: 'networkxml2xmlupdate',
  run(it, corpus) {
    const { network, update } = it.input as { readonly network: string; readonly update: string };
    const read = parseNetwork(corpus.read(network), { newUuid: countedUuid });
    const judged: CorpusCase = it.outcome === 'failure' ? { ...it, outcome: 'parse-error' } : it;
    return judgeText(judged, corpus, () =>
      formatNetwork(
        updateNetwork(read, {
          command: commandOf(it),
          section: sectionOf(it),
          parentIndex: Number(it.parentIndex),
          xml: corpus.read(update),
        }),
      ),
    );
  },
};

const COMMANDS: Readonly<Record<string, UpdateCommand>> = {
  ADD_FIRST: 'add-first',
  ADD_LAST: 'add-last',
  MODIFY: 'modify',
  DELETE: 'delete',
};

function commandOf(it: CorpusCase): UpdateCommand {
  const found = COMMANDS[String(it.command).replace('VIR_NETWORK_UPDATE_COMMAND_', '')];
  if (found === undefined) throw new Error(`unknown command ${String(it.command)}`);
  return found;
}

function sectionOf(it: CorpusCase): NetworkSection {
  const word = String(it.section).replace('VIR_NETWORK_SECTION_', '').toLowerCase().replaceAll('_', '-');
  const found = NETWORK_SECTIONS.find((section) => section === word);
  if (found === undefined) throw new Error(`unknown section ${word}`);
  return found;
}
