// Flags on which a permission or the use of a read-only connection depends.

import {
  domainModificationImpact,
  domainRebootFlag,
  domainSaveImageXMLFlags,
  domainShutdownFlag,
  domainVcpuFlags,
  domainXMLFlags,
} from './constants/domain.js';
import { domainCheckpointCreateFlags, domainCheckpointXMLFlags } from './constants/domain-checkpoint.js';
import { domainInterfaceAddressesSource } from './constants/domain-events.js';
import { domainSnapshotCreateFlags, domainSnapshotXMLFlags } from './constants/domain-snapshot.js';
import { networkUpdateFlags } from './constants/network.js';
import { nodeDeviceUpdateFlags } from './constants/nodedev.js';
import type { FlagCondition } from './procedure.js';

const has = (anyOf: number): FlagCondition => ({ anyOf, negated: false });
const hasNot = (anyOf: number): FlagCondition => ({ anyOf, negated: true });

/** The definition is named as what is to change. */
export const namesConfig = has(domainModificationImpact.config);
/** Neither the running domain nor its definition is named: if it does not run, the definition changes. */
export const namesNeither = hasNot(domainModificationImpact.config | domainModificationImpact.live);
export const networkNamesConfig = has(networkUpdateFlags.config);
export const networkNamesNeither = hasNot(networkUpdateFlags.config | networkUpdateFlags.live);
export const nodeDeviceNamesConfig = has(nodeDeviceUpdateFlags.config);
export const nodeDeviceNamesNeither = hasNot(nodeDeviceUpdateFlags.config | nodeDeviceUpdateFlags.live);

export const asksSecrets = has(domainXMLFlags.secure);
export const asksMigratable = has(domainXMLFlags.migratable);
export const asksSaveImageSecrets = has(domainSaveImageXMLFlags.secure);
export const asksSnapshotSecrets = has(domainSnapshotXMLFlags.secure);
export const asksCheckpointSecrets = has(domainCheckpointXMLFlags.secure);

export const snapshotQuiesces = has(domainSnapshotCreateFlags.quiesce);
export const checkpointQuiesces = has(domainCheckpointCreateFlags.quiesce);
export const rebootsByAgent = has(domainRebootFlag.guestAgent);
export const shutsDownByAgent = has(domainShutdownFlag.guestAgent);
export const asksGuestVcpus = has(domainVcpuFlags.guest);

/** The source of addresses stands in an argument of its own. */
export const asksGuestAddresses: FlagCondition = {
  ...has(domainInterfaceAddressesSource.agent),
  argument: 'source',
};
