import type { Handlers } from '../../driver/handlers.js';
import type { ErrorName } from '../../errors/catalog.js';
import { VirError } from '../../errors/vir-error.js';
import { allBits } from '../../protocol/constants/all-bits.js';
import { domainCheckpointListFlags } from '../../protocol/constants/domain-checkpoint.js';
import { domainSnapshotListFlags } from '../../protocol/constants/domain-snapshot.js';
import type { domainCheckpoint } from '../../protocol/domain-checkpoint.js';
import type { domainSnapshot } from '../../protocol/domain-snapshot.js';
import { checkFlags } from '../check-flags.js';
import type { DomainIdentity } from '../domain-object.js';
import type { HypervisorDriver } from '../hypervisor-driver.js';

const SNAPSHOT_FLAGS = allBits(domainSnapshotListFlags);
const CHECKPOINT_FLAGS = allBits(domainCheckpointListFlags);

/** Snapshots of domains, for hypervisors that take none: clients that look for them are told that there are none. */
export function snapshotListHandlers<D extends DomainIdentity, R>(
  driver: HypervisorDriver<D, R>,
): Handlers<typeof domainSnapshot> {
  const { domains, errorDomain } = driver;
  const check = (api: string, flags: number, known: number): void =>
    checkFlags(api, flags, known, errorDomain);
  return {
    domainSnapshotNum({ dom, flags }) {
      check('virDomainSnapshotNum', flags, SNAPSHOT_FLAGS);
      domains.byRef(dom);
      return { num: 0 };
    },
    domainSnapshotListNames({ dom, flags }) {
      check('virDomainSnapshotListNames', flags, SNAPSHOT_FLAGS);
      domains.byRef(dom);
      return { names: [] };
    },
    domainListAllSnapshots({ dom, flags }) {
      check('virDomainListAllSnapshots', flags, SNAPSHOT_FLAGS);
      domains.byRef(dom);
      return { snapshots: [], ret: 0 };
    },
    domainHasCurrentSnapshot({ dom, flags }) {
      check('virDomainHasCurrentSnapshot', flags, 0);
      domains.byRef(dom);
      return { result: 0 };
    },
    domainSnapshotCurrent({ dom, flags }) {
      check('virDomainSnapshotCurrent', flags, 0);
      domains.byRef(dom);
      throw VirError.of('NO_DOMAIN_SNAPSHOT', 'the domain does not have a current snapshot');
    },
    domainSnapshotLookupByName({ dom, name, flags }) {
      check('virDomainSnapshotLookupByName', flags, 0);
      domains.byRef(dom);
      throw missing('NO_DOMAIN_SNAPSHOT', 'snapshot', name);
    },
  };
}

/** Checkpoints of domains, for hypervisors that make none. */
export function checkpointListHandlers<D extends DomainIdentity, R>(
  driver: HypervisorDriver<D, R>,
): Handlers<typeof domainCheckpoint> {
  const { domains, errorDomain } = driver;
  return {
    domainListAllCheckpoints({ dom, flags }) {
      checkFlags('virDomainListAllCheckpoints', flags, CHECKPOINT_FLAGS, errorDomain);
      domains.byRef(dom);
      return { checkpoints: [], ret: 0 };
    },
    domainCheckpointLookupByName({ dom, name, flags }) {
      checkFlags('virDomainCheckpointLookupByName', flags, 0, errorDomain);
      domains.byRef(dom);
      throw missing('NO_DOMAIN_CHECKPOINT', 'checkpoint', name);
    },
  };
}

function missing(error: ErrorName, what: string, name: string): VirError {
  return VirError.of(error, `no domain ${what} with matching name '${name}'`);
}
