import { VirError } from '@modvirt/core/errors';
import { type ChardevBackend, chardevProps } from '../command/chardev-backend.js';
import type { CommandSink, PropertyOverride } from '../command/command-line.js';
import type { DescriptorUse } from '../command/descriptor-numbers.js';
import type { Props } from '../command/json.js';
import type { PlannedDescriptor, PlannedDirectory, PlannedFile } from '../launch-plan.js';

export interface MonitorCommand {
  readonly command: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** One step of plugging something in, and how it is taken back. */
export interface PlugStep {
  readonly run: MonitorCommand;
  readonly undo: MonitorCommand | undefined;
  /** `device`: what the guest sees; its end is the guest's doing. */
  readonly kind: 'device' | 'backend';
  /** A character device whose terminal only QEMU knows. */
  readonly terminal?: string | undefined;
}

/** What has to be opened here and handed to QEMU under this name before the steps are taken. */
export interface PassedDescriptor {
  readonly name: string;
  readonly planned: PlannedDescriptor;
}

export interface PlugPlan {
  readonly steps: readonly PlugStep[];
  readonly descriptors: readonly PassedDescriptor[];
  readonly files: readonly PlannedFile[];
  readonly directories: readonly PlannedDirectory[];
  /** Paths that the guest opens itself. */
  readonly resources: readonly { readonly path: string; readonly readOnly: boolean }[];
}

/** What takes back a command of a monitor, by the command line's option that does the same. */
const UNDO: { readonly [option: string]: ((props: Props) => MonitorCommand) | undefined } = {
  blockdev: (props) => ({ command: 'blockdev-del', args: { 'node-name': props['node-name'] } }),
  netdev: ({ id }) => ({ command: 'netdev_del', args: { id } }),
  object: ({ id }) => ({ command: 'object-del', args: { id } }),
};
const COMMANDS: { readonly [option: string]: string } = {
  blockdev: 'blockdev-add',
  netdev: 'netdev_add',
  object: 'object-add',
};

/** Turns what would stand on the command line into commands for a QEMU that runs. */
export class StepRecorder implements CommandSink {
  readonly #steps: PlugStep[] = [];
  readonly #descriptors: PassedDescriptor[] = [];
  readonly #files: PlannedFile[] = [];
  readonly #directories: PlannedDirectory[] = [];
  readonly #resources: { path: string; readOnly: boolean }[] = [];
  readonly #terminals = new Set<string>();
  readonly #overrides: ReadonlyMap<string, readonly PropertyOverride[]>;
  #numbers = 0;

  constructor(overrides: ReadonlyMap<string, readonly PropertyOverride[]> = new Map()) {
    this.#overrides = overrides;
  }

  option(name: string, _value?: string): void {
    if (name === 'global' || name === 'watchdog-action') return;
    throw VirError.of('OPERATION_UNSUPPORTED', `'-${name}' cannot be said to a guest that runs`);
  }

  words(): void {
    throw VirError.of('OPERATION_UNSUPPORTED', 'arguments cannot be given to a guest that runs');
  }

  json(option: string, props: Props): void {
    const command = COMMANDS[option];
    if (command === undefined) {
      this.option(option);
      return;
    }
    const args = option === 'netdev' ? this.#withNames(props) : plain(props);
    this.#steps.push({ run: { command, args }, undo: UNDO[option]?.(props), kind: 'backend' });
  }

  device(props: Props): void {
    const changed: { [name: string]: unknown } = { ...this.#withNames(props) };
    for (const it of this.#overrides.get(String(props.id)) ?? []) {
      if ('removed' in it) delete changed[it.name];
      else changed[it.name] = it.value;
    }
    const undo = { command: 'device_del', args: { id: props.id } };
    this.#steps.push({ run: { command: 'device_add', args: changed }, undo, kind: 'device' });
  }

  chardev(id: string, backend: ChardevBackend, log?: string): void {
    const args = plain(chardevProps(id, this.#withPath(backend), log));
    const undo = { command: 'chardev-remove', args: { id } };
    const terminal = backend.type === 'pty' ? id : undefined;
    this.#steps.push({ run: { command: 'chardev-add', args }, undo, kind: 'backend', terminal });
  }

  object(props: Props): void {
    this.json('object', props);
  }

  descriptor(_use: DescriptorUse, describe: (number: number) => PlannedDescriptor): number {
    const number = this.#numbers++;
    this.#descriptors.push({ name: nameOf(number), planned: describe(number) });
    return number;
  }

  /** QEMU opens the file itself: it is not told of a set. */
  addFd(number: number): string {
    const at = this.#descriptors.findIndex((it) => it.name === nameOf(number));
    const [found] = at < 0 ? [] : this.#descriptors.splice(at, 1);
    const planned = found?.planned;
    return planned !== undefined && 'path' in planned ? planned.path : '';
  }

  newFdset(): number {
    throw VirError.of('OPERATION_UNSUPPORTED', 'sets of descriptors cannot be given to a guest that runs');
  }

  file(file: PlannedFile): void {
    this.#files.push(file);
  }

  directory(directory: PlannedDirectory): void {
    this.#directories.push(directory);
  }

  terminal(alias: string): void {
    this.#terminals.add(alias);
  }

  resource(path: string, readOnly = false): void {
    this.#resources.push({ path, readOnly });
  }

  environment(): void {
    throw VirError.of('OPERATION_UNSUPPORTED', 'the environment of a guest that runs cannot be changed');
  }

  get env(): { readonly [name: string]: string } {
    return {};
  }

  taint(): void {
    // A guest that runs is tainted by what was said at its start.
  }

  plan(): PlugPlan {
    return {
      steps: this.#steps,
      descriptors: this.#descriptors,
      files: this.#files,
      directories: this.#directories,
      resources: this.#resources,
    };
  }

  /** A server's socket is made by QEMU. */
  #withPath(backend: ChardevBackend): ChardevBackend {
    if (backend.type !== 'socket' || backend.address.type !== 'fd') return backend;
    const path = this.addFd(backend.address.fd);
    this.directory({ path: path.slice(0, path.lastIndexOf('/')), mode: 0o750, owner: 'guest' });
    return { ...backend, address: { type: 'unix', path } };
  }

  /** Descriptors are known to QEMU by the names under which it got them. */
  #withNames(props: Props): Readonly<Record<string, unknown>> {
    const named: { [key: string]: unknown } = {};
    for (const [key, value] of Object.entries(plain(props))) {
      const isDescriptor = ['fd', 'fds', 'vhostfd', 'vhostfds'].includes(key) && typeof value === 'string';
      named[key] = isDescriptor
        ? value
            .split(':')
            .map((it) => nameOf(Number(it)))
            .join(':')
        : value;
    }
    return named;
  }
}

const nameOf = (number: number): string => `plug-${number}`;

function plain(props: Props): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(props).filter(([, value]) => value !== undefined));
}
