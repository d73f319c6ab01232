import { fileLocksContract } from './contracts/file-locks.js';
import { FakeFileLocks } from './fake-file-locks.js';

fileLocksContract({
  make() {
    const ours = new FakeFileLocks(1);
    return { ours, theirs: ours.as(2), root: '/run' };
  },
});
