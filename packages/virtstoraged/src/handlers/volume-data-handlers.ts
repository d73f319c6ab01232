import type { Handlers } from '@modvirt/core/driver';
import { storageVolDownloadFlags, storageVolUploadFlags } from '@modvirt/core/protocol/constants';
import type { storageVolume } from '@modvirt/core/protocol/rows';
import { mustSupport, type StorageDriver } from '../driver.js';
import { refreshPool } from '../pools/pool-life.js';
import { receiveVolume, runTransfer, sendVolume, type Transfer } from '../volumes/transfer.js';
import { mustBeFree, mustBeWhole } from '../volumes/volume-holds.js';
import { checkFlags } from './check-flags.js';

/** A volume's bytes as streams of clients. */
export function volumeDataHandlers(
  driver: StorageDriver,
): Pick<Handlers<typeof storageVolume>, 'storageVolUpload' | 'storageVolDownload'> {
  const { pools } = driver;
  return {
    async storageVolDownload({ vol, offset, length, flags }, call) {
      const { sparseStream } = storageVolDownloadFlags;
      checkFlags('storageVolDownload', flags, sparseStream);
      const found = pools.volumeByReference(vol);
      mustBeWhole(found);
      const { pool, name, known } = found;
      const open = mustSupport(
        driver.backend(pool.definition.type).open,
        "storage pool doesn't support volume download",
      );
      const file = await open(pool.definition, known.volume, 'read');
      const transfer: Transfer = { offset, length, sparse: (flags & sparseStream) !== 0 };
      const stream = call.openStream();
      driver.parts.scope.spawn('download', () =>
        pool.holding(name, 'use', async () => {
          await runTransfer(file, stream, () => sendVolume(file, stream, transfer));
        }),
      );
    },
    async storageVolUpload({ vol, offset, length, flags }, call) {
      const { sparseStream } = storageVolUploadFlags;
      checkFlags('storageVolUpload', flags, sparseStream);
      const found = pools.volumeByReference(vol);
      mustBeFree(found);
      const { pool, name, known } = found;
      const open = mustSupport(
        driver.backend(pool.definition.type).open,
        "storage pool doesn't support volume upload",
      );
      const file = await open(pool.definition, known.volume, 'write');
      const transfer: Transfer = { offset, length, sparse: (flags & sparseStream) !== 0 };
      const stream = call.openStream();
      driver.parts.scope.spawn('upload', async () => {
        const isWhole = await pool.holding(name, 'use', () =>
          runTransfer(file, stream, () => receiveVolume(file, stream, transfer)),
        );
        // What was written may be another kind of image now.
        if (isWhole && pool.isActive && !pool.isBusy) await refreshPool(driver, pool);
      });
    },
  };
}
