/** Every bit of a table of flags. */
export function allBits(flags: Readonly<Record<string, number>>): number {
  return Object.values(flags).reduce((mask, bit) => mask | bit, 0);
}
