/** What is measured, in the order in which it is printed. */
export const rows = [
  { name: 'calls-1', title: 'round trips on 1 connection', unit: '/s', better: 'more' },
  { name: 'calls-32', title: 'round trips on 32 connections', unit: '/s', better: 'more' },
  { name: 'asks-1', title: 'the same to the driver on 1', unit: '/s', better: 'more' },
  { name: 'asks-32', title: 'the same to the driver on 32', unit: '/s', better: 'more' },
  { name: 'open', title: 'connect, open, close', unit: '/s', better: 'more' },
  { name: 'define', title: 'define a domain', unit: '/s', better: 'more' },
  { name: 'list', title: 'list --all', unit: 'ms', better: 'less' },
  { name: 'dumpxml', title: 'dumpxml of each', unit: 'ms', better: 'less' },
  { name: 'undefine', title: 'undefine a domain', unit: '/s', better: 'more' },
  { name: 'start', title: 'start paused, above the bare QEMU', unit: 'ms', better: 'less' },
  { name: 'destroy', title: 'destroy', unit: 'ms', better: 'less' },
  { name: 'event', title: 'delay of an event', unit: 'ms', better: 'less' },
  { name: 'stats', title: 'domstats of running guests', unit: 'ms', better: 'less' },
  { name: 'cold-proxy', title: 'exec of virtproxyd to first answer', unit: 'ms', better: 'less' },
  { name: 'cold-qemud', title: 'exec of virtqemud to first answer', unit: 'ms', better: 'less' },
  { name: 'cold-many', title: 'the same with many definitions', unit: 'ms', better: 'less' },
  { name: 'cold-counted', title: 'the same until all are counted', unit: 'ms', better: 'less' },
  { name: 'memory-proxy', title: 'private memory of virtproxyd', unit: 'MB', better: 'less' },
  { name: 'memory-qemud', title: 'private memory of virtqemud', unit: 'MB', better: 'less' },
] as const satisfies readonly {
  name: string;
  title: string;
  unit: '/s' | 'ms' | 'MB';
  better: 'more' | 'less';
}[];

export type Row = (typeof rows)[number];
export type RowName = Row['name'];

/** How much of everything. */
export interface Sizes {
  readonly rounds: number;
  readonly callSeconds: number;
  readonly opens: number;
  readonly domains: number;
  readonly starts: number;
  readonly guests: number;
  readonly events: number;
  readonly definitions: number;
}

export const fullSizes: Sizes = {
  rounds: 5,
  callSeconds: 1,
  opens: 500,
  domains: 1000,
  starts: 3,
  guests: 10,
  events: 50,
  definitions: 5000,
};

export const quickSizes: Sizes = {
  rounds: 2,
  callSeconds: 0.4,
  opens: 100,
  domains: 200,
  starts: 1,
  guests: 3,
  events: 20,
  definitions: 1000,
};
