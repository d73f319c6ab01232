import { VirError } from '../errors/vir-error.js';

const EIO = 5;

/** The link to a daemon is gone. */
export class LinkLostError extends Error {
  /** The daemon may have begun with what was asked of it. */
  readonly wasSent: boolean;

  constructor(wasSent: boolean, cause?: Error) {
    super('the link to the daemon is gone', cause === undefined ? undefined : { cause });
    this.name = 'LinkLostError';
    this.wasSent = wasSent;
  }

  /** What a client of libvirt sees when its daemon goes away during a call, or is gone before it. */
  asVirError(): VirError {
    if (!this.wasSent)
      return VirError.of('INTERNAL_ERROR', 'client socket is closed', { domain: 'RPC', cause: this });
    return VirError.system(EIO, 'Input/output error', 'End of file while reading data', {
      domain: 'RPC',
      cause: this,
    });
  }
}
