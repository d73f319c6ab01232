import { VirError } from '@modvirt/core/errors';
import { escapeXml } from '@modvirt/core/xml';

/** Lines of dnsmasq's configuration, in which nothing that a client wrote can begin a line of its own. */
export class ConfigLines {
  #text: string;
  readonly #network: string;

  constructor(network: string) {
    this.#network = network;
    this.#text = `##WARNING:  THIS IS AN AUTO-GENERATED FILE. CHANGES TO IT ARE LIKELY TO BE
##OVERWRITTEN AND LOST.  Changes to this configuration should be made using:
##    virsh net-edit ${network}
## or other application using the libvirt API.
##
## dnsmasq conf file created by libvirt
`;
  }

  bare(line: string): void {
    checkLine(this.#network, line);
    this.#text += `${line}\n`;
  }

  value(key: string, value: string): void {
    this.bare(`${key}=${value}`);
  }

  /** A path as libvirt writes it; the file is found under this very name. */
  path(key: string, path: string): void {
    this.value(key, escapeXml(path));
  }

  toString(): string {
    return this.#text;
  }
}

/** @throws VirError XML_ERROR when something in `line` would begin another one */
export function checkLine(network: string, line: string): void {
  if (!hasControls(line)) return;
  throw VirError.of(
    'XML_ERROR',
    `control characters are not allowed in '${escaped(line)}' of network '${network}'`,
    { domain: 'NETWORK' },
  );
}

function hasControls(line: string): boolean {
  return Array.from(line).some((it) => it < ' ' && it !== '\t');
}

function escaped(line: string): string {
  return JSON.stringify(line).slice(1, -1);
}
