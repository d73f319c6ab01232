import type { Accelerator } from '../plan/qemu-caps.js';
import type { QapiSchema } from './qapi-schema.js';

export interface PropertyFact {
  readonly type: string;
  readonly defaultValue?: unknown;
}

/** What an emulator said about itself, in the form that rules ask. */
export interface ProbeFacts {
  readonly types: ReadonlySet<string>;
  readonly schema: QapiSchema;
  readonly options: ReadonlyMap<string, ReadonlySet<string>>;
  readonly tpm: ReadonlySet<string>;
  readonly migrationCapabilities: ReadonlySet<string>;
  readonly accelerators: ReadonlySet<Accelerator>;
  /** major × 1,000,000 + minor × 1,000 + micro */
  readonly version: number;
  /** As QEMU names it. */
  readonly qemuArch: string;
  /** Empty for a type that was not asked about or does not exist. */
  properties(typeName: string): ReadonlyMap<string, PropertyFact>;
}
