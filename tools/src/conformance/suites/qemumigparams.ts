import { childOf, formatLive, readXml, XmlWriter } from '@modvirt/core/xml';
import {
  type MigrationParams,
  migParams,
  paramsFromQmp,
  paramsFromXml,
  paramsToQmp,
  paramsToXml,
} from '@modvirt/virtqemud/migration';
import { type Corpus, type CorpusCase, failed, passed, type Suite, type Verdict } from '../case.js';
import { compareWithFile } from '../compare.js';
import { lineDiff } from '../line-diff.js';
import { pretty } from '../qemu/pretty-json.js';

/** Migration parameters: from QEMU's answer to the status file, and from there to QEMU again. */
export const qemumigparams: Suite = {
  name: 'qemumigparams',
  run(it, corpus) {
    const verdicts = [judgeXml(it, corpus), judgeJson(it, corpus)];
    return verdicts.find((verdict) => verdict.status !== 'passed') ?? passed;
  },
};

function judgeXml(it: CorpusCase, corpus: Corpus): Verdict {
  const { qmpReply = '' } = it.input as { readonly qmpReply?: string };
  const reply = JSON.parse(corpus.read(qmpReply)) as { readonly return: Record<string, unknown> };
  const path = it.expect?.xml;
  return path === undefined ? passed : compareWithFile(document(paramsFromQmp(reply.return)), path, corpus);
}

function document(params: MigrationParams): string {
  const writer = new XmlWriter();
  writer.element('test', 'keep', () => migParams.write(writer, paramsToXml(params), formatLive));
  return writer.toString();
}

/** What was kept is what is sent. */
function judgeJson(it: CorpusCase, corpus: Corpus): Verdict {
  const { xml, json } = it.expect ?? {};
  if (xml === undefined || json === undefined) return passed;
  const root = readXml(corpus.read(xml), { source: 'migration_parameters', domain: 'QEMU' });
  const node = childOf(root, 'migParams');
  if (node === undefined) return failed('there is no <migParams>');
  const sent = paramsToQmp(paramsFromXml(migParams.parse(node)));
  const expected = corpus.read(json);
  const text = `${pretty(sent)}\n`;
  return text === expected ? passed : failed(lineDiff(expected, text));
}
