import type { ArgsOf, Procedures, Program, ReturnsOf } from '../protocol/procedure.js';
import type { Call } from './call.js';

/** Answers one procedure. A plain value is sent at once; a promise when it settles. */
export type Handler<P> = (args: ArgsOf<P>, call: Call) => AnswerOf<P> | Promise<AnswerOf<P>>;

/** What a handler returns: nothing at all where the procedure returns nothing. */
// biome-ignore lint/suspicious/noConfusingVoidType: it is the return type of a function
export type AnswerOf<P> = keyof ReturnsOf<P> extends never ? void : ReturnsOf<P>;

/** Handlers for a group of rows. A row without one answers "not supported". */
export type Handlers<G extends Procedures> = { readonly [K in keyof G]?: Handler<G[K]> };

/** A program and the part of it that a daemon implements; groups of handlers are loaded when first called. */
export interface ServedProgram {
  readonly program: Program;
  /** Finds the handler of a procedure by the row's name; a promise while its group is being loaded. */
  handler(name: string): AnyHandler | undefined | Promise<AnyHandler | undefined>;
}

export type AnyHandler = (args: never, call: Call) => unknown;
