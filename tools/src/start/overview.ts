import type { DaemonState } from '../stack/stack.js';

/** The daemons with their sockets, as a table; the sockets below `run`, which is said once. */
export function overview(daemons: readonly DaemonState[], run: string): string {
  const lines = daemons.flatMap((daemon) => {
    const [first = '', ...others] = daemon.sockets.map((path) => path.replace(`${run}/`, ''));
    const memory = daemon.rssKiB === null ? '-' : `${Math.round(daemon.rssKiB / 1024)} MB`;
    return [
      row(daemon.name, String(daemon.pid ?? '-'), daemon.state, memory, first),
      ...others.map((socket) => row('', '', '', '', socket)),
    ];
  });
  return [row('daemon', 'pid', 'state', 'memory', `sockets in ${run}`), ...lines].join('\n');
}

function row(name: string, pid: string, state: string, memory: string, socket: string): string {
  return `  ${name.padEnd(12)} ${pid.padStart(7)}  ${state.padEnd(9)} ${memory.padStart(7)}  ${socket}`;
}
