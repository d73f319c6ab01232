import { schemaFingerprints } from '../protocol/fingerprints.js';
import type { Program } from '../protocol/procedure.js';
import type { Contracts } from '../rpc/handshake.js';
import { avroContracts } from './avro-contracts.js';

const fingerprints: Readonly<Record<string, string>> = schemaFingerprints;

/** How the programs of this release are spoken with peers of another. A program without a fingerprint has one release only. */
export function ownContracts(programs: readonly Program[]): Contracts {
  return avroContracts(
    programs.flatMap((program) => {
      const fingerprint = Object.hasOwn(fingerprints, program.name) ? fingerprints[program.name] : undefined;
      return fingerprint === undefined ? [] : [{ program, fingerprint }];
    }),
  );
}
