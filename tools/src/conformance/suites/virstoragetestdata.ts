import { imageFormats } from '@modvirt/core/schema';
import { type FoundImage, readChain } from '@modvirt/virtqemud/plan';
import { type Corpus, type CorpusCase, failed, inputOf, passed, type Suite, type Verdict } from '../case.js';
import { compareWithFile } from '../compare.js';

const ROOT = '/source';
const IMAGES = 'virstoragetestdata/images/';

/** Images that cannot be used, and what is said of them. */
const REFUSED: Readonly<Record<string, RegExp>> = {
  'loop-1.qcow2': /self-referential/,
  'loop-2.qcow2': /self-referential/,
  'loop-self.qcow2': /self-referential/,
  'qcow2_qcow2-missing.qcow2': /Cannot access backing file/,
  // It is meant to be reached by a link in another directory.
  'qcow2_qcow2-qcow2-symlink_raw-raw-reldir.qcow2': /Cannot access backing file/,
  'qcow2_qcow2-auto_qcow2-auto.qcow2': /was not specified in the image metadata/,
};

/** Disk images: what their headers say of themselves and of what they stand on. */
export const virstoragetestdata: Suite = {
  name: 'raw:virstoragetestdata',
  run(it, corpus) {
    const path = inputOf(it);
    if (path.includes('/out/')) return judgeChain(it, path, corpus);
    return path.startsWith(IMAGES) ? judgeImage(path, corpus) : judgeName(path, corpus);
  },
};

/** Files that are only looked up have no content: they are raw images. */
async function judgeName(path: string, corpus: Corpus): Promise<Verdict> {
  const [only] = await chainOf(path, 'qcow2', corpus);
  return only?.header === undefined ? passed : failed('an empty file says something of itself');
}

async function judgeImage(path: string, corpus: Corpus): Promise<Verdict> {
  const name = path.slice(IMAGES.length);
  const refused = REFUSED[name];
  try {
    await chainOf(path, formatOf(name), corpus);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return refused?.test(said) === true ? passed : failed(said);
  }
  return refused === undefined ? passed : failed(`is not refused with ${refused}`);
}

const formatOf = (name: string): string => (name === 'raw' ? 'raw' : 'qcow2');

function chainOf(path: string, format: string, corpus: Corpus): Promise<readonly FoundImage[]> {
  const source = { type: 'file' as const, source: { file: `${ROOT}/${path}`, slices: [], seclabels: [] } };
  return readChain(
    { source, format },
    {
      async head(file) {
        const inside = resolved(file.slice(ROOT.length + 1));
        if (!corpus.has(inside)) throw Object.assign(new Error(`${file} is not there`), { code: 'ENOENT' });
        return corpus.readBytes(inside).subarray(0, HEAD_BYTES);
      },
    },
  );
}

const HEAD_BYTES = 33_280;

function resolved(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return parts.join('/');
}

/** The file says which image it is about, and as what that is opened. */
async function judgeChain(it: CorpusCase, path: string, corpus: Corpus): Promise<Verdict> {
  const text = corpus.read(path);
  const image = /^path:ABS_(?:SRC|BUILD)DIR\/(.*)$/m.exec(text)?.[1] ?? '';
  const format = /^format:(.*)$/m.exec(text)?.[1] ?? 'raw';
  const isDirectory = /^type:dir$/m.test(text);
  if (!isDirectory && format !== 'raw' && !corpus.has(image))
    return { status: 'skipped', detail: `${it.case}: the corpus has no ${image}` };
  const chain: readonly FoundImage[] = isDirectory
    ? [{ source: { type: 'dir', source: { dir: `${ROOT}/${image}`, slices: [], seclabels: [] } }, format }]
    : await chainOf(image, format, corpus);
  const base = /^path:(ABS_\w+DIR)/m.exec(text)?.[1] ?? '';
  return compareWithFile(`${chain.map(printed).join('\n').replaceAll(ROOT, base)}`, path, corpus);
}

function printed({ source, format, header, named, dataFile }: FoundImage): string {
  const backing = header?.backing;
  const raw = backing?.path;
  const hosts = source.type === 'network' ? (source.source?.hosts ?? []) : [];
  const lines = [
    `path:${pathOf(source)}`,
    `backingStoreRaw: ${raw ?? '<null>'}`,
    `backingStoreRawFormat: ${backing === undefined ? 'none(0)' : formatWithNumber(backing.format)}`,
    `capacity: ${header?.capacity ?? 0}`,
    `encryption: ${header?.encryption === undefined ? 0 : 1}`,
    `relPath:${named === undefined || !isRelative(named) ? '<null>' : relativeOf(named)}`,
    `type:${source.type}`,
    `format:${format}`,
    `protocol:${source.type === 'network' ? (source.source?.protocol ?? 'none') : 'none'}`,
    `hostname:${hosts[0]?.name ?? '<null>'}`,
    '',
  ];
  // Told of the last image alone.
  if (dataFile === undefined || backing !== undefined) return lines.join('\n');
  const stored = [
    `dataFileRaw: ${header?.dataFile}`,
    '',
    '',
    'dataFileStoreSource:',
    `path: ${pathOf(dataFile)}`,
    'capacity: 0',
    'encryption: 0',
    `type:${dataFile.type}`,
    'format:raw',
    '',
  ];
  return [...lines, ...stored].join('\n');
}

const FORMATS: readonly string[] = imageFormats;

const formatWithNumber = (format: string | undefined): string =>
  format === undefined ? '<null>(-1)' : `${format}(${FORMATS.indexOf(format)})`;

function pathOf(source: FoundImage['source']): string {
  switch (source.type) {
    case 'file':
      return source.source?.file ?? '';
    case 'dir':
      return source.source?.dir ?? '';
    case 'network':
      return source.source?.name ?? '';
    default:
      return '';
  }
}

const isRelative = (named: string): boolean =>
  !named.startsWith('/') &&
  (named.startsWith('file:') || named.startsWith('json:') || !/^[a-z+]+:/.test(named));

const relativeOf = (named: string): string => named.replace(/^file:/, '');
