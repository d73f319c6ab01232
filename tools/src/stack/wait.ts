import { connect } from 'node:net';

/** AUTH_LIST as libvirt's clients begin: length, program, version, procedure 66, call, serial 0, ok. */
const AUTH_LIST = Buffer.from('0000001c200080860000000100000042000000000000000000000000', 'hex');

export async function pause(ms: number): Promise<void> {
  await new Promise((wake) => setTimeout(wake, ms));
}

/** Waits until `check` gives true. @throws Error with `what` when the time is over */
export async function waitFor(
  what: string,
  timeoutMs: number,
  check: () => boolean | Promise<boolean>,
): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await check())) {
    if (Date.now() > end) throw new Error(`${what}: not within ${timeoutMs / 1000} s`);
    await pause(20);
  }
}

/** Whether somebody takes connections there; on libvirt's socket also whether it answers. */
export function answers(path: string): Promise<boolean> {
  const speaksXdr = path.endsWith('/libvirt-sock') || path.endsWith('/libvirt-sock-ro');
  return new Promise((resolve) => {
    const socket = connect(path);
    const done = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(2000, () => done(false));
    socket.once('error', () => done(false));
    socket.once('data', () => done(true));
    socket.once('connect', () => {
      if (speaksXdr) socket.write(AUTH_LIST);
      else done(true);
    });
  });
}
