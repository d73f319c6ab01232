import type { Assembly } from '../assembly.js';
import type { Props } from '../command/json.js';
import { aliasOf } from '../definition/controllers.js';
import type { Smartcard } from '../definition/types.js';
import { controllerAlias } from './address-props.js';
import { addChardev } from './chardev.js';

const DEFAULT_DATABASE = '/etc/pki/nssdb';

export function addSmartcard(to: Assembly, card: Smartcard): void {
  const front = frontEnd(to, card);
  const controller = card.address?.type === 'ccid' ? card.address.controller : 0;
  to.out.device({
    ...front,
    id: aliasOf(card),
    bus: `${controllerAlias(to, 'ccid', controller)}.0`,
  });
}

function frontEnd(to: Assembly, card: Smartcard): Props {
  switch (card.mode) {
    case 'host':
      return { driver: 'ccid-card-emulated', backend: 'nss-emulated' };
    case 'host-certificates':
      return {
        driver: 'ccid-card-emulated',
        backend: 'certificates',
        cert1: card.certificates[0]?.file,
        cert2: card.certificates[1]?.file,
        cert3: card.certificates[2]?.file,
        db: card.database ?? DEFAULT_DATABASE,
      };
    case 'passthrough':
      return {
        driver: 'ccid-card-passthru',
        chardev: addChardev(to, card, { alias: aliasOf(card), spiceName: 'smartcard' }),
      };
  }
}
