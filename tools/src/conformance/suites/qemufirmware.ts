import { type FirmwareDescriptor, parseFirmwareDescriptor, supportedFirmware } from '@modvirt/virtqemud/plan';
import { type Corpus, type CorpusCase, failed, inputOf, passed, type Suite, type Verdict } from '../case.js';
import { lineDiff } from '../line-diff.js';
import { recordedFirmware } from '../qemu/recorded-firmware.js';

/** Firmware descriptors: read and written again, and which of them suit a machine. */
export const qemufirmware: Suite = {
  name: 'qemufirmware',
  run: (it, corpus) =>
    Array.isArray(it.rawArgs) ? judgeSupported(it.rawArgs, corpus) : judgeCopy(it, corpus),
};

function judgeCopy(it: CorpusCase, corpus: Corpus): Verdict {
  const descriptor = parseFirmwareDescriptor(corpus.read(inputOf(it)));
  if (it.outcome !== 'success') {
    return descriptor === undefined ? passed : failed('was accepted, but must be refused');
  }
  if (descriptor === undefined) return failed('was refused');
  const path = it.expect?.json;
  if (path === undefined) return passed;
  const { description: _, tags: __, ...expected } = JSON.parse(corpus.read(path)) as Record<string, unknown>;
  return compareText(lines(expected), lines(asJson(descriptor)));
}

function lines(value: unknown): string {
  return `${JSON.stringify(value, undefined, 1)}\n`;
}

function compareText(expected: string, found: string): Verdict {
  return expected === found ? passed : failed(lineDiff(expected, found));
}

/** As the file has it. */
function asJson({ interfaces, mapping, targets, features }: FirmwareDescriptor): unknown {
  const template = mapping.device === 'flash' ? mapping.template : undefined;
  return {
    'interface-types': interfaces,
    mapping:
      mapping.device === 'flash'
        ? {
            device: mapping.device,
            mode: mapping.mode,
            executable: mapping.executable,
            ...(template === undefined ? {} : { 'nvram-template': template }),
          }
        : mapping,
    targets,
    features,
  };
}

/** Arguments: machine, architecture, whether any is secure, pairs of images, kinds. */
function judgeSupported(rawArgs: readonly unknown[], corpus: Corpus): Verdict {
  const [machine = '', arch = '', secure = '', images = '', ...kinds] = rawArgs.map(String);
  const found = supportedFirmware(recordedFirmware(corpus).descriptors, archOf(arch), machine);
  const pairs = found.images.map((it) => `${it.executable}:${it.template ?? 'NULL'}`).join(':');
  const wanted = [secure === 'true', images === 'NULL' ? '' : images, kinds.map(kindOf).sort().join()];
  return compareText(lines(wanted), lines([found.isSecure, pairs, [...found.kinds].sort().join()]));
}

function archOf(name: string): string {
  return name.replace('VIR_ARCH_', '').toLowerCase();
}

function kindOf(name: string): string {
  return name.replace('VIR_DOMAIN_OS_DEF_FIRMWARE_', '').toLowerCase();
}
