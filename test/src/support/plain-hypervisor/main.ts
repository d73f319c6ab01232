import { daemonKeys } from '@modvirt/core/config';
import { type DaemonContext, runDaemon } from '@modvirt/core/daemon';
import { type Call, type Handlers, handlerGroup, serveProgram } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import { remoteProgram } from '@modvirt/core/protocol';
import { uuidFromBytes } from '@modvirt/core/wire';

// A hypervisor's daemon without a hypervisor, for tests of what stands in front of one. Names of domains say what happens:
// looking up `event` tells of one, suspending `hang` never ends.

const dom = { name: 'guest', uuid: uuidFromBytes(new Uint8Array(16).fill(7)), id: 1 };
const MIB = 1024 * 1024;

function handlers(context: DaemonContext): Handlers<typeof remoteProgram.procedures> {
  const serving = (call: Call, work: () => Promise<void>): void => {
    context.scope.spawn('stream', () => work().catch((error) => call.log.info('stream ended', { error })));
  };
  return {
    connectGetUri: (_args, call) => ({ uri: call.session.uri }),
    connectGetHostname: () => ({ hostname: 'plain' }),
    connectGetType: () => ({ type: 'PLAIN' }),
    connectGetVersion: () => ({ hvVer: 7_002_000n }),
    connectGetLibVersion: () => ({ libVer: 11_003_000n }),
    connectSupportsFeature: () => ({ supported: 0 }),
    connectGetCapabilities: () => ({ capabilities: 'x'.repeat(2 * MIB) }),
    connectListAllDomains: () => ({ domains: [dom], ret: 1 }),
    domainLookupByName: ({ name }) => {
      if (name === 'event') tell(context);
      if (name === 'guest' || name === 'event' || name === 'hang') return { dom: { ...dom, name } };
      throw VirError.of('NO_DOMAIN', `no domain with matching name '${name}'`, { domain: 'QEMU' });
    },
    domainGetState: () => ({ state: 1, reason: 1 }),
    domainGetInfo: () => ({ state: 1, maxMem: 1024n, memory: 1024n, nrVirtCpu: 1, cpuTime: 0n }),
    domainSuspend: ({ dom: { name } }, call) => {
      if (name !== 'hang') return undefined;
      return new Promise((_resolve, reject) => {
        call.signal.addEventListener('abort', () => reject(call.signal.reason), { once: true });
      });
    },
    domainOpenConsole: (_args, call) => {
      const stream = call.openStream();
      serving(call, async () => {
        for (let item = await stream.read(); item !== undefined; item = await stream.read()) {
          if (item.type === 'data') await stream.write(item.bytes);
        }
        stream.finish();
      });
    },
    domainScreenshot: ({ screen }, call) => {
      const stream = call.openStream();
      serving(call, async () => {
        for (let piece = 0; piece < 8 * (screen + 1); piece++)
          await stream.write(new Uint8Array(MIB).fill(piece));
        stream.finish();
      });
      return { mime: 'image/plain' };
    },
    domainOpenGraphicsFd: (_args, call) => {
      call.sendDescriptors([context.descriptors.memoryFile('graphics', new TextEncoder().encode('hello'))]);
    },
  };
}

function tell(context: DaemonContext): void {
  const payload = { dom, event: 2, detail: 0 };
  context.events.emit({ object: 'domain', eventId: 0, name: dom.name, uuid: dom.uuid, payload });
}

void runDaemon({
  name: 'virtqemud',
  version: '0.1.0',
  configKeys: daemonKeys,
  setup: (context) => {
    const group = handlerGroup(remoteProgram.procedures, async () => handlers(context));
    return { programs: [serveProgram(remoteProgram, [group])] };
  },
});
