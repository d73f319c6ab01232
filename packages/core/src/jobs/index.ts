export { JOB_WAIT_MS, type Job, JobQueue, type JobRequest } from './job-queue.js';
export {
  blockedBy,
  isLongJob,
  type JobKind,
  type LongJob,
  longJobs,
  type ShortJob,
  shortJobs,
} from './job-rules.js';
export { Scope } from './scope.js';
export { type Undo, withUndo } from './with-undo.js';
