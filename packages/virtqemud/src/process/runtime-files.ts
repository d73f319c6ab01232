import type { QemuDriver } from '../driver.js';

/** First characters of the name that go into the names of a run's directories. */
const SHORT_NAME_LENGTH = 20;

/** `ID-NAME`, the name cut to its first characters: what libvirt calls a domain's directories. */
export function shortName(id: number, name: string): string {
  return `${id}-${[...name].slice(0, SHORT_NAME_LENGTH).join('')}`;
}

/** Files that belong to one run of a guest and must not outlive it. */
export async function removeRuntimeFiles(driver: QemuDriver, name: string, id: number): Promise<void> {
  const { files, paths, log } = driver.parts;
  const short = shortName(id, name);
  const steps = [
    () => files.remove(`${paths.state}/${name}.xml`),
    () => files.remove(`${paths.state}/${name}.pid`),
    () => files.removeTree(`${paths.lib}/domain-${short}`),
    () => files.removeTree(`${paths.channels}/${short}`),
  ];
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      log.warn('a file of a guest that ended could not be removed', { domain: name, error });
    }
  }
}
