import { expect, test } from 'vitest';
import type { Uuid } from '../../../wire/uuid.js';
import { parseDomain } from '../parse-domain.js';

const newUuid = (): Uuid => '11111111-2222-3333-4444-555555555555' as Uuid;

function read(content: string, devices = '', memory = '<memory>1024</memory>'): unknown {
  const os = "<os><type arch='x86_64' machine='pc'>hvm</type></os>";
  const text = `<domain type='qemu'><name>g</name>${memory}${os}${content}<devices>${devices}</devices></domain>`;
  return parseDomain(text, { newUuid });
}

test('what contradicts itself is refused in the words that clients know', () => {
  const refused: readonly (readonly [string, string, string])[] = [
    ["<cpu><feature name='vmx'/></cpu>", '', 'Non-empty feature list specified without CPU model'],
    ['<features><hyperv><relaxed/></hyperv></features>', '', "attribute 'state' in element 'relaxed'"],
    ["<idmap><uid start='0' target='1' count='1'/></idmap>", '', 'uid and gid should be mapped both'],
    ["<memoryBacking><hugepages><page size='x'/></hugepages></memoryBacking>", '', "'./@size'"],
    ['', "<graphics type='vnc' passwd='1' passwdValidTo='soon'/>", "password validity time 'soon'"],
    [
      '',
      "<sound model='ac97'><alias name='ua-x'/></sound><input type='tablet' bus='usb'><alias name='ua-x'/></input>",
      'non unique alias detected: ua-x',
    ],
  ];
  for (const [content, devices, message] of refused) {
    expect(() => read(content, devices), message).toThrow(message);
  }
});

test('memory beyond what a signed number holds in bytes is refused', () => {
  expect(() => read('', '', "<memory unit='EiB'>15</memory>")).toThrow('value too large: 15EiB');
});

test('the first console and the first serial port are one device with one name', () => {
  expect(() => read('', "<serial type='pty'><alias name='ua-tty'/></serial>")).not.toThrow();
});
