import type { Files } from '@modvirt/core/ports';

/** Makes the file that dnsmasq runs for each lease, since it runs a file and nothing else. @returns its path */
export async function leaseHelperIn(
  files: Files,
  path: string,
  { node, program }: { readonly node: string; readonly program: string },
): Promise<string> {
  await files.ensureDirectory(path.slice(0, path.lastIndexOf('/')), { mode: 0o755 });
  await files.replace(path, `#!${node}\nrequire(${JSON.stringify(program)});\n`, { mode: 0o755 });
  return path;
}
