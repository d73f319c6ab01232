import { VirError } from '@modvirt/core/errors';
import type { Assembly } from '../assembly.js';
import { options } from '../command/options.js';
import type { BootOrder } from '../definition/boot-order.js';
import { aliasOf } from '../definition/controllers.js';
import type { Filesystem } from '../definition/types.js';
import { addressProps } from './address-props.js';
import { virtioDriver, virtioProps } from './virtio.js';

export function addFilesystem(to: Assembly, fs: Filesystem, boot: BootOrder): void {
  if (fs.driver?.type === 'virtiofs') addVirtiofs(to, fs, boot);
  else if (fs.driver?.type === 'mtp') addMtp(to, fs);
  else addPlan9(to, fs);
}

function sourceDir(fs: Filesystem): string {
  if (fs.type === 'mount' || fs.type === 'bind') return fs.source?.dir ?? '';
  throw VirError.of('CONFIG_UNSUPPORTED', 'only supports mount filesystem type');
}

function octal(mode: number | undefined): string | undefined {
  return mode === undefined ? undefined : mode.toString(8).padStart(4, '0');
}

const SECURITY_MODELS = { passthrough: 'passthrough', mapped: 'mapped', squash: 'none' } as const;

/** A directory that QEMU itself serves by 9P. */
function addPlan9(to: Assembly, fs: Filesystem): void {
  const alias = aliasOf(fs);
  const driver = fs.driver?.type === 'handle' ? 'handle' : 'local';
  const model = driver === 'local' ? SECURITY_MODELS[fs.accessmode ?? 'passthrough'] : undefined;
  to.out.option(
    'fsdev',
    options(
      driver,
      ['security_model', model],
      ['multidevs', fs.multidevs],
      ['fmode', octal(fs.fmode)],
      ['dmode', octal(fs.dmode)],
      ['writeout', fs.driver?.wrpolicy],
      ['id', `fsdev-${alias}`],
      ['path', sourceDir(fs)],
      ['readonly', fs.readonly],
    ),
  );
  to.out.device({
    ...virtioProps(virtioDriver('virtio-9p', fs.address, fs.model), fs.driver),
    id: alias,
    fsdev: `fsdev-${alias}`,
    mount_tag: fs.target,
    ...addressProps(to, fs),
  });
}

const DEFAULT_QUEUE = 1024n;

/** A directory that virtiofsd serves. */
function addVirtiofs(to: Assembly, fs: Filesystem, boot: BootOrder): void {
  const alias = aliasOf(fs);
  const chardev = `chr-vu-${alias}`;
  const own = fs.type === 'mount' ? fs.source?.socket : undefined;
  const path = own ?? `${to.cx.config.libDir}/domain-${to.cx.id}-${to.domain.name}/${alias}-fs.sock`;
  to.out.chardev(chardev, { type: 'socket', address: { type: 'unix', path } });
  to.out.device({
    driver: virtioDriver('vhost-user-fs', fs.address, fs.model),
    id: alias,
    chardev,
    'queue-size': fs.driver?.queue ?? DEFAULT_QUEUE,
    tag: fs.target,
    bootindex: boot.of(fs),
    ...addressProps(to, fs),
  });
}

function addMtp(to: Assembly, fs: Filesystem): void {
  to.out.device({
    driver: 'usb-mtp',
    id: aliasOf(fs),
    rootdir: sourceDir(fs),
    desc: fs.target,
    readonly: fs.readonly === true,
    ...addressProps(to, fs),
  });
}
