import { type CpuMap, cpuMapFiles, readCpuMap } from '../../cpu/cpu-map.js';
import type { Files } from '../../ports/files.js';
import type { Logger } from '../../ports/logger.js';

/** Where libvirt's packages put their description of CPUs. */
export const CPU_MAP_DIRECTORY = '/usr/share/libvirt/cpu_map';

/** The CPUs that are known here. Read when it is first asked for, and kept: it is installed, not configured. */
export class CpuLibrary {
  readonly #files: Files;
  readonly #log: Logger;
  readonly #directory: string;
  #map: Promise<CpuMap | undefined> | undefined;

  constructor(files: Files, log: Logger, directory = CPU_MAP_DIRECTORY) {
    this.#files = files;
    this.#log = log;
    this.#directory = directory;
  }

  /** CPUs of x86; undefined where no description is installed. */
  x86(): Promise<CpuMap | undefined> {
    this.#map ??= this.#read();
    return this.#map;
  }

  /** Names of models of other architectures; empty where none is known. */
  async modelNames(arch: string): Promise<readonly string[]> {
    const texts = await this.#texts(arch);
    return texts.flatMap((text) =>
      [...text.matchAll(/^ {2}<model name=['"]([^'"]+)['"]/gm)].map((it) => it[1] ?? ''),
    );
  }

  async #read(): Promise<CpuMap | undefined> {
    try {
      return readCpuMap(await this.#texts('x86'));
    } catch (error) {
      this.#map = undefined;
      this.#log.warn('CPU models are unknown', { directory: this.#directory, error });
      return undefined;
    }
  }

  async #texts(arch: string): Promise<readonly string[]> {
    const names = cpuMapFiles(await this.#text('index.xml'), arch);
    return Promise.all(names.map((name) => this.#text(name)));
  }

  async #text(name: string): Promise<string> {
    return new TextDecoder().decode(await this.#files.read(`${this.#directory}/${name}`));
  }
}
