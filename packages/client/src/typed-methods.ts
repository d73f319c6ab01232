import type { ArgsOf, Procedures, Program, ReturnsOf } from '@modvirt/core/protocol';
import type { CallOptions, CallResult, RemoteSession } from '@modvirt/core/rpc';

type Arguments<P> = keyof ArgsOf<P> extends never
  ? [args?: ArgsOf<P>, options?: CallOptions]
  : [args: ArgsOf<P>, options?: CallOptions];

/** One method for each procedure: arguments by name, the result by name. */
export type Methods<P extends Procedures> = {
  readonly [K in keyof P]: (...given: Arguments<P[K]>) => Promise<ReturnsOf<P[K]>>;
};

/** A call's result with what came along: descriptors, a stream. */
export interface FullResult<R> extends CallResult {
  readonly values: R;
}

/** The same procedures with all that a call can bring: for those that open a stream or pass descriptors. */
export type FullMethods<P extends Procedures> = {
  readonly [K in keyof P]: (...given: Arguments<P[K]>) => Promise<FullResult<ReturnsOf<P[K]>>>;
};

/** Methods of `program` over `session`, each made when it is first used. */
export function methodsOf<P extends Procedures>(program: Program<P>, session: RemoteSession): Methods<P> {
  return makeMethods(program, (row, args, options) =>
    session.call(program.number, row, args, options).then((result) => result.values),
  ) as Methods<P>;
}

export function fullMethodsOf<P extends Procedures>(
  program: Program<P>,
  session: RemoteSession,
): FullMethods<P> {
  return makeMethods(program, (row, args, options) =>
    session.call(program.number, row, args, options),
  ) as FullMethods<P>;
}

type Invoke = (row: Procedures[string], args: unknown, options: CallOptions | undefined) => Promise<unknown>;

function makeMethods(program: Program, invoke: Invoke): unknown {
  const made: Record<string, unknown> = {};
  return new Proxy(made, {
    get(target, name) {
      if (typeof name !== 'string' || !Object.hasOwn(program.procedures, name)) return undefined;
      const row = program.procedures[name];
      if (row === undefined) return undefined;
      target[name] ??= (args: unknown = {}, options?: CallOptions) => invoke(row, args, options);
      return target[name];
    },
    has: (_target, name) => typeof name === 'string' && Object.hasOwn(program.procedures, name),
  });
}
