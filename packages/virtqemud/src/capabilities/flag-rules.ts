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
export const tpm =
  (name: string): FlagRule =>
  (facts) =>
    facts.tpm.has(name);
export const migration =
  (capability: string): FlagRule =>
  (facts) =>
    facts.migrationCapabilities.has(capability);
export const accelerator =
  (name: 'kvm' | 'tcg'): FlagRule =>
  (facts) =>
    facts.accelerators.has(name);
export const always: FlagRule = () => true;
