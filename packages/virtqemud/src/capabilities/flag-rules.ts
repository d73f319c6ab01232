import type { Accelerator } from '../plan/qemu-caps.js';
import type { ProbeFacts } from './probe-facts.js';

/** Decides one flag from what an emulator said. */
export type FlagRule = (facts: ProbeFacts) => boolean;

/** A QOM type exists. */
export const type =
  (name: string): FlagRule =>
  (facts) =>
    facts.types.has(name);
/** A command of the monitor exists. */
export const command =
  (name: string): FlagRule =>
  (facts) =>
    facts.schema.hasCommand(name);
/** A device or object has a property. */
export const property =
  (typeName: string, name: string): FlagRule =>
  (facts) =>
    facts.properties(typeName).has(name);
/** A property has this default. */
export const propertyDefault =
  (typeName: string, name: string, value: unknown): FlagRule =>
  (facts) =>
    facts.properties(typeName).get(name)?.defaultValue === value;
/** Something is reachable in the description of the monitor's commands: see `QapiSchema.has`. */
export const schema =
  (path: string): FlagRule =>
  (facts) =>
    facts.schema.has(path);
/** An option of the command line exists, or one of its parameters. */
export const option =
  (name: string, parameter?: string): FlagRule =>
  (facts) => {
    const parameters = facts.options.get(name);
    return parameters !== undefined && (parameter === undefined || parameters.has(parameter));
  };
/** A model or backend of TPMs exists, by the name that `query-tpm-models` and `query-tpm-types` give. */
export const tpm =
  (name: string): FlagRule =>
  (facts) =>
    facts.tpm.has(name);
export const migration =
  (capability: string): FlagRule =>
  (facts) =>
    facts.migrationCapabilities.has(capability);
export const accelerator =
  (name: Accelerator): FlagRule =>
  (facts) =>
    facts.accelerators.has(name);
/** On PCs, where libvirt looks for more than elsewhere. */
export const isPc: FlagRule = (facts) => facts.qemuArch === 'x86_64' || facts.qemuArch === 'i386';
/** The CPU type with all that the accelerator offers exists. */
export const maxCpu: FlagRule = (facts) => facts.types.has(`max-${facts.qemuArch}-cpu`);
export const maxCpuProperty =
  (name: string): FlagRule =>
  (facts) =>
    facts.properties(`max-${facts.qemuArch}-cpu`).has(name);
/** The emulator's version is at least this: `since(8, 0)`. */
export const since =
  (major: number, minor: number): FlagRule =>
  (facts) =>
    facts.version >= major * 1_000_000 + minor * 1000;
export const all =
  (...rules: readonly FlagRule[]): FlagRule =>
  (facts) =>
    rules.every((rule) => rule(facts));
