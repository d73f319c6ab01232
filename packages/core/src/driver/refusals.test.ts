import { expect, test } from 'vitest';
import { errorDomainOf } from './refusals.js';

test.each([
  ['virDomainSuspend', 'DOMAIN'],
  ['virConnectListAllDomains', 'DOMAIN'],
  ['virConnectGetAllDomainStats', 'DOMAIN'],
  ['virDomainInterfaceStats', 'DOMAIN'],
  ['virDomainQemuMonitorCommand', 'NONE'],
  ['virDomainSnapshotCreateXML', 'DOMAIN_SNAPSHOT'],
  ['virDomainListAllSnapshots', 'DOMAIN_SNAPSHOT'],
  ['virDomainCheckpointCreateXML', 'DOMAIN_CHECKPOINT'],
  ['virNetworkCreate', 'NETWORK'],
  ['virConnectListAllNetworks', 'NETWORK'],
  ['virStorageVolDownload', 'STORAGE'],
  ['virConnectFindStoragePoolSources', 'STORAGE'],
  ['virNodeDeviceDettach', 'NODEDEV'],
  ['virNodeListDevices', 'NODEDEV'],
  ['virNodeGetInfo', 'NONE'],
  ['virConnectGetHostname', 'NONE'],
  ['virNWFilterDefineXML', 'NWFILTER'],
  ['virSecretGetValue', 'SECRET'],
  ['virInterfaceCreate', 'INTERFACE'],
])('%s raises its errors as %s', (api, domain) => {
  expect(errorDomainOf(api)).toBe(domain);
});
