import type { Call } from '../driver/call.js';
import type { Handlers } from '../driver/handlers.js';
import { VirError } from '../errors/vir-error.js';
import type { daemonControl } from '../protocol/modvirt.js';
import type { RpcServer } from '../rpc/rpc-server.js';
import { type LogControl, logLevels } from './log-control.js';

export interface ControlledDaemon {
  readonly name: string;
  readonly version: string;
  readonly server: RpcServer;
  readonly isSocketActivated: boolean;
  readonly log: LogControl;
  shutdown(): void;
}

export function statusHandlers(daemon: ControlledDaemon): Handlers<typeof daemonControl> {
  return {
    daemonStatus: () => {
      const { server } = daemon;
      const { links, sessions, callsInFlight, callsTotal } = server.counts;
      return {
        name: daemon.name,
        version: daemon.version,
        epoch: server.events.epoch,
        pid: process.pid,
        uptimeMs: BigInt(Math.round(performance.now())),
        rssKiB: BigInt(Math.round(process.memoryUsage.rss() / 1024)),
        links,
        sessions,
        callsInFlight,
        callsTotal: BigInt(callsTotal),
        lastEvent: BigInt(server.events.last),
        subscribers: server.events.subscribers,
        isSocketActivated: daemon.isSocketActivated ? 1 : 0,
      };
    },
    daemonShutdown: (_args, call) => {
      refuseStrangers(call);
      daemon.shutdown();
    },
    daemonGetLogLevel: () => ({ level: logLevels.indexOf(daemon.log.level) + 1 }),
    daemonSetLogLevel: ({ level }, call) => {
      refuseStrangers(call);
      const name = logLevels[level - 1];
      if (name === undefined) throw VirError.of('INVALID_ARG', `log level ${level} is not one of 1 to 4`);
      daemon.log.level = name;
    },
  };
}

function refuseStrangers(call: Call): void {
  const { uid } = call.session.identity;
  if (uid !== 0 && uid !== process.getuid?.()) throw VirError.of('ACCESS_DENIED');
}
