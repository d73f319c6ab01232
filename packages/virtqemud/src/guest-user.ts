import type { UserIds } from '@modvirt/core/ports';
import type { Native } from '@modvirt/native';

/** As Debian and others call the user that guests run as, the best first. */
const USERS = ['libvirt-qemu', 'qemu'];

/** Whom guests run as when we are root; as ourselves otherwise, and where there is no such user. */
export async function guestUser(
  native: Native,
  ownUid: number,
  configured: string | undefined,
): Promise<UserIds | undefined> {
  if (ownUid !== 0) return undefined;
  const candidates = configured === undefined ? USERS : [configured.replace(/^\+/, '')];
  for (const name of candidates) {
    const user = await native.findUser(name);
    if (user !== undefined)
      return user.uid === 0 ? undefined : { uid: user.uid, gid: user.gid, groups: user.groups };
  }
  if (configured !== undefined) throw new Error(`qemu.conf: there is no user '${configured}'`);
  return undefined;
}
