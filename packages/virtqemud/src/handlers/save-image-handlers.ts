import type { Call, Handlers } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import { checkFlags, exclusiveFlags } from '@modvirt/core/hypervisor';
import { domainSaveImageXMLFlags, domainSaveRestoreFlags as flag } from '@modvirt/core/protocol/constants';
import type { domainJobs } from '@modvirt/core/protocol/rows';
import { formatDomain } from '@modvirt/core/schema';
import type { QemuDriver } from '../driver.js';
import { migratableForm } from '../plan/definition/migratable-form.js';
import { managedSavePath } from '../process/managed-save.js';
import type { QemuDomain } from '../process/qemu-domain.js';
import { requireSameGuest } from '../save/abi-stability.js';
import { rewriteHead, withImage } from '../save/image-file.js';

type Served = Pick<
  Handlers<typeof domainJobs>,
  | 'domainSaveImageGetXmlDesc'
  | 'domainSaveImageDefineXml'
  | 'domainManagedSaveGetXmlDesc'
  | 'domainManagedSaveDefineXml'
>;

/** What saved guests were, and shall be when they go on. */
export function saveImageHandlers(driver: QemuDriver): Served {
  const { domains } = driver;
  return {
    async domainSaveImageGetXmlDesc({ file, flags }, call) {
      checkFlags('virDomainSaveImageGetXMLDesc', flags, domainSaveImageXMLFlags.secure, 'QEMU');
      return { xml: await imageXml(driver, file, flags, call) };
    },
    domainSaveImageDefineXml: ({ file, dxml, flags }, call) =>
      redefine(driver, { api: 'virDomainSaveImageDefineXML', path: file, xml: dxml, flags }, call),
    async domainManagedSaveGetXmlDesc({ dom, flags }, call) {
      checkFlags('virDomainManagedSaveGetXMLDesc', flags, domainSaveImageXMLFlags.secure, 'QEMU');
      const path = await managedPath(driver, domains.byRef(dom));
      return { xml: await imageXml(driver, path, flags, call) };
    },
    async domainManagedSaveDefineXml({ dom, dxml, flags }, call) {
      const domain = domains.byRef(dom);
      const path = await managedPath(driver, domain);
      const api = 'virDomainManagedSaveDefineXML';
      await domain.withJob({ kind: 'modify', owner: api, signal: call.signal }, () =>
        redefine(driver, { api, path, xml: dxml ?? '', flags }, call),
      );
    },
  };
}

async function managedPath(driver: QemuDriver, domain: QemuDomain): Promise<string> {
  const path = managedSavePath(driver, domain.name);
  if ((await driver.parts.files.info(path)) !== undefined) return path;
  throw VirError.of('OPERATION_INVALID', 'domain does not have managed save image');
}

function imageXml(driver: QemuDriver, path: string, flags: number, call: Call): Promise<string> {
  return withImage(driver.parts.startPorts, path, async ({ xml }) => {
    const definition = await driver.parse(xml, { validate: false }, call.signal);
    const secure = (flags & domainSaveImageXMLFlags.secure) !== 0;
    return formatDomain(definition, { inactive: true, secure, status: false });
  });
}

async function redefine(
  driver: QemuDriver,
  wanted: { readonly api: string; readonly path: string; readonly xml: string; readonly flags: number },
  call: Call,
): Promise<void> {
  const { api, path, flags } = wanted;
  checkFlags(api, flags, flag.running | flag.paused, 'QEMU');
  exclusiveFlags(
    api,
    flags,
    ['VIR_DOMAIN_SAVE_RUNNING', flag.running],
    ['VIR_DOMAIN_SAVE_PAUSED', flag.paused],
  );
  await withImage(
    driver.parts.startPorts,
    path,
    async (image) => {
      const saved = await driver.parse(image.xml, { validate: false }, call.signal);
      const definition = await driver.parse(wanted.xml, { validate: false }, call.signal);
      requireSameGuest(saved, definition);
      const wasRunning = (flags & flag.running) !== 0 || (image.wasRunning && (flags & flag.paused) === 0);
      const xml = formatDomain(migratableForm(definition, undefined), {
        inactive: true,
        secure: true,
        status: false,
      });
      // Whoever changes nothing leaves the file alone.
      if (xml === image.xml && wasRunning === image.wasRunning) return;
      await rewriteHead(image, { ...image, xml, wasRunning });
    },
    'change',
  );
}
