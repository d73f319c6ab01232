import type { Assembly } from '../assembly.js';
import { isQ35, isX86 } from '../definition/machine.js';
import { options } from './options.js';

/** `-boot`, and the kernel that is booted directly. */
export function addBoot(to: Assembly): void {
  const { os } = to.domain;
  const menu = os.bootmenu?.enable;
  to.out.option(
    'boot',
    options(
      ['menu', menu],
      ['splash-time', menu === true ? os.bootmenu?.timeout : undefined],
      ['reboot-timeout', os.bios?.rebootTimeout],
      ['strict', true],
    ),
  );
  if (os.kernel !== undefined) addKernel(to, 'kernel', os.kernel);
  if (os.initrd !== undefined) addKernel(to, 'initrd', os.initrd);
  if (os.cmdline !== undefined) to.out.option('append', os.cmdline);
  if (os.dtb !== undefined) addKernel(to, 'dtb', os.dtb);
  if (os.shim !== undefined) addKernel(to, 'shim', os.shim);
  for (const { type, path } of os.acpi) {
    const sig = type === 'slic' ? 'SLIC' : type === 'msdm' ? 'MSDM' : undefined;
    to.out.option('acpitable', options(['sig', sig], ['file', path]));
    to.out.resource(path, true);
  }
}

function addKernel(to: Assembly, option: string, path: string): void {
  to.out.option(option, path);
  to.out.resource(path, true);
}

/** What the machine does when the guest turns off or wants to sleep. */
export function addPowerManagement(to: Assembly): void {
  const { pm } = to.domain;
  to.out.option('no-shutdown');
  if (!isX86(to.domain)) return;
  const device = isQ35(to.domain) ? 'ICH9-LPC' : 'PIIX4_PM';
  const s3 = pm?.['suspend-to-mem'];
  const s4 = pm?.['suspend-to-disk'];
  if (s3 !== undefined) to.out.option('global', `${device}.disable_s3=${s3 ? 0 : 1}`);
  if (s4 !== undefined) to.out.option('global', `${device}.disable_s4=${s4 ? 0 : 1}`);
}
