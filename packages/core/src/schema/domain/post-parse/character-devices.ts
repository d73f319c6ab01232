import { without } from '../../without.js';
import type { Console, Serial, Smartcard } from '../character-devices.js';
import type { Devices } from '../devices.js';

interface WithPort {
  readonly target?: { readonly port?: number };
}

/** Gives devices of a kind that name no port those above all that are named. */
function numberPorts<T extends WithPort>(list: readonly T[]): readonly T[] {
  let highest = Math.max(-1, ...list.map((it) => it.target?.port ?? -1));
  return list.map((it) =>
    it.target?.port === undefined ? { ...it, target: { ...it.target, port: ++highest } } : it,
  );
}

/** The serial port as the console sees it. */
function consoleOf(serial: Serial): Console {
  const rest = without(without(serial, 'acpi'), 'address');
  return { ...rest, target: { type: 'serial', port: serial.target?.port ?? 0 } };
}

function serialOf(console: Console): Serial {
  return { ...without(console, 'tty'), target: { port: console.target?.port ?? 0 } };
}

function isSerial(console: Console | undefined): boolean {
  return console !== undefined && (console.target?.type ?? 'serial') === 'serial';
}

/**
 * Port numbers, and on a fully virtualised machine the pairing of the first serial port with the first console:
 * they are the same device, written twice for clients of either kind.
 */
export function postParseCharacterDevices(devices: Devices, isHvm: boolean): Devices {
  const serials = numberPorts(devices.serials);
  // Consoles are numbered as they come, whatever their document says.
  const consoles = devices.consoles
    .map(withTargetType(isHvm))
    .map((it, port) => ({ ...it, target: { ...it.target, port } }));
  const paired = isHvm ? pair(serials, consoles) : { serials, consoles };
  return { ...devices, ...paired, parallels: numberPorts(devices.parallels) };
}

function withTargetType(isHvm: boolean): (console: Console) => Console {
  return (it) => {
    if (!isHvm || it.target?.type !== undefined) return it;
    return { ...it, target: { type: 'serial', ...it.target } };
  };
}

function pair(serials: readonly Serial[], consoles: readonly Console[]) {
  const [firstSerial] = serials;
  const [firstConsole, ...others] = consoles;
  if (firstConsole === undefined) {
    const isPaired = firstSerial !== undefined && isIsa(firstSerial);
    return { serials, consoles: isPaired ? [consoleOf(firstSerial)] : consoles };
  }
  if (!isSerial(firstConsole)) return { serials, consoles };
  if (firstSerial === undefined) {
    return { serials: [serialOf(firstConsole)], consoles: [consoleOf(serialOf(firstConsole)), ...others] };
  }
  return isIsa(firstSerial)
    ? { serials, consoles: [consoleOf(firstSerial), ...others] }
    : { serials, consoles };
}

/** A port that a console can be: not one on a bus of its own. */
function isIsa(serial: Serial): boolean {
  const type = serial.target?.type;
  return type === undefined || type === 'isa-serial' || type === 'system-serial';
}

/** Smartcards get the slots of the first reader, one after another. */
export function postParseSmartcards(cards: readonly Smartcard[]): readonly Smartcard[] {
  const used = new Set(
    cards.map((it) => (it.address?.type === 'ccid' && it.address.controller === 0 ? it.address.slot : -1)),
  );
  let slot = 0;
  return cards.map((card) => {
    if (card.address !== undefined) return card;
    while (used.has(slot)) slot++;
    used.add(slot);
    return { ...card, address: { type: 'ccid', controller: 0, slot } };
  });
}
