import type { Assembly } from '../assembly.js';
import { options } from '../command/options.js';
import { aliasOf } from '../definition/controllers.js';
import type { Tpm } from '../definition/types.js';
import { addressProps } from './address-props.js';

const DEFAULT_DEVICE = '/dev/tpm0';

export function addTpm(to: Assembly, tpm: Tpm): void {
  const alias = aliasOf(tpm);
  const id = `tpm-${alias}`;
  if (tpm.model === 'spapr-tpm-proxy') {
    to.out.device({ driver: tpm.model, id: alias, 'host-path': devicePath(tpm) });
    return;
  }
  addBackend(to, tpm, id, alias);
  to.out.device({ driver: tpm.model, tpmdev: id, id: alias, ...addressProps(to, tpm) });
}

function devicePath(tpm: Tpm): string {
  return tpm.backend.type === 'passthrough' ? (tpm.backend.device?.path ?? DEFAULT_DEVICE) : '';
}

function addBackend(to: Assembly, tpm: Tpm, id: string, alias: string): void {
  if (tpm.backend.type !== 'passthrough') {
    const own = tpm.backend.type === 'external' ? tpm.backend.source?.path : to.cx.tpmSocket(to.domain);
    to.out.chardev('chrtpm', { type: 'socket', address: { type: 'unix', path: own ?? '' } });
    to.out.option('tpmdev', options('emulator', ['id', id], ['chardev', 'chrtpm']));
    return;
  }
  const path = devicePath(tpm);
  const device = to.out.descriptor('tpm', (number) => ({ type: 'open', number, path }));
  const cancel = to.out.descriptor('tpm-cancel', (number) => ({
    type: 'open',
    number,
    path: to.cx.host.tpmCancelPath(path),
  }));
  const devicePathInGuest = to.out.addFd(device, `${alias}-tpm`);
  const cancelPath = to.out.addFd(cancel, `${alias}-cancel`);
  to.out.option(
    'tpmdev',
    options('passthrough', ['id', id], ['path', devicePathInGuest], ['cancel-path', cancelPath]),
  );
}
