import { VirError } from '@modvirt/core/errors';
import type { Assembly } from '../assembly.js';
import type { Props } from '../command/json.js';
import { aliasOf } from '../definition/controllers.js';
import type { Rng } from '../definition/types.js';
import { addressProps } from './address-props.js';
import { addChardev } from './chardev.js';
import { virtioDriver, virtioProps } from './virtio.js';

/** How often a rate is counted when it does not say, in milliseconds. */
const DEFAULT_PERIOD_MS = 1000;

export function addRng(to: Assembly, rng: Rng): void {
  const alias = aliasOf(rng);
  const rate = rng.rate?.bytes === 0 ? undefined : rng.rate;
  to.out.object({ ...backend(to, rng, alias) });
  to.out.device({
    ...virtioProps(virtioDriver('virtio-rng', rng.address, rng.model), rng.driver),
    rng: `obj${alias}`,
    id: alias,
    'max-bytes': rate?.bytes,
    period: rate === undefined ? undefined : (rate.period ?? DEFAULT_PERIOD_MS),
    ...addressProps(to, rng),
  });
}

function backend(to: Assembly, rng: Rng, alias: string): Props {
  const id = `obj${alias}`;
  switch (rng.backend.model) {
    case 'random':
      return { 'qom-type': 'rng-random', id, filename: rng.backend.path };
    case 'egd':
      return { 'qom-type': 'rng-egd', id, chardev: addChardev(to, rng.backend, { alias }) };
    case 'builtin':
      if (!to.cx.caps.has('rng-builtin')) {
        throw VirError.of('CONFIG_UNSUPPORTED', "this QEMU doesn't support the rng-builtin backend");
      }
      return { 'qom-type': 'rng-builtin', id };
  }
}
