import { daemonKeys } from '@modvirt/core/config';
import { type DaemonContext, runDaemon } from '@modvirt/core/daemon';
import { type Call, type Handlers, handlerGroup, serveProgram } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import { trivialProgram, type trivialRows } from './rows.js';

// The smallest daemon that has everything: the runtime's own, and calls, events, streams and descriptors for tests.

const CHUNK = new Uint8Array(64 * 1024).fill(7);

function handlers(context: DaemonContext, busy: { is: boolean }): Handlers<typeof trivialRows> {
  return {
    add: ({ a, b }) => ({ sum: a + b }),
    wait: async ({ ms }, call) => {
      await pause(context, ms, call);
      return { pid: process.pid };
    },
    waitOnce: ({ ms }, call) => pause(context, ms, call),
    emit: ({ count, name }) => {
      for (let i = 0; i < count; i++) {
        context.events.emit({ object: 'domain', eventId: 9000, name, payload: { i } });
      }
    },
    download: ({ bytes }, call) => {
      const stream = call.openStream();
      context.scope.spawn('download', async () => {
        for (let left = Number(bytes); left > 0; left -= CHUNK.length) await stream.write(CHUNK);
        stream.finish();
      });
    },
    upload: (_args, call) => {
      const stream = call.openStream();
      context.scope.spawn('upload', async () => {
        for (let item = await stream.read(); item !== undefined; item = await stream.read()) {
          if (item.type === 'hole') return stream.abort(VirError.of('INVALID_STREAM', 'no holes'));
        }
        stream.finish();
      });
    },
    memoryFile: ({ content }, call) => {
      call.sendDescriptors([context.descriptors.memoryFile('test', content)]);
    },
    busy: ({ isBusy }) => {
      busy.is = isBusy !== 0;
    },
  };
}

function pause(context: DaemonContext, ms: number, call: Call): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = context.clock.setTimer(ms, resolve);
    call.signal.addEventListener(
      'abort',
      () => {
        timer.cancel();
        reject(call.signal.reason);
      },
      { once: true },
    );
  });
}

void runDaemon({
  name: 'triviald',
  version: '0.1.0',
  configKeys: daemonKeys,
  setup: (context) => {
    const busy = { is: false };
    const group = handlerGroup(trivialProgram.procedures, async () => handlers(context, busy));
    return { programs: [serveProgram(trivialProgram, [group])], isBusy: () => busy.is };
  },
});
