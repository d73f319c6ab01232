import { VirError } from '@modvirt/core/errors';
import type { Volume } from '@modvirt/core/schema';

/** A volume as the commands see it: its definition, and the file with its secret where it has one. */
export interface CommandVolume {
  readonly volume: Volume;
  /** Where it is made or read. */
  readonly path: string;
  readonly secretFile?: string;
}

export interface CreatePlan extends CommandVolume {
  /** What is copied into it. */
  readonly source?: CommandVolume;
  /** Allocate what describes the disk, or all of it, at once. */
  readonly preallocate?: boolean;
}

export type Command = readonly [string, ...string[]];

const unsupported = (detail: string): VirError =>
  VirError.of('CONFIG_UNSUPPORTED', detail, { domain: 'STORAGE' });

/** The command lines that create a volume, in their order. @throws VirError for what the tool cannot make */
export function createCommands(plan: CreatePlan, tool = 'qemu-img'): readonly Command[] {
  const { source } = plan;
  checkEncryption(plan.volume);
  if (source === undefined) return [createCommand(plan, tool)];
  const isEncrypted = [plan, source].some((it) => it.volume.target.encryption !== undefined);
  if (!isEncrypted) return [convertCommand(plan, source, tool)];
  return [createCommand(plan, tool), convertOptionsCommand(plan, source, tool)];
}

function checkEncryption({ target }: Volume): void {
  const { encryption } = target;
  if (encryption === undefined) return;
  if (encryption.format !== 'luks') {
    throw unsupported(`encryption format '${encryption.format}' is not supported for new volumes`);
  }
  if (target.format !== 'raw' && target.format !== 'qcow2') {
    throw unsupported(`volume encryption unsupported with format ${target.format}`);
  }
}

/** The tool's name of a volume's format: devices are raw, and so is what it knows no other name for. */
export function imageFormat(volume: Volume): string {
  const format = volume.type === 'block' ? 'raw' : (volume.target.format ?? 'raw');
  return format === 'iso' || format === 'none' || format === 'dir' ? 'raw' : format;
}

/** What the tool makes: an encrypted raw volume is a LUKS container. */
function madeFormat(volume: Volume): string {
  const format = imageFormat(volume);
  return volume.target.encryption !== undefined && format === 'raw' ? 'luks' : format;
}

const secretId = (volume: Volume): string => `${volume.name}_encrypt0`;

function secretObject({ volume, secretFile }: CommandVolume): readonly string[] {
  if (volume.target.encryption === undefined || secretFile === undefined) return [];
  return ['--object', `secret,id=${quoted(secretId(volume))},file=${quoted(secretFile)}`];
}

/** A value inside a list of options: commas are doubled. */
export function quoted(value: string): string {
  return value.replaceAll(',', ',,');
}

function createCommand(plan: CreatePlan, tool: string): Command {
  const { volume, path, source } = plan;
  // What is copied brings what it stands on with it.
  const backing = source === undefined ? volume.backingStore?.path : undefined;
  const options = createOptions(plan, backing !== undefined);
  return [
    tool,
    'create',
    '-f',
    madeFormat(volume),
    ...(backing === undefined ? [] : ['-b', backing]),
    ...secretObject(plan),
    ...(options.length === 0 ? [] : ['-o', options.join(',')]),
    path,
    `${kibibytes(volume.capacity)}K`,
  ];
}

const kibibytes = (bytes: bigint): bigint => (bytes + 1023n) / 1024n;

function convertCommand(plan: CreatePlan, source: CommandVolume, tool: string): Command {
  const options = createOptions(plan, false);
  const formats = ['-f', imageFormat(source.volume), '-O', madeFormat(plan.volume)];
  const listed = options.length === 0 ? [] : ['-o', options.join(',')];
  return [tool, 'convert', ...formats, ...listed, source.path, plan.path];
}

function convertOptionsCommand(plan: CreatePlan, source: CommandVolume, tool: string): Command {
  return [
    tool,
    'convert',
    '--image-opts',
    '-n',
    '--target-image-opts',
    ...secretObject(plan),
    ...secretObject(source),
    imageOptions(source),
    imageOptions(plan),
  ];
}

function imageOptions({ volume, path }: CommandVolume): string {
  const driver = madeFormat(volume);
  const place = `driver=${driver},file.filename=${quoted(path)}`;
  if (volume.target.encryption === undefined) return place;
  const key = driver === 'luks' ? 'key-secret' : 'encrypt.key-secret';
  return `${place},${key}=${quoted(secretId(volume))}`;
}

function createOptions(plan: CreatePlan, hasBacking: boolean): readonly string[] {
  const { volume } = plan;
  const { target, backingStore } = volume;
  const format = madeFormat(volume);
  const isQcow2 = format === 'qcow2';
  const backingFormat =
    hasBacking && backingStore?.format !== undefined ? [`backing_fmt=${backingStore.format}`] : [];
  return [
    ...backingFormat,
    ...encryptionOptions(volume, isQcow2),
    ...(plan.preallocate === true ? [preallocation(volume)] : []),
    ...(target.nocow === true ? ['nocow=on'] : []),
    ...(isQcow2 ? qcow2Options(volume) : []),
  ];
}

const preallocation = ({ capacity, allocation }: Volume): string =>
  `preallocation=${kibibytes(capacity) > kibibytes(allocation) ? 'metadata' : 'falloc'}`;

function encryptionOptions(volume: Volume, isQcow2: boolean): readonly string[] {
  const { encryption } = volume.target;
  if (encryption === undefined) return [];
  const prefix = isQcow2 ? 'encrypt.' : '';
  const { cipher, ivgen } = encryption;
  return [
    ...(isQcow2 ? ['encrypt.format=luks'] : []),
    `${prefix}key-secret=${quoted(secretId(volume))}`,
    ...(cipher === undefined ? [] : [`${prefix}cipher-alg=${cipher.name}-${cipher.size}`]),
    ...(cipher?.mode === undefined ? [] : [`${prefix}cipher-mode=${cipher.mode}`]),
    ...(cipher?.hash === undefined ? [] : [`${prefix}hash-alg=${cipher.hash}`]),
    ...(ivgen === undefined ? [] : [`${prefix}ivgen-alg=${ivgen.name}`]),
    ...(ivgen?.hash === undefined ? [] : [`${prefix}ivgen-hash-alg=${ivgen.hash}`]),
  ];
}

function qcow2Options({ target }: Volume): readonly string[] {
  const { compat = '1.1', clusterSize, features } = target;
  if (features?.lazyRefcounts === true && compat === '0.10') {
    throw unsupported(`lazy_refcounts not supported with compat level ${compat}`);
  }
  if (features?.extendedL2 === true && compat === '0.10') {
    throw unsupported(`extended_l2 not supported with compat level ${compat}`);
  }
  return [
    `compat=${compat}`,
    ...(clusterSize === undefined ? [] : [`cluster_size=${clusterSize}`]),
    ...(features?.lazyRefcounts === true ? ['lazy_refcounts'] : []),
    ...(features?.extendedL2 === true ? ['extended_l2=on'] : []),
  ];
}

/** Changes the size of the disk in an image. */
export function resizeCommand(options: {
  readonly path: string;
  readonly format: string;
  readonly bytes: bigint;
  readonly shrink: boolean;
  readonly allocate: boolean;
  /** An encrypted volume, with the file of its secret. */
  readonly encrypted?: CommandVolume;
}): Command {
  const { encrypted } = options;
  if (encrypted !== undefined) {
    const place = ['--image-opts', imageOptions(encrypted), String(options.bytes)];
    const shrink = options.shrink ? ['--shrink'] : [];
    return ['qemu-img', 'resize', ...secretObject(encrypted), ...shrink, ...place];
  }
  return [
    'qemu-img',
    'resize',
    ...(options.shrink ? ['--shrink'] : []),
    ...(options.allocate ? ['--preallocation=falloc'] : []),
    '-f',
    options.format,
    options.path,
    String(options.bytes),
  ];
}
