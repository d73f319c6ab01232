import { VirError } from '../../errors/vir-error.js';
import type { Uuid } from '../../wire/uuid.js';
import { type FormatContext, formatLive, type ParseContext, parseLive } from '../../xml/context.js';
import { expectRoot } from '../../xml/element.js';
import { childOf, textOf, type XmlElement } from '../../xml/node.js';
import { readXml } from '../../xml/reader.js';
import { withActualInterfaces, withWrittenInterfaces } from './actual-interface.js';
import { type DomainElement, domainElement } from './domain.js';
import { completeDomain, postParse } from './post-parse/domain.js';
import type { Domain } from './post-parse/filled-domain.js';
import { validateDomain } from './validate/domain.js';

export interface ParseDomainOptions extends Partial<ParseContext> {
  /** Makes the UUID of a domain that has none. */
  readonly newUuid: () => Uuid;
  /** Defaults that only a hypervisor's driver knows; runs before any check. */
  readonly postParse?: (domain: Domain) => Domain;
  /** Checks that only a hypervisor's driver knows; runs after the common checks. */
  readonly driverCheck?: (domain: Domain) => void;
}

/**
 * The domain that a document describes, with everything that is missing filled in.
 *
 * @throws VirError XML_DETAIL when the document is malformed, XML_ERROR and others when its content is
 */
export function parseDomain(text: string, options: ParseDomainOptions): Domain {
  return parseDomainNode(readXml(text, { source: 'domain_definition', domain: 'DOMAIN' }), options);
}

/** As `parseDomain`, for a `<domain>` inside another document. */
export function parseDomainNode(node: XmlElement, options: ParseDomainOptions): Domain {
  const { newUuid, postParse: driverPostParse, driverCheck, ...context } = options;
  try {
    const root = expectRoot(node, 'domain');
    const name = childOf(root, 'name');
    if (name === undefined || textOf(name) === '') throw VirError.of('NO_NAME');
    const written = domainElement.parse(root, { ...parseLive, ...context });
    const read = context.status === true ? withActualInterfaces(written) : written;
    const common = postParse(read, newUuid);
    const domain = completeDomain(driverPostParse === undefined ? common : driverPostParse(common));
    // A guest that runs is not refused for what a newer release would not start.
    if (context.status !== true) validateDomain(domain);
    driverCheck?.(domain);
    return domain;
  } catch (error) {
    throw error instanceof VirError ? error.inDomain('DOMAIN') : error;
  }
}

/** The document of `domain`, ending with a newline. */
export function formatDomain(domain: Domain, context: Partial<FormatContext> = {}): string {
  const printed: DomainElement = context.status === true ? withWrittenInterfaces(domain) : domain;
  return domainElement.format(printed, { ...formatLive, ...context });
}
