const NEEDS_QUOTES = /[\r\t\n !"#$&'()*;<>?[\]^`{|}~]/;

function quote(argument: string): string {
  if (argument === '') return "''";
  return NEEDS_QUOTES.test(argument) ? `'${argument.replaceAll("'", "'\\''")}'` : argument;
}

/** Whether an argument stands on the line of the one before it. */
function staysOnLine(words: readonly string[], at: number): boolean {
  const isOption = (index: number) => words[index]?.startsWith('-') === true;
  if (isOption(at)) return false;
  if (!words.slice(0, at).some((word) => word.startsWith('-'))) return false;
  return isOption(at - 1) || words.slice(at + 1).some((word) => word.startsWith('-'));
}

/** A command as the expected files print it: an option and its value a line. */
export function formatArgs(
  env: readonly (readonly [name: string, value: string])[],
  program: string,
  argv: readonly string[],
): string {
  const head = env.map(([name, value]) => `${name}=${quote(value)} \\\n`).join('');
  const words = [program, ...argv];
  const body = words
    .map((word, at) => (at === 0 ? '' : staysOnLine(words, at) ? ' ' : ' \\\n') + quote(word))
    .join('');
  return `${head}${body}\n`;
}
