import type { QemuDriver } from '../driver.js';
import { takeFilesBack } from './guest-files.js';
import { shortName } from './runtime-files.js';

const PRIVATE_DIRECTORY = /^domain-(\d+-.*)$/s;

/**
 * Ends what is left of starts that a crash of ours cut off: such a guest has a private directory, made before its process, and no
 * status file, which is written when it has begun.
 *
 * @param statusNames names of all guests that have a status file, readable or not: theirs is theirs
 */
export async function cleanLeftovers(driver: QemuDriver, statusNames: readonly string[]): Promise<void> {
  const { files, paths, log } = driver.parts;
  const kept = new Set(
    [...driver.domains].filter((it) => it.isActive).map((it) => shortName(it.id, it.name)),
  );
  const unreadable = statusNames.filter((name) => driver.domains.findByName(name)?.isActive !== true);
  const isTheirs = (short: string): boolean =>
    kept.has(short) || unreadable.some((name) => short.replace(/^\d+-/, '') === shortName(0, name).slice(2));
  for (const { name, type } of await files.list(paths.lib)) {
    const short = PRIVATE_DIRECTORY.exec(name)?.[1];
    if (type !== 'directory' || short === undefined || isTheirs(short)) continue;
    log.warn('cleaning up after a start that was cut off', { directory: name });
    await endProcessesOf(driver, `${paths.lib}/${name}/`);
    await files.removeTree(`${paths.lib}/${name}`);
    await files.removeTree(`${paths.channels}/${short}`);
  }
  await removePidFiles(driver, statusNames);
}

/** QEMU has the directory on its command line: the master key and the monitor are in it. */
async function endProcessesOf(driver: QemuDriver, directory: string): Promise<void> {
  const { files, startPorts } = driver.parts;
  const pids = (await files.list('/proc')).map((it) => Number(it.name)).filter((pid) => pid > 0);
  for (const pid of pids) {
    const command = await commandLine(driver, pid);
    if (!command.includes(directory)) continue;
    const process = startPorts.processes.watch(pid);
    if (process?.kill('SIGKILL') === true) await process.exited;
  }
}

async function commandLine(driver: QemuDriver, pid: number): Promise<string> {
  try {
    return new TextDecoder().decode(await driver.parts.files.read(`/proc/${pid}/cmdline`));
  } catch (error) {
    driver.log.debug('a process ended while it was looked at', { pid, error });
    return '';
  }
}

async function removePidFiles(driver: QemuDriver, statusNames: readonly string[]): Promise<void> {
  const { files, paths, ownership } = driver.parts;
  const known = new Set([...statusNames, 'driver']);
  for (const { name } of await files.list(paths.state)) {
    const guest = name.endsWith('.pid') ? name.slice(0, -'.pid'.length) : undefined;
    if (guest === undefined || known.has(guest)) continue;
    const domain = driver.domains.findByName(guest);
    if (domain?.isActive === true) continue;
    if (domain?.persistent !== undefined) await takeFilesBack(ownership, domain.persistent);
    await files.remove(`${paths.state}/${name}`);
  }
}
