import { expect, test } from 'vitest';
import { isLocalPath } from './mount-table.js';

const MOUNTS = `22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:40 / /srv/far rw shared:2 - nfs4 server:/x rw
31 30 0:41 / /srv/far/near rw - xfs /dev/sdb rw
32 22 0:42 / /srv/with\\040blank rw - nfs server:/y rw
33 22 0:43 / /over rw - nfs server:/z rw
34 33 0:44 / /over rw - tmpfs tmpfs rw
`;

test.each([
  ['/var/lib/x.img', true],
  ['/srv/far/x.img', false],
  ['/srv/farther/x.img', true],
  ['/srv/far/near/x.img', true],
  ['/srv/with blank/x.img', false],
  ['/over/x.img', true],
])('%s is local: %s', (path, local) => {
  expect(isLocalPath(MOUNTS, path)).toBe(local);
});
