import { attr } from '../../xml/attribute.js';
import { children, element, type Infer } from '../../xml/element.js';
import { oneOf, yesNo } from '../../xml/scalars.js';

/** Events that a host can count for a guest. */
export const perfEvents = [
  'cmt',
  'mbmt',
  'mbml',
  'cpu_cycles',
  'instructions',
  'cache_references',
  'cache_misses',
  'branch_instructions',
  'branch_misses',
  'bus_cycles',
  'stalled_cycles_frontend',
  'stalled_cycles_backend',
  'ref_cpu_cycles',
  'cpu_clock',
  'task_clock',
  'page_faults',
  'context_switches',
  'cpu_migrations',
  'page_faults_min',
  'page_faults_maj',
  'alignment_faults',
  'emulation_faults',
] as const;

/** `<perf>`: events that the host counts for the guest. */
export const perf = element('perf', {
  events: children(element('event', { name: attr(oneOf(...perfEvents)), enabled: attr(yesNo) })),
});
export type Perf = Infer<typeof perf>;
