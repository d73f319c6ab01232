export { parseGlusterVolumes } from './gluster-volumes.js';
export { startCommand } from './pool-commands.js';
export { type Command, type CreatePlan, createCommands } from './volume-commands.js';
