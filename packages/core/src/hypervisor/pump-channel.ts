import type { CallStream } from '../driver/call.js';
import { VirError } from '../errors/vir-error.js';
import type { ByteChannel } from '../ports/byte-channel.js';

/**
 * Joins a client's stream with a device of the guest, both ways and without a buffer of our own: neither side is read faster
 * than the other takes. Ends with either side; the channel is closed then.
 */
export async function pumpChannel(stream: CallStream, channel: ByteChannel): Promise<void> {
  let wakeWriter = (): void => {};
  const closed = new Promise<Error | undefined>((resolve) => {
    channel.setHandlers({
      onData(bytes) {
        channel.pause();
        stream.write(bytes).then(
          () => channel.resume(),
          () => channel.destroy(),
        );
      },
      onDrain: () => wakeWriter(),
      onClose: (error) => {
        wakeWriter();
        resolve(error);
      },
    });
  });
  const onStreamEnd = (): void => channel.destroy();
  stream.signal.addEventListener('abort', onStreamEnd, { once: true });
  if (stream.signal.aborted) onStreamEnd();
  void toDevice(stream, channel, (wake) => {
    wakeWriter = wake;
  });
  const error = await closed;
  stream.signal.removeEventListener('abort', onStreamEnd);
  if (stream.signal.aborted) return;
  if (error === undefined) stream.finish();
  else
    stream.abort(
      VirError.of('OPERATION_FAILED', `cannot go on with ${channel.description}: ${error.message}`),
    );
}

async function toDevice(
  stream: CallStream,
  channel: ByteChannel,
  onWait: (wake: () => void) => void,
): Promise<void> {
  try {
    for (let item = await stream.read(); item !== undefined; item = await stream.read()) {
      if (item.type === 'hole') throw VirError.of('OPERATION_INVALID', 'a console takes no holes');
      if (!channel.write(item.bytes)) await new Promise<void>(onWait);
      if (!channel.isOpen) return;
    }
    // The client has finished: it wants no more of the other direction either.
    channel.end();
  } catch (error) {
    channel.destroy();
    if (!stream.signal.aborted && error instanceof VirError) stream.abort(error);
  }
}
