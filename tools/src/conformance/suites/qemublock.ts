import { type Disk, disk } from '@modvirt/core/schema';
import { parseLive, readXml, type XmlElement } from '@modvirt/core/xml';
import {
  backingText,
  createFormatProps,
  createStorageProps,
  type KeptImage,
  keptImages,
  type NewImage,
  parseBackingText,
  targetProps,
} from '@modvirt/virtqemud/plan';
import { type Corpus, type CorpusCase, inputOf, type Suite, type Verdict } from '../case.js';
import { judgeText } from '../compare.js';
import { pretty } from '../qemu/pretty-json.js';

const STATUS = { ...parseLive, status: true };

/** Block nodes of images, arguments that make images, and names of images in other images. */
export const qemublock: Suite = {
  name: 'qemublock',
  run(it, corpus) {
    switch (it.operation) {
      case 'disk-to-blockdev-json':
        return judgeNodes(it, corpus);
      case 'image-create':
        if (!corpus.has(belowPath(it) ?? inputOf(it))) {
          return { status: 'skipped', detail: `the corpus lacks ${belowPath(it)}` };
        }
        return judge(it, corpus, it.expect?.json, () => creation(it, corpus));
      case 'json-to-json':
        return judge(it, corpus, it.expect?.json, () => reprinted(corpus.read(inputOf(it))));
      default:
        return { status: 'skipped', detail: `operation ${String(it.operation)}` };
    }
  },
};

function judge(it: CorpusCase, corpus: Corpus, path: string | undefined, produce: () => string): Verdict {
  const outcome = it.outcome === 'success' ? 'success' : 'parse-error';
  return judgeText({ ...it, outcome, expect: path === undefined ? {} : { xml: path } }, corpus, produce);
}

function judgeNodes(it: CorpusCase, corpus: Corpus): Verdict {
  const read = (): readonly KeptImage[] => keptImages(readDisk(corpus.read(inputOf(it))), fakeSecrets);
  const nodes = judge(it, corpus, it.expect?.json, () => read().map(nodesOf).join(''));
  if (nodes.status !== 'passed' || it.outcome !== 'success') return nodes;
  return judge(it, corpus, it.expect?.jsonTargetOnly, () => read().map(targetOf).join(''));
}

function readDisk(text: string): Disk {
  return disk.parse(withTarget(readXml(text, { source: 'disk_definition', domain: 'DOMAIN' })), STATUS);
}

/** An image that no device shows yet. */
function withTarget(node: XmlElement): XmlElement {
  if (node.children.some((it) => it.kind === 'element' && it.local === 'target')) return node;
  const target: XmlElement = {
    ...node,
    name: 'target',
    local: 'target',
    attributes: [{ name: 'dev', value: 'vda' }],
    children: [],
  };
  return { ...node, children: [...node.children, target] };
}

/** Aliases that the harness gives to secrets: they say which node they are for. */
function fakeSecrets({ source, image }: KeptImage['planned']) {
  const { storage, format } = image.nodes ?? {};
  const encrypted = source.source?.encryption !== undefined;
  return {
    auth:
      source.source !== undefined && 'auth' in source.source && source.source.auth !== undefined
        ? `${storage}-secalias`
        : undefined,
    encryption: encrypted ? [`${format}-encalias`] : [],
  };
}

/** The format first, then what it stands on. */
function nodesOf({ nodes }: KeptImage): string {
  return nodes
    .toReversed()
    .map((it) => `${pretty(it)}\n`)
    .join('');
}

function targetOf({ planned }: KeptImage, index: number): string {
  const device = index === 0 && planned.source.type === 'dir' ? deviceOf(planned) : 'disk';
  const print = (props: unknown) => `${pretty(props)}\n`;
  const format = planned.image.format.name;
  const name = backingText(planned.source, { device, format, print });
  const lines = [
    'source only properties:',
    pretty(targetProps(planned.source, device)),
    'backing store string:',
    name,
  ];
  return `(\n${lines.join('\n').replace(/^(?=.)/gm, '  ')}\n)\n`;
}

function deviceOf({ source }: KeptImage['planned']): Disk['device'] {
  return 'device' in source ? (source as Disk).device : 'disk';
}

/** Sizes that the harness gives to images: their bytes, and what guests see. */
const PHYSICAL = 4_294_967_296n;
const CAPACITY = 8_589_934_590n;

/** The image that the new one stands on, by its name beside it. */
function belowPath(it: CorpusCase): string | undefined {
  const [below] = Array.isArray(it.rawArgs) ? (it.rawArgs as readonly (string | null)[]) : [];
  return typeof below === 'string' ? inputOf(it).replace(/[^/]+$/, `${below}.xml`) : undefined;
}

function creation(it: CorpusCase, corpus: Corpus): string {
  const path = inputOf(it);
  const below = belowPath(it);
  const image = newImage(readDisk(corpus.read(path)));
  const backing = below === undefined ? undefined : newImage(readDisk(corpus.read(below)));
  const whole: NewImage =
    backing === undefined
      ? image
      : { ...image, backing: { ...backing, isLuks: backing.encryption?.format === 'luks' } };
  const protocol = createStorageProps(whole.source, PHYSICAL);
  const format = createFormatProps(whole, CAPACITY);
  return `protocol:\n${orNull(protocol)}\n\nformat:\n${orNull(format)}\n`;
}

function orNull(value: unknown): string {
  return value === undefined ? '<null>' : pretty(value);
}

function newImage(image: Disk): NewImage {
  const named = (type: string) =>
    image.source?.privateData?.nodenames.find((it) => it.type === type)?.name ?? '';
  return {
    source: image,
    format: image.driver?.type ?? 'raw',
    encryption: image.source?.encryption,
    key: image.source?.encryption === undefined ? undefined : `${named('format')}-encalias`,
    storageNode: named('storage'),
  };
}

function reprinted(text: string): string {
  return pretty(targetProps(parseBackingText(text.trim()), 'disk'));
}
