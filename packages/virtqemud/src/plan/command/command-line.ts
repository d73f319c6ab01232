import type { LaunchPlan, PlannedDescriptor, PlannedDirectory, PlannedFile } from '../launch-plan.js';
import { type ChardevBackend, chardevOptions, chardevProps } from './chardev-backend.js';
import type { DescriptorNumbers, DescriptorUse } from './descriptor-numbers.js';
import { type Json, type Props, toJson } from './json.js';
import { type OptionPart, options } from './options.js';

type Collected = Pick<
  LaunchPlan,
  'argv' | 'descriptors' | 'files' | 'directories' | 'terminals' | 'resources' | 'taints'
>;

/** What the emulator understands on its command line. */
export interface CommandSyntax {
  readonly deviceJson: boolean;
  readonly chardevJson: boolean;
  /** What users want said otherwise of the devices with these aliases. */
  readonly overrides: ReadonlyMap<string, readonly PropertyOverride[]>;
}

export type PropertyOverride =
  | { readonly name: string; readonly value: string | bigint | boolean }
  | { readonly name: string; readonly removed: true };

function overridden(props: Props, overrides: readonly PropertyOverride[]): Props {
  const result: { [key: string]: Json | undefined } = { ...props };
  for (const it of overrides) result[it.name] = 'removed' in it ? undefined : it.value;
  return result;
}

function deviceOptions({ driver, ...rest }: Props): string {
  const parts = Object.entries(rest).map(([key, value]): OptionPart => {
    if (typeof value === 'object' && value !== null) return [key, toJson(value)];
    return [key, value ?? undefined];
  });
  return options(String(driver), ...parts);
}

/** What the parts of a plan say to QEMU: on its command line, or on its monitor once it runs. */
export type CommandSink = Omit<Pick<CommandLine, keyof CommandLine>, 'collected'>;

/** Collects a launch plan: arguments in their order and what has to be there before QEMU runs. */
export class CommandLine {
  readonly #numbers: DescriptorNumbers;
  readonly #syntax: CommandSyntax;
  readonly #argv: string[] = [];
  readonly #descriptors: PlannedDescriptor[] = [];
  readonly #files: PlannedFile[] = [];
  readonly #directories: PlannedDirectory[] = [];
  readonly #terminals: { alias: string }[] = [];
  readonly #resources: { path: string; readOnly: boolean }[] = [];
  readonly #taints: string[] = [];
  readonly #env: { [name: string]: string } = {};
  #fdsets = 0;

  constructor(numbers: DescriptorNumbers, syntax: CommandSyntax) {
    this.#numbers = numbers;
    this.#syntax = syntax;
  }

  /** `-name value`, or the bare option. */
  option(name: string, value?: string): void {
    this.#argv.push(`-${name}`);
    if (value !== undefined) this.#argv.push(value);
  }

  /** Words as they are (from `<qemu:commandline>`). */
  words(words: readonly string[]): void {
    this.#argv.push(...words);
  }

  /** `-device`, `-object`, `-netdev`, `-blockdev`, `-audiodev` and the like, which take JSON. */
  json(option: string, props: Props): void {
    this.option(option, toJson(props as Json));
  }

  /** `-device`: JSON, or the older list of options for emulators that do not read JSON there. */
  device(props: Props): void {
    const overrides = this.#syntax.overrides.get(String(props.id));
    if (overrides !== undefined) this.taint('custom-device');
    const wanted = overrides === undefined ? props : overridden(props, overrides);
    if (this.#syntax.deviceJson) this.json('device', wanted);
    else this.option('device', deviceOptions(wanted));
  }

  /** `-chardev`. @param log the file that keeps what passes */
  chardev(id: string, backend: ChardevBackend, log?: string): void {
    if (this.#syntax.chardevJson) this.json('chardev', chardevProps(id, backend, log));
    else this.option('chardev', chardevOptions(id, backend, log));
  }

  object(props: Props): void {
    this.json('object', props);
  }

  /** The number for a descriptor (the `index`th of its kind for one device) that `describe` turns into what has to be opened. */
  descriptor(use: DescriptorUse, describe: (number: number) => PlannedDescriptor, index = 0): number {
    const number = this.#numbers.next(use, index);
    this.#descriptors.push(describe(number));
    return number;
  }

  /** Hands a descriptor to QEMU by `-add-fd`; answers the path by which QEMU opens it. */
  addFd(number: number, opaque: string): string {
    const set = this.#fdsets++;
    this.option('add-fd', `set=${set},fd=${number},opaque=${opaque}`);
    return `/dev/fdset/${set}`;
  }

  /** The number of a new descriptor set; `-add-fd` for it is the caller's. */
  newFdset(): number {
    return this.#fdsets++;
  }

  file(file: PlannedFile): void {
    this.#files.push(file);
  }

  directory(directory: PlannedDirectory): void {
    this.#directories.push(directory);
  }

  terminal(alias: string): void {
    this.#terminals.push({ alias });
  }

  /** A path that the guest opens itself. */
  resource(path: string, readOnly = false): void {
    this.#resources.push({ path, readOnly });
  }

  /** A variable that QEMU or a library in it reads. */
  environment(name: string, value: string): void {
    this.#env[name] = value;
  }

  get env(): { readonly [name: string]: string } {
    return this.#env;
  }

  taint(name: string): void {
    if (!this.#taints.includes(name)) this.#taints.push(name);
  }

  collected(): Collected {
    return {
      argv: this.#argv,
      descriptors: this.#descriptors,
      files: this.#files,
      directories: this.#directories,
      terminals: this.#terminals,
      resources: this.#resources,
      taints: this.#taints,
    };
  }
}
