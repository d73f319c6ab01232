import type { Call, CallStream, Handlers } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import { checkFlags } from '@modvirt/core/hypervisor';
import type { domainDevices } from '@modvirt/core/protocol/rows';
import type { Domain } from '@modvirt/core/schema';
import type { QemuDriver } from '../driver.js';
import { monitorFailure } from '../monitor/qmp-link.js';
import type { GuestRuntime } from '../process/guest-runtime.js';

const API = 'virDomainScreenshot';
/** The largest picture: 8K in the simplest format is 100 MB. */
const MAX_BYTES = 128 * 1024 * 1024;
const PIECE_BYTES = 256 * 1024;
/** QEMU that writes compressed pictures. */
const PNG_FLAG = 'screenshot-format-png';

/** Pictures of what a guest shows. */
export function screenshotHandlers(
  driver: QemuDriver,
): Pick<Handlers<typeof domainDevices>, 'domainScreenshot'> {
  return {
    async domainScreenshot({ dom, screen, flags }, call) {
      checkFlags(API, flags, 0, 'QEMU');
      const domain = driver.domains.byRef(dom);
      const request = { kind: 'modify', owner: API, signal: call.signal } as const;
      return domain.withLiveJob(request, async ({ runtime, signal }) => {
        const format = runtime.capabilityFlags.includes(PNG_FLAG) ? 'png' : 'ppm';
        const head = headOf(domain.live ?? domain.current, screen);
        const picture = await takePicture(driver, runtime, { ...head, format }, signal);
        const stream = call.openStream();
        driver.scope.spawn(`screenshot of ${domain.name}`, () => send(stream, picture, call));
        return { mime: format === 'png' ? 'image/png' : 'image/x-portable-pixmap' };
      });
    },
  };
}

interface Head {
  readonly device: string | undefined;
  readonly head: number;
}

/** The display's device that shows screen number `screen`, counted over the heads of all of them. */
function headOf({ devices }: Domain, screen: number): Head {
  if (devices.videos.length === 0) {
    throw VirError.of('OPERATION_INVALID', 'no screens to take screenshot from');
  }
  let first = 0;
  for (const video of devices.videos) {
    const heads = video.model?.heads ?? 1;
    if (screen < first + heads) return { device: video.alias, head: screen - first };
    first += heads;
  }
  throw VirError.of('OPERATION_INVALID', 'no such screen ID');
}

/** QEMU writes the picture into the guest's own directory, which nobody else sees. */
async function takePicture(
  driver: QemuDriver,
  runtime: GuestRuntime,
  { device, head, format }: Head & { readonly format: 'png' | 'ppm' },
  signal: AbortSignal,
): Promise<Uint8Array> {
  const { files } = driver.parts;
  const filename = `${runtime.privateDirectory}/screenshot.${format}`;
  const args = { filename, ...(device === undefined ? {} : { device, head }), format };
  try {
    await runtime.monitor.execute('screendump', args, signal);
    return await files.read(filename, { maxBytes: MAX_BYTES, signal });
  } catch (error) {
    throw monitorFailure(error);
  } finally {
    await files.remove(filename);
  }
}

async function send(stream: CallStream, picture: Uint8Array, call: Call): Promise<void> {
  try {
    for (let at = 0; at < picture.length; at += PIECE_BYTES) {
      await stream.write(picture.subarray(at, at + PIECE_BYTES));
    }
    stream.finish();
  } catch (error) {
    call.log.debug('screenshot was not wanted to its end', { error });
  }
}
