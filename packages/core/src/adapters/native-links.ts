import type { Native } from '@modvirt/native';
import { VirError } from '../errors/vir-error.js';
import type { KernelFiles } from '../ports/kernel-files.js';
import type { LinkCommands, Links, Tap, TapRequest } from '../ports/links.js';
import type { Processes } from '../ports/processes.js';

const TOOL_MS = 20_000;
const TUN = '/dev/net/tun';
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

interface LinkRow {
  readonly ifindex?: number;
  readonly mtu?: number;
  readonly master?: string;
}

/** Tap devices by the kernel's own calls, everything else by iproute2. */
export class NativeLinks implements Links {
  readonly #native: Native;
  readonly #processes: Processes;
  readonly #kernel: KernelFiles;

  constructor(parts: {
    readonly native: Native;
    readonly processes: Processes;
    readonly kernel: KernelFiles;
  }) {
    this.#native = parts.native;
    this.#processes = parts.processes;
    this.#kernel = parts.kernel;
  }

  openTap(request: TapRequest): Tap {
    return this.#openQueues(TUN, request);
  }

  async openMacvtap(request: TapRequest): Promise<Tap> {
    const index = (await this.#row(request.name))?.ifindex;
    return this.#openQueues(`/dev/tap${index ?? ''}`, request);
  }

  openDevice(path: string): number {
    return this.#native.openDevice(path);
  }

  // Below /proc the kernel shows the caller's network namespace; /sys shows that of whoever mounted it.
  exists(name: string): Promise<boolean> {
    return this.#kernel.exists(`/proc/sys/net/ipv4/conf/${name}`);
  }

  async bridgeOf(name: string): Promise<string | undefined> {
    return (await this.#row(name))?.master;
  }

  async mtuOf(name: string): Promise<number | undefined> {
    return (await this.#row(name))?.mtu;
  }

  async change(commands: readonly LinkCommands[], signal?: AbortSignal): Promise<void> {
    for (const { tool, lines } of commands) {
      if (tool === 'tc') {
        // Told one by one, as it names none of a batch when it fails.
        for (const line of lines) await this.#run(['tc', ...line.split(' ')], '', signal);
      } else if (lines.length > 0) await this.#run([tool, '-batch', '-'], `${lines.join('\n')}\n`, signal);
    }
  }

  show(command: readonly [string, ...string[]], signal?: AbortSignal): Promise<string> {
    return this.#run(command, '', signal);
  }

  #openQueues(device: string, { name, queues, vnetHeader }: TapRequest): Tap {
    const descriptors: number[] = [];
    try {
      let known = name;
      for (let queue = 0; queue < queues; queue++) {
        const descriptor = this.#native.openDevice(device);
        descriptors.push(descriptor);
        known = this.#native.attachTap(descriptor, known, vnetHeader ? 1 : 0, queues > 1 ? 1 : 0);
      }
      return { name: known, descriptors };
    } catch (error) {
      for (const descriptor of descriptors) this.#native.closeDescriptor(descriptor);
      throw error;
    }
  }

  async #row(name: string): Promise<LinkRow | undefined> {
    if (!(await this.exists(name))) return undefined;
    const rows = JSON.parse(await this.show(['ip', '-json', 'link', 'show', 'dev', name])) as LinkRow[];
    return rows[0];
  }

  async #run(
    command: readonly [string, ...string[]],
    stdin: string,
    signal: AbortSignal | undefined,
  ): Promise<string> {
    const { status, stdout, stderr } = await this.#processes.runTool(command, {
      stdin,
      env: { PATH, LC_ALL: 'C' },
      timeoutMs: TOOL_MS,
      ...(signal === undefined ? {} : { signal }),
    });
    if (status.type === 'exited' && status.code === 0) return new TextDecoder().decode(stdout);
    const how = status.type === 'exited' ? `exit status ${status.code}` : 'fatal signal';
    const said = new TextDecoder().decode(stderr).trimEnd();
    throw VirError.of('INTERNAL_ERROR', `Child process (${command.join(' ')}) unexpected ${how}: ${said}`);
  }
}
