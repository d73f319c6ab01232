export type { DaemonArgs } from './daemon-args.js';
export type { DaemonContext, DaemonProgram, ListenPlan } from './daemon-context.js';
export { type DaemonPaths, nativeSocketPath, sessionPaths, systemPaths } from './daemon-paths.js';
export { runDaemon } from './run-daemon.js';
