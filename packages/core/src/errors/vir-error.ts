import { type ErrorName, errorCatalog } from './catalog.js';
import { type ErrorDomain, errorDomains } from './domains.js';

/** The fields of an error as libvirt's wire carries them (virNetMessageError). */
export interface VirErrorFields {
  readonly code: number;
  readonly domain: number;
  readonly message: string;
  readonly str1: string | null;
  readonly str2: string | null;
  readonly str3: string | null;
  readonly int1: number;
  readonly int2: number;
}

interface VirErrorOptions {
  readonly domain?: ErrorDomain;
  readonly cause?: unknown;
}

/** Documents of megabytes are quoted in errors, and an error that is too long for the wire would reach nobody. */
const MAX_TEXT = 65_536;

function cut(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}

/**
 * An error that a client may see: code, domain and wording are libvirt's.
 * Everything else that is thrown is a bug and is sent as INTERNAL_ERROR.
 */
export class VirError extends Error {
  readonly fields: VirErrorFields;
  /** Whether it is known who raised it, be it nobody. */
  #isSettled = false;

  private constructor(fields: VirErrorFields, cause?: unknown) {
    const [message, str2] = [cut(fields.message), fields.str2 === null ? null : cut(fields.str2)];
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'VirError';
    this.fields = { ...fields, message, str2 };
  }

  get code(): number {
    return this.fields.code;
  }

  /** Whether this is the error called `name` (without `VIR_ERR_`). */
  is(name: ErrorName): boolean {
    return this.fields.code === errorCatalog[name].code;
  }

  /**
   * @param name   the error without `VIR_ERR_`
   * @param detail what stands in the place of `%s`; without it the text alone is used
   */
  static of(name: ErrorName, detail?: string, options: VirErrorOptions = {}): VirError {
    const row = errorCatalog[name];
    return new VirError(
      {
        code: row.code,
        domain: errorDomains[options.domain ?? 'NONE'],
        message: detail === undefined ? row.text : row.detailed.replace('%s', () => detail),
        str1: detail === undefined ? row.text : row.detailed,
        str2: detail ?? null,
        str3: null,
        int1: -1,
        int2: -1,
      },
      options.cause,
    );
  }

  /**
   * An argument that fails the check of the public function `api`: libvirt sends the bare text, the
   * function and the argument's name.
   */
  static invalidArgument(
    api: string,
    argument: string,
    text: string,
    domain: ErrorDomain = 'NONE',
  ): VirError {
    return new VirError({
      code: errorCatalog.INVALID_ARG.code,
      domain: errorDomains[domain],
      message: text,
      str1: api,
      str2: argument,
      str3: null,
      int1: 0,
      int2: 0,
    });
  }

  /** A flag bit that `api` does not know; clients probe for features with this exact text. */
  static unsupportedFlags(api: string, flags: number, domain: ErrorDomain = 'NONE'): VirError {
    const text = `unsupported flags (0x${(flags >>> 0).toString(16)}) in function ${api}`;
    return VirError.invalidArgument(api, 'flags', text, domain);
  }

  /** A failed system call: `text` and the operating system's own words. `errno` is its positive number. */
  static system(
    errno: number,
    osText: string,
    text?: string,
    options: ErrorDomain | VirErrorOptions = {},
  ): VirError {
    const { domain = 'NONE', cause }: VirErrorOptions =
      typeof options === 'string' ? { domain: options } : options;
    const detail = text === undefined ? osText : `${text}: ${osText}`;
    return new VirError(
      {
        code: errorCatalog.SYSTEM_ERROR.code,
        domain: errorDomains[domain],
        message: detail,
        str1: '%s',
        str2: detail,
        str3: null,
        int1: errno,
        int2: -1,
      },
      cause,
    );
  }

  /** The error that another daemon sent. */
  static fromFields(fields: VirErrorFields): VirError {
    return new VirError(fields);
  }

  /** Keeps `inDomain` from naming anybody: libvirt's own helpers raise errors under no name. */
  settled(): this {
    this.#isSettled = true;
    return this;
  }

  /** The same error, raised by `domain` when it did not say by whom. */
  inDomain(domain: ErrorDomain): VirError {
    if (this.#isSettled || this.fields.domain !== errorDomains.NONE) return this;
    return new VirError({ ...this.fields, domain: errorDomains[domain] }, this.cause);
  }
}
