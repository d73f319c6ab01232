import type { Call } from '../driver/call.js';
import { VirError } from '../errors/vir-error.js';
import type { ByteChannel } from '../ports/byte-channel.js';
import { pumpChannel } from './pump-channel.js';

export interface OpenDevice {
  /** Names the device: its path on the host. */
  readonly path: string;
  /** Takes it from whoever has it. */
  readonly force: boolean;
  /** What the refusal says while another client has it. */
  readonly busy: string;
  connect(signal: AbortSignal): Promise<ByteChannel>;
}

interface Holder {
  release(): void;
}

/** Consoles and channels that clients are connected to: one client each. */
export class HeldDevices {
  readonly #holders = new Map<string, Holder>();

  /**
   * Connects the call's stream with a device; returns once it is connected, the bytes flow until either side ends.
   *
   * @throws VirError OPERATION_FAILED while another client has it
   */
  async open(call: Call, device: OpenDevice): Promise<void> {
    const { path } = device;
    const current = this.#holders.get(path);
    if (current !== undefined && !device.force) throw VirError.of('OPERATION_FAILED', device.busy);
    current?.release();
    const mine: Holder = { release: () => {} };
    this.#holders.set(path, mine);
    const forget = (): void => {
      if (this.#holders.get(path) === mine) this.#holders.delete(path);
    };
    try {
      const channel = await device.connect(call.signal);
      const stream = call.openStream();
      mine.release = () => channel.destroy();
      if (this.#holders.get(path) !== mine) channel.destroy();
      void pumpChannel(stream, channel).finally(forget);
    } catch (error) {
      forget();
      throw error;
    }
  }
}
