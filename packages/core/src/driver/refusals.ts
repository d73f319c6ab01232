import type { ErrorDomain } from '../errors/domains.js';
import { VirError } from '../errors/vir-error.js';
import type { Procedure } from '../protocol/procedure.js';

// Which part of libvirt raises the errors of a public function: the first that matches. libvirt's domain-related part
// includes the virConnect functions about domains, and its QEMU and LXC extras raise theirs under no name.
const PARTS: readonly (readonly [RegExp, ErrorDomain])[] = [
  [/^vir(Domain|Connect(Domain)?)(Qemu|Lxc)/, 'NONE'],
  [/Snapshot/, 'DOMAIN_SNAPSHOT'],
  [/Checkpoint/, 'DOMAIN_CHECKPOINT'],
  [/^virDomain|^virConnect\w*Domain/, 'DOMAIN'],
  [/Storage/, 'STORAGE'],
  [/NWFilter/, 'NWFILTER'],
  [/NodeDevice|^virNode(List|NumOf)Devices/, 'NODEDEV'],
  [/Network/, 'NETWORK'],
  [/Secret/, 'SECRET'],
  [/Interface/, 'INTERFACE'],
  [/^virStream/, 'STREAMS'],
  [/^virAdm/, 'ADMIN'],
];

/** The domain of errors about the public function `api` itself. */
export function errorDomainOf(api: string): ErrorDomain {
  return PARTS.find(([pattern]) => pattern.test(api))?.[1] ?? 'NONE';
}

/** What is answered for a procedure that nobody implements. */
export function notSupported(name: string, row: Procedure): VirError {
  const api = row.api ?? name;
  return VirError.of('NO_SUPPORT', api, { domain: errorDomainOf(api) });
}

/** @throws VirError OPERATION_DENIED when a read-only connection may not call `row` with `args` */
export function refuseReadOnly(name: string, row: Procedure, args: unknown): void {
  if (row.readOnly === true) return;
  const api = row.api ?? name;
  const { readOnly } = row;
  if (readOnly === false) throw denied(api, `read only access prevents ${api}`);
  const given = (args as Record<string, unknown>)[readOnly.argument];
  if ('deniedFlags' in readOnly) {
    const isSecure = typeof given === 'number' && (given & readOnly.deniedFlags) !== 0;
    // Documents are refused for what is in them, in words of their own.
    const isDocument = api.endsWith('GetXMLDesc');
    if (isSecure)
      throw denied(api, isDocument ? `${api} with secure flag` : `read only access prevents ${api}`);
  } else if (given === readOnly.deniedValue) {
    throw denied(api, `read only access prevents ${api}`);
  }
}

function denied(api: string, detail: string): VirError {
  return VirError.of('OPERATION_DENIED', detail, { domain: errorDomainOf(api) });
}
