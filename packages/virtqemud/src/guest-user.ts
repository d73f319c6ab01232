import type { UserIds } from '@modvirt/core/ports';
import type { Native } from '@modvirt/native';

/** As Debian and others call the user that guests run as, the best first. */
const USERS = ['libvirt-qemu', 'qemu'];

/** Where no user was made for guests. */
const ROOT: UserIds = { uid: 0, gid: 0, groups: [0] };

/** Whom guests run as, and whose their files are, when we are root; undefined when we are not: then all is ours. */
export async function guestUser(
  native: Native,
  ownUid: number,
  { user: configured, group }: { readonly user: string | undefined; readonly group: string | undefined },
): Promise<UserIds | undefined> {
  if (ownUid !== 0) return undefined;
  const user = await findFirst(native, configured === undefined ? USERS : [configured]);
  if (user === undefined) {
    if (configured !== undefined) throw new Error(`qemu.conf: there is no user '${configured}'`);
    return ROOT;
  }
  const gid = group === undefined ? await ownGroup(native, user) : await groupId(native, group);
  return { uid: user.uid, gid, groups: [...new Set([gid, ...user.groups])] };
}

type FoundUser = UserIds & { readonly name: string };

async function findFirst(native: Native, names: readonly string[]): Promise<FoundUser | undefined> {
  for (const name of names) {
    const user = await native.findUser(numberIn(name) ?? name);
    if (user !== undefined) return user;
  }
  return undefined;
}

/** The group that is called like the user, as distributions make it beside the user's first one. */
async function ownGroup(native: Native, user: FoundUser): Promise<number> {
  return (await native.findGroup(user.name))?.gid ?? user.gid;
}

async function groupId(native: Native, group: string): Promise<number> {
  const found = await native.findGroup(numberIn(group) ?? group);
  const gid = found?.gid ?? numberIn(group);
  if (gid === undefined) throw new Error(`qemu.conf: there is no group '${group}'`);
  return gid;
}

/** `+64055`, and `64055` where nobody is called so. */
function numberIn(name: string): number | undefined {
  return /^\+\d+$/.test(name) ? Number(name.slice(1)) : undefined;
}
