import type { AnyHandler } from '../driver/handlers.js';
import { notSupported, refuseReadOnly } from '../driver/refusals.js';
import { VirError } from '../errors/vir-error.js';
import type { ProcedureCodec } from './procedure-codec.js';
import type { FoundProcedure } from './procedure-table.js';
import type { ServerCall } from './server-call.js';
import type { ServerContext } from './server-context.js';
import { asVirError } from './server-context.js';

/** One call on its way to its handler. Exactly one of `reply` and `fail` is called, once. */
export interface Dispatch {
  readonly call: ServerCall;
  readonly found: FoundProcedure;
  /** As they came. */
  readonly args: unknown;
  readonly codec: ProcedureCodec;
  readonly context: ServerContext;
  /** Called before `fail` when no handler has seen the call. */
  refuse(): void;
  reply(carried: unknown): void;
  fail(error: VirError): void;
}

/** Decode, read-only rule, authorisation, handler, encode. Without a promise where no step needs one. */
export function dispatch(task: Dispatch): void {
  const { call, found, context } = task;
  try {
    const args = readArgs(task);
    if (call.session.readOnly) refuseReadOnly(found.name, found.row, args);
    const { name, row, served } = found;
    const program = served.program.number;
    const verdict = context.driver.authorise?.(call.session, { program, name, row, rules: row.acl }, args);
    if (verdict instanceof Promise) {
      verdict.then(() => findHandler(task, args)).catch((error: unknown) => refuse(task, error));
    } else {
      findHandler(task, args);
    }
  } catch (error) {
    refuse(task, error);
  }
}

function readArgs(task: Dispatch): unknown {
  try {
    return task.codec.readArgs(task.args);
  } catch (cause) {
    throw VirError.of('RPC', 'Unable to decode message payload', { domain: 'RPC', cause });
  }
}

function refuse(task: Dispatch, error: unknown): void {
  task.refuse();
  task.fail(asVirError(error, task.call.log));
}

function findHandler(task: Dispatch, args: unknown): void {
  const { served, name } = task.found;
  const handler = served.handler(name);
  if (handler instanceof Promise) {
    handler.then((loaded) => invoke(task, loaded, args)).catch((error: unknown) => refuse(task, error));
  } else {
    invoke(task, handler, args);
  }
}

function invoke(task: Dispatch, handler: AnyHandler | undefined, args: unknown): void {
  const { call, found } = task;
  if (handler === undefined) throw notSupported(found.name, found.row);
  if (call.endedEarly !== undefined) throw call.endedEarly;
  let result: unknown;
  try {
    result = handler(args as never, call);
  } catch (error) {
    fail(task, error);
    return;
  }
  if (result instanceof Promise) {
    result.then(
      (values: unknown) => succeed(task, values),
      (error: unknown) => fail(task, error),
    );
  } else {
    succeed(task, result);
  }
}

/** A handler's error is the driver's, unless it says otherwise. */
function fail(task: Dispatch, error: unknown): void {
  task.fail(asVirError(error, task.call.log).inDomain(task.context.driver.errorDomain ?? 'NONE'));
}

function succeed(task: Dispatch, values: unknown): void {
  let carried: unknown;
  try {
    carried = task.codec.writeReturns(values);
  } catch (error) {
    task.fail(asVirError(error, task.call.log));
    return;
  }
  task.reply(carried);
}
