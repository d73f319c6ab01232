import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { output, type TestStack } from './stack.js';

// The shell of the tiny guest on its first console, through python-libvirt.
const PROGRAM = `
import libvirt, re, signal, sys
libvirt.registerErrorHandler(lambda context, error: None, None)
uri, name, command, seconds = sys.argv[1:]
signal.alarm(int(seconds))
conn = libvirt.open(uri)
stream = conn.newStream()
conn.lookupByName(name).openConsole(None, stream, libvirt.VIR_DOMAIN_CONSOLE_FORCE)
def send(text):
    data = text.encode()
    while data:
        data = data[stream.send(data):]
send('\\n')
text = ''
while not re.search(r'[~/] # ', text):
    text += stream.recv(4096).decode(errors='replace')
send('clear; echo BEGIN-$((1)); ' + command + '; echo END-$?-\\n')
while not re.search(r'END-\\d+-', text):
    text += stream.recv(4096).decode(errors='replace')
said = re.search(r'BEGIN-1\\r?\\n(.*)END-(\\d+)-', text, re.S)
sys.stdout.write(said.group(1).replace('\\r', ''))
stream.abort()
sys.exit(int(said.group(2)))
`;

export interface GuestAnswer {
  readonly status: number;
  readonly text: string;
}

/** Runs a command in a guest that shows its shell, or will. */
export async function inGuest(
  stack: TestStack,
  domain: string,
  command: string,
  seconds = 90,
): Promise<GuestAnswer> {
  const program = join(stack.root, 'guest-shell.py');
  await writeFile(program, PROGRAM);
  const { status, stdout, stderr } = await output(
    '/usr/bin/python3',
    [program, stack.uri, domain, command, String(seconds)],
    (seconds + 5) * 1000,
  );
  if (stderr !== '') throw new Error(`${domain}: ${command}: ${stderr}`);
  return { status, text: stdout };
}
