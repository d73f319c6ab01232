/** The port that a protocol has by itself. */
const DEFAULT_PORTS: { readonly [protocol: string]: number } = {
  http: 80,
  https: 443,
  ftp: 21,
  ftps: 990,
  tftp: 69,
  sheepdog: 7000,
  nbd: 10809,
  ssh: 22,
  iscsi: 3260,
  gluster: 24007,
  vxhs: 9999,
};

export function defaultPort(protocol: string): number | undefined {
  return DEFAULT_PORTS[protocol];
}
