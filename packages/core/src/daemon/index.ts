export type { DaemonArgs } from './daemon-args.js';
export type { DaemonContext, DaemonProgram, ListenPlan } from './daemon-context.js';
export { loadConfig } from './load-config.js';
export type { LogControl } from './log-control.js';
export { runDaemon } from './run-daemon.js';
