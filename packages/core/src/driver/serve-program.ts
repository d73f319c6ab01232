import type { Procedures, Program } from '../protocol/procedure.js';
import type { AnyHandler, Handlers, ServedProgram } from './handlers.js';

type LoadedHandlers = { readonly [name: string]: AnyHandler | undefined };

/** Handlers that are loaded together, when one of them is first called. */
export interface HandlerGroup {
  readonly names: readonly string[];
  load(): Promise<LoadedHandlers>;
}

/**
 * Handlers for a group of rows, as `core/protocol` groups them.
 *
 * @param load typically a dynamic import: nothing of it is evaluated before the first call
 */
export function handlerGroup<G extends Procedures>(rows: G, load: () => Promise<Handlers<G>>): HandlerGroup {
  return {
    names: Object.keys(rows),
    load: async () => (await load()) as LoadedHandlers,
  };
}

interface GroupState {
  readonly group: HandlerGroup;
  loading: Promise<LoadedHandlers> | undefined;
  loaded: LoadedHandlers | undefined;
}

/** The part of `program` that `groups` implement; every other row answers "not supported". */
export function serveProgram(program: Program, groups: readonly HandlerGroup[]): ServedProgram {
  const byName = new Map<string, GroupState>();
  for (const group of groups) {
    const state: GroupState = { group, loading: undefined, loaded: undefined };
    for (const name of group.names) {
      if (!Object.hasOwn(program.procedures, name)) throw new Error(`${program.name} has no ${name}`);
      if (byName.has(name)) throw new Error(`${program.name}: ${name} is in two groups`);
      byName.set(name, state);
    }
  }
  return {
    program,
    handler(name) {
      const state = byName.get(name);
      if (state === undefined) return undefined;
      if (state.loaded !== undefined) return state.loaded[name];
      return loadGroup(state).then((handlers) => handlers[name]);
    },
  };
}

function loadGroup(state: GroupState): Promise<LoadedHandlers> {
  state.loading ??= state.group.load().then(
    (handlers) => {
      state.loaded = handlers;
      return handlers;
    },
    (error: unknown) => {
      // The next call tries again: a file may have been missing in the middle of an upgrade.
      state.loading = undefined;
      throw error;
    },
  );
  return state.loading;
}
