// States of a domain and why it is in one: numbers as on the wire (virDomainState, virDomain*Reason), words as in
// libvirt's status files. A reason's number is its place in the list.

const REASONS = {
  nostate: ['unknown'],
  running: [
    'unknown',
    'booted',
    'migrated',
    'restored',
    'from snapshot',
    'unpaused',
    'migration canceled',
    'save canceled',
    'wakeup',
    'crashed',
    'post-copy',
    'post-copy failed',
  ],
  blocked: ['unknown'],
  paused: [
    'unknown',
    'user',
    'migration',
    'save',
    'dump',
    'ioerror',
    'watchdog',
    'from snapshot',
    'shutdown',
    'snapshot',
    'panicked',
    'starting up',
    'post-copy',
    'post-copy failed',
    'api error',
  ],
  shutdown: ['unknown', 'user'],
  shutoff: [
    'unknown',
    'shutdown',
    'destroyed',
    'crashed',
    'migrated',
    'saved',
    'failed',
    'from snapshot',
    'daemon',
  ],
  crashed: ['unknown', 'panicked'],
  pmsuspended: ['unknown'],
} as const;

export type DomainStateName = keyof typeof REASONS;

type StateOf<N extends DomainStateName> = {
  readonly state: N;
  readonly reason: (typeof REASONS)[N][number];
};

/** A state with one of its own reasons. */
export type DomainState = { [N in DomainStateName]: StateOf<N> }[DomainStateName];

/** In the order of virDomainState. */
export const domainStates = [
  'nostate',
  'running',
  'blocked',
  'paused',
  'shutdown',
  'shutoff',
  'crashed',
  'pmsuspended',
] as const satisfies readonly DomainStateName[];

/** The state's number (virDomainState). */
export function stateNumber(state: DomainStateName): number {
  return domainStates.indexOf(state);
}

/** The reason's number among the reasons of its state. */
export function reasonNumber(state: DomainState): number {
  return (REASONS[state.state] as readonly string[]).indexOf(state.reason);
}

/** The state that a status file names; undefined for words that are none. An unknown reason is `unknown`. */
export function parseDomainState(state: string, reason: string | undefined): DomainState | undefined {
  if (!Object.hasOwn(REASONS, state)) return undefined;
  const name = state as DomainStateName;
  const known = (REASONS[name] as readonly string[]).includes(reason ?? '') ? reason : 'unknown';
  return { state: name, reason: known } as DomainState;
}

/** Whether a domain in this state has a process behind it. */
export function isActiveState(state: DomainStateName): boolean {
  return state !== 'shutoff';
}
