// What makes a guest one that nobody can vouch for, and how clients are told.
const TAINTS = {
  'custom-argv': 'custom configuration parameters specified',
  'custom-monitor': 'custom monitor control commands issued',
  'high-privileges': 'running with undesirable elevated privileges',
  'shell-scripts': 'network configuration using opaque shell scripts',
  'disk-probing': 'potentially insecure disk format probing',
  'external-launch': 'managing externally launched configuration',
  'host-cpu': 'potentially unsafe use of host CPU passthrough',
  'hook-script': 'configuration potentially modified by hook script',
  'cdrom-passthrough': 'use of host cdrom passthrough',
  'custom-dtb': 'custom device tree blob used',
  'custom-ga-command': 'custom guest agent control commands issued',
  'custom-hypervisor-feature': 'hypervisor feature autodetection override',
  'deprecated-config': 'use of deprecated configuration settings',
  'custom-device': 'custom device parameter override used',
} as const;

export type Taint = keyof typeof TAINTS;

/** The taint that a word in a plan or a status file names. */
export function taintNamed(word: string): Taint | undefined {
  return Object.hasOwn(TAINTS, word) ? (word as Taint) : undefined;
}

/** What clients are told of a guest's taints. */
export function taintMessages(taints: ReadonlySet<Taint>): string[] {
  const known = Object.keys(TAINTS) as Taint[];
  return known.filter((it) => taints.has(it)).map((it) => `tainted: ${TAINTS[it]}`);
}
