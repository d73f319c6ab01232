export type { DaemonArgs } from './daemon-args.js';
export type { DaemonContext, DaemonProgram, ListenPlan } from './daemon-context.js';
export { runDaemon } from './run-daemon.js';
