import type { Assembly } from '../assembly.js';

/** The object that keeps the guest's memory from the host. */
export function addLaunchSecurity(to: Assembly, privateDir: string): void {
  const security = to.domain.launchSecurity;
  switch (security?.type) {
    case undefined:
      return;
    case 's390-pv':
      to.out.object({ 'qom-type': 's390-pv-guest', id: 'lsec0' });
      return;
    case 'sev':
      to.out.object({
        'qom-type': 'sev-guest',
        id: 'lsec0',
        cbitpos: security.cbitpos,
        'reduced-phys-bits': security.reducedPhysBits,
        policy: security.policy,
        'dh-cert-file': security.dhCert === undefined ? undefined : `${privateDir}/dh_cert.base64`,
        'session-file': security.session === undefined ? undefined : `${privateDir}/session.base64`,
        'kernel-hashes': security.kernelHashes,
      });
      return;
    case 'sev-snp':
      to.out.object({
        'qom-type': 'sev-snp-guest',
        id: 'lsec0',
        cbitpos: security.cbitpos,
        'reduced-phys-bits': security.reducedPhysBits,
        'kernel-hashes': security.kernelHashes,
        policy: security.policy,
        'guest-visible-workarounds': security.guestVisibleWorkarounds,
        'id-block': security.idBlock,
        'id-auth': security.idAuth,
        'host-data': security.hostData,
        'author-key-enabled': security.authorKey,
        'vcek-disabled': security.vcek === undefined ? undefined : !security.vcek,
      });
  }
}
