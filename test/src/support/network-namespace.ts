import { randomBytes } from 'node:crypto';
import { type Output, output } from './stack.js';

/** A network of its own for one test: what happens in it, the host does not see. */
export class NetworkNamespace {
  readonly name: string;

  private constructor(name: string) {
    this.name = name;
  }

  static async make(): Promise<NetworkNamespace> {
    const namespace = new NetworkNamespace(`modvirt-${randomBytes(3).toString('hex')}`);
    await succeed('ip', ['netns', 'add', namespace.name]);
    await namespace.ok('ip', 'link', 'set', 'lo', 'up');
    return namespace;
  }

  /** What runs a command inside. */
  get wrapper(): readonly [string, ...string[]] {
    return ['ip', 'netns', 'exec', this.name];
  }

  run(program: string, ...argv: string[]): Promise<Output> {
    const [wrapper, ...rest] = this.wrapper;
    return output(wrapper, [...rest, program, ...argv]);
  }

  async ok(program: string, ...argv: string[]): Promise<string> {
    const { status, stdout, stderr } = await this.run(program, ...argv);
    if (status !== 0) throw new Error(`${program} ${argv.join(' ')}: ${stderr}`);
    return stdout;
  }

  async links(): Promise<readonly string[]> {
    const links = JSON.parse(await this.ok('ip', '-json', 'link')) as readonly { readonly ifname: string }[];
    return links.map((it) => it.ifname).sort();
  }

  /** Processes that live in it. */
  async processes(): Promise<readonly number[]> {
    const { stdout } = await output('ip', ['netns', 'pids', this.name]);
    return stdout.split('\n').filter(Boolean).map(Number);
  }

  async close(): Promise<void> {
    await succeed('ip', ['netns', 'del', this.name]);
  }
}

async function succeed(program: string, argv: readonly string[]): Promise<void> {
  const { status, stderr } = await output(program, argv);
  if (status !== 0) throw new Error(`${program} ${argv.join(' ')}: ${stderr}`);
}
