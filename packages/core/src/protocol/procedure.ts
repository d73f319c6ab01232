import type { Fields, ValuesOf } from '../wire/types.js';

// The declaration of one procedure ("row"). XDR and msgpack codecs, Avro schema, client method, handler type,
// ACL check, routing and the reference page are derived from it.

/** What an ACL speaks of; libvirt's words. */
export type AclObject =
  | 'connect'
  | 'domain'
  | 'interface'
  | 'network'
  | 'network_port'
  | 'node_device'
  | 'nwfilter'
  | 'nwfilter_binding'
  | 'secret'
  | 'storage_pool'
  | 'storage_vol';

/** True when one of these flag bits is set or, negated, when none is. */
export interface FlagCondition {
  readonly anyOf: number;
  readonly negated: boolean;
  /** Where the bits stand when it is not the argument `flags`. */
  readonly argument?: string;
}

export interface AclRule {
  readonly object: AclObject;
  readonly permission: string;
  /** The rule counts only then. */
  readonly whenFlags?: FlagCondition;
}

/** Which daemon's part a procedure is: `proxy` answers what is about the client's connection itself. */
export type Owner =
  | 'proxy'
  | 'hypervisor'
  | 'network'
  | 'storage'
  | 'nodedev'
  | 'secret'
  | 'nwfilter'
  | 'interface';

/** May it be called on a read-only connection? Or only without these bits, or another value, in the named argument. */
export type ReadOnlyRule =
  | boolean
  | { readonly deniedFlags: number; readonly argument: string }
  | { readonly deniedValue: number; readonly argument: string };

export interface Procedure<A extends Fields = Fields, R extends Fields = Fields> {
  readonly number: number;
  /** libvirt's version that brought it. */
  readonly since: string;
  /** High: never waits for a guest, so it is served while others hang. */
  readonly priority: 'high' | 'low';
  readonly args: A;
  readonly returns: R;
  readonly acl: readonly AclRule[];
  /** Results (or an event) are shown only for objects on which the caller has these. */
  readonly aclFilter?: readonly AclRule[];
  /** The public C function: named in errors. Absent for what no public function calls. */
  readonly api?: string;
  readonly readOnly: ReadOnlyRule;
  /** May be sent again when the daemon went away before it answered. */
  readonly repeatable: boolean;
  /** Data packets follow the reply: from the daemon (`read`), to it (`write`), or both ways. */
  readonly stream?: 'read' | 'write' | 'both';
  /** This bit of the flags asks for holes in the stream. */
  readonly sparseFlag?: number;
  /** Descriptors travel with the call, the reply, or both. */
  readonly descriptors?: 'in' | 'out' | 'both';
  readonly owner: Owner;
  readonly doc: string;
}

/** A message that the daemon sends by itself. */
export interface EventMessage<F extends Fields = Fields> {
  readonly number: number;
  readonly since: string;
  readonly message: F;
  readonly aclFilter?: readonly AclRule[];
  readonly doc: string;
}

type ProcedureDeclaration<A extends Fields, R extends Fields> = Omit<
  Procedure<A, R>,
  'readOnly' | 'repeatable' | 'owner'
> & { readonly readOnly?: ReadOnlyRule; readonly repeatable?: boolean; readonly owner?: Owner };

/**
 * Declares a procedure. Unless it says otherwise, it belongs to the hypervisor's daemon, is refused on read-only
 * connections, and must not be sent twice.
 */
export function procedure<const A extends Fields, const R extends Fields>(
  row: ProcedureDeclaration<A, R>,
): Procedure<A, R> {
  return { readOnly: false, repeatable: false, owner: 'hypervisor', ...row };
}

export function eventMessage<const F extends Fields>(row: EventMessage<F>): EventMessage<F> {
  return row;
}

export type Procedures = { readonly [name: string]: Procedure };
export type EventMessages = { readonly [name: string]: EventMessage };

export interface Program<P extends Procedures = Procedures, E extends EventMessages = EventMessages> {
  readonly name: string;
  readonly number: number;
  readonly version: number;
  readonly procedures: P;
  readonly events: E;
}

export type ArgsOf<P> = P extends Procedure<infer A, Fields> ? ValuesOf<A> : never;
export type ReturnsOf<P> = P extends Procedure<Fields, infer R> ? ValuesOf<R> : never;
export type MessageOf<E> = E extends EventMessage<infer F> ? ValuesOf<F> : never;
