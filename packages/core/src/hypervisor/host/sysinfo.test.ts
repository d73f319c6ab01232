import { expect, test } from 'vitest';
import { formatHostSysinfo } from '../../schema/host-sysinfo.js';
import { FakeProcesses } from '../../testing/fake-processes.js';
import { MemoryLogger } from '../../testing/memory-logger.js';
import { HostFirmware, parseDmi } from './sysinfo.js';

const OUTPUT = `BIOS Information
\tVendor: Acme  \t
\tRelease Date: 01/02/2020
\tCharacteristics:
\t\tPCI is supported
\tBIOS Revision: 1.2

System Information
\tManufacturer: Acme
\tProduct Name: Box <1>
\tSerial Number:
\tUUID: 7f1c1a32-5f0e-4d56-9d0e-4a0a58a0b001

Memory Device
\tSize: No Module Installed
\tLocator: A1

Memory Device
\tSize: 16 GB
\tLocator: A2

OEM Strings
\tString 1: plain
\tString 2: with. dots
`;

test('turns the tables of the firmware into a document', () => {
  expect(formatHostSysinfo(parseDmi(OUTPUT))).toBe(`<sysinfo type='smbios'>
  <bios>
    <entry name='vendor'>Acme</entry>
    <entry name='date'>01/02/2020</entry>
    <entry name='release'>1.2</entry>
  </bios>
  <system>
    <entry name='manufacturer'>Acme</entry>
    <entry name='product'>Box &lt;1&gt;</entry>
    <entry name='uuid'>7f1c1a32-5f0e-4d56-9d0e-4a0a58a0b001</entry>
  </system>
  <memory_device>
    <entry name='size'>16 GB</entry>
    <entry name='locator'>A2</entry>
  </memory_device>
  <oemStrings>
    <entry>plain</entry>
    <entry>with. dots</entry>
  </oemStrings>
</sysinfo>
`);
});

test('asks again for a string that dmidecode could not print', async () => {
  const processes = new FakeProcesses({
    dmidecode: (args) => ({ stdout: args.includes('--dump') ? `whole ${args.at(-1)}\n` : OUTPUT }),
  });
  const firmware = new HostFirmware(
    (command, options) => processes.runTool(command, options),
    new MemoryLogger(),
  );
  expect((await firmware.sysinfo()).oemStrings).toEqual([{ value: 'plain' }, { value: 'whole 2' }]);
  await firmware.sysinfo();
  expect(processes.toolCalls).toHaveLength(2);
});

test('a host without tables says so', async () => {
  const processes = new FakeProcesses({ dmidecode: () => ({ code: 1, stderr: '/dev/mem: no such file' }) });
  const firmware = new HostFirmware(
    (command, options) => processes.runTool(command, options),
    new MemoryLogger(),
  );
  await expect(firmware.sysinfo()).rejects.toThrow('Host SMBIOS information is not available');
});
