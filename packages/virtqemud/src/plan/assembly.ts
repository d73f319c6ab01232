import type { Domain } from '@modvirt/core/schema';
import type { CommandSink } from './command/command-line.js';
import type { PlanContext } from './context.js';

/** What the parts of a command line share while it is put together. */
export interface Assembly {
  readonly domain: Domain;
  readonly cx: PlanContext;
  readonly out: CommandSink;
}
