/** Place of the start time among the fields that follow the program's name in /proc/PID/stat. */
const START_TIME = 19;

/** When the process began, in clock ticks since boot, from the text of its /proc/PID/stat. */
export function startTimeOf(stat: string): bigint | undefined {
  // The name stands in brackets and may itself hold brackets and blanks.
  const field = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .at(START_TIME);
  return field !== undefined && /^\d+$/.test(field) ? BigInt(field) : undefined;
}
