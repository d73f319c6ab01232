import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { logFile, type ProgramName, programs, stackPaths } from './daemons.js';
import { lastLines } from './processes.js';
import { down, status, up } from './stack.js';

const HELP = `stack: a set of daemons on a root of its own

  npm run stack -- up --root DIR [--only virtqemud,virtproxyd] [--socket-activated] [--timeout SECONDS]
  npm run stack -- down --root DIR
  npm run stack -- status --root DIR [--json]
  npm run stack -- logs --root DIR

With --socket-activated a daemon starts when somebody connects, ends when nobody has needed it for a while (--timeout; 120 s
where absent), and starts again for the next. Guests go on when it goes down.
`;

function parse() {
  return parseArgs({
    allowPositionals: true,
    options: {
      root: { type: 'string' },
      only: { type: 'string' },
      json: { type: 'boolean', default: false },
      'socket-activated': { type: 'boolean', default: false },
      timeout: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
}

function chosen(only: string | undefined): readonly ProgramName[] {
  if (only === undefined) return programs;
  const names = only.split(',');
  const unknown = names.find((name) => !programs.includes(name as ProgramName));
  if (unknown !== undefined)
    throw new Error(`there is no daemon '${unknown}'; there are ${programs.join(', ')}`);
  return names as ProgramName[];
}

function seconds(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new Error('--timeout takes a number of seconds');
  return Number(text);
}

async function main(): Promise<void> {
  const { values, positionals } = parse();
  const [verb] = positionals;
  if (values.help || verb === undefined) {
    console.log(HELP);
    return;
  }
  if (values.root === undefined) throw new Error('--root DIR is missing');
  const root = resolve(values.root);
  switch (verb) {
    case 'up': {
      const only = chosen(values.only);
      const timeoutSeconds = seconds(values.timeout);
      await up(root, { only, timeoutSeconds, isSocketActivated: values['socket-activated'] });
      console.log(`virsh -c 'qemu:///system?socket=${root}/run/libvirt/libvirt-sock'`);
      return;
    }
    case 'down':
      await down(root, chosen(values.only));
      return;
    case 'status':
      await printStatus(root, values.json);
      return;
    case 'logs':
      for (const name of programs)
        console.log(`== ${name}\n${lastLines(logFile(stackPaths(root), name), 200)}`);
      return;
    default:
      throw new Error(`stack has no '${verb}'\n\n${HELP}`);
  }
}

async function printStatus(root: string, asJson: boolean): Promise<void> {
  const states = await status(root);
  if (asJson) {
    console.log(JSON.stringify(states, undefined, 2));
    return;
  }
  for (const { name, pid, state, rssKiB, version } of states) {
    console.log(
      [
        name.padEnd(12),
        state.padEnd(9),
        pid ?? '-',
        rssKiB === null ? '-' : `${Math.round(rssKiB / 1024)} MB`,
        version ?? '-',
      ].join('  '),
    );
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
