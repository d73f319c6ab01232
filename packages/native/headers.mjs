// Where Node's headers are. Plain Node without dependencies: also asked before anything is installed.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The directory with node_api.h (and uv.h, unless the system has that): npm's choice, beside this node, Debian's, a locally built one. */
export function headerDirectory() {
  const prefixes = [process.env.npm_config_nodedir, dirname(dirname(process.execPath)), '/usr', '/usr/local'];
  for (const prefix of prefixes) {
    if (prefix === undefined) continue;
    const directory = join(prefix, 'include', 'node');
    const hasUv = existsSync(join(directory, 'uv.h')) || existsSync('/usr/include/uv.h');
    if (existsSync(join(directory, 'node_api.h')) && hasUv) return directory;
  }
  return undefined;
}
