import type { QemuDriver } from '../../driver.js';
import { replugGuests } from './replug.js';

/** Hears of networks that start, while there are guests on any. */
export class NetworkWatch {
  #ends: AbortController | undefined;

  /** To be called whenever a guest has begun or ended. */
  update(driver: QemuDriver): void {
    const isNeeded = [...driver.domains].some((domain) =>
      domain.live?.devices.interfaces.some(
        (net) => (net.type === 'network' || net.type === 'bridge') && net.source?.network !== undefined,
      ),
    );
    if (!isNeeded) {
      this.#ends?.abort(new Error('no guest is on a network'));
      this.#ends = undefined;
    } else if (this.#ends === undefined) {
      const ends = new AbortController();
      this.#ends = ends;
      driver.scope.spawn('watch networks', (signal) => this.#watch(driver, ends, signal));
    }
  }

  async #watch(driver: QemuDriver, ends: AbortController, signal: AbortSignal): Promise<void> {
    const onStop = (): void => ends.abort(signal.reason);
    signal.addEventListener('abort', onStop, { once: true });
    try {
      for await (const network of driver.parts.networks.started(ends.signal)) {
        await replugGuests(driver, network);
      }
    } catch (error) {
      if (!ends.signal.aborted) driver.log.warn('networks are not watched any more', { error });
    } finally {
      signal.removeEventListener('abort', onStop);
      if (this.#ends === ends) this.#ends = undefined;
    }
  }
}
