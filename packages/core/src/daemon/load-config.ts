import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasCode } from '../adapters/native-error.js';
import type { ConfigKeys } from '../config/config-key.js';
import { formatProblem, type ReadConfig, readConfig } from '../config/read-config.js';
import type { Logger } from '../ports/logger.js';

export interface ConfigPlaces {
  readonly directory: string;
  /** The first of these that exists. */
  readonly names: readonly string[];
  /** This file and no other; it must exist. */
  readonly chosen: string | undefined;
}

/** What is wrong with the configuration; the daemon does not start with it. */
export class ConfigError extends Error {
  constructor(problems: readonly string[]) {
    super(`configuration is wrong: ${problems.join('; ')}`);
    this.name = 'ConfigError';
  }
}

/** @throws ConfigError; the system's error when the file cannot be read */
export function loadConfig<K extends ConfigKeys>(places: ConfigPlaces, keys: K, log: Logger): ReadConfig<K> {
  const { file, text } = readFirst(places);
  const config = readConfig(text, file, keys);
  const errors: string[] = [];
  for (const problem of config.problems) {
    if (problem.severity === 'error') errors.push(formatProblem(problem));
    else log.warn('configuration', { problem: formatProblem(problem) });
  }
  if (errors.length > 0) throw new ConfigError(errors);
  return config;
}

function readFirst({ directory, names, chosen }: ConfigPlaces): { file: string; text: string } {
  if (chosen !== undefined) return { file: chosen, text: readFileSync(chosen, 'utf8') };
  for (const name of names) {
    const file = join(directory, name);
    try {
      return { file, text: readFileSync(file, 'utf8') };
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error;
    }
  }
  return { file: join(directory, names[0] ?? ''), text: '' };
}
