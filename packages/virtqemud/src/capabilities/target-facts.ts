import type { Cpuid } from '@modvirt/core/cpu';
import type { Host } from '@modvirt/core/hypervisor';
import type { Logger, Processes } from '@modvirt/core/ports';
import type { KvmProbe } from './kvm-probe.js';
import type { Target } from './target.js';
import type { FirmwareReport, TargetHost } from './target-host.js';

export interface TargetFactsParts {
  readonly host: Host;
  readonly log: Logger;
  readonly kvm: KvmProbe;
  readonly cpuid: Cpuid;
  readonly runTool: Processes['runTool'];
  /** What firmware there is for a kind of guest. */
  firmware(target: Target): Promise<FirmwareReport>;
}

const TOOL_MS = 3000;

/** What of this host matters to guests of a kind. Found out when it is first asked for. */
export class TargetFacts {
  readonly #parts: TargetFactsParts;
  #tpmVersions: Promise<readonly string[] | undefined> | undefined;

  constructor(parts: TargetFactsParts) {
    this.#parts = parts;
  }

  async hostFor(target: Target): Promise<TargetHost> {
    const { host, kvm } = this.#parts;
    const { kernel } = host.reader;
    this.#tpmVersions ??= this.#askTpm();
    const isKvm = target.accelerator === 'kvm';
    const [cpus, physicalAddressBits, groups, vfio, tpmVersions, firmware, kvmMaxVcpus] = await Promise.all([
      host.cpus.x86(),
      host.physicalAddressBits(),
      kernel.names('/sys/kernel/iommu_groups'),
      kernel.exists('/dev/vfio/vfio'),
      this.#tpmVersions,
      this.#parts.firmware(target),
      isKvm ? kvm.maxVcpus() : undefined,
    ]);
    return {
      cpus,
      physicalAddressBits,
      firmware,
      hasVfio: groups.length > 0 && vfio,
      tpmVersions,
      sevGuests: this.#sevGuests(),
      kvmMaxVcpus,
    };
  }

  /** AMD's processors say how many keys there are, and from which on they are for guests with plain state. */
  #sevGuests(): TargetHost['sevGuests'] {
    const [highest = 0] = this.#parts.cpuid(0x80000000, 0) ?? [];
    const registers = highest < SEV_LEAF ? undefined : this.#parts.cpuid(SEV_LEAF, 0);
    if (registers === undefined) return undefined;
    const [, , keys, firstPlain] = registers;
    return { plain: Math.max(0, keys - firstPlain + 1), encryptedState: Math.max(0, firstPlain - 1) };
  }

  async #askTpm(): Promise<readonly string[] | undefined> {
    try {
      const { stdout } = await this.#parts.runTool(['swtpm_setup', '--print-capabilities'], {
        timeoutMs: TOOL_MS,
      });
      const said = new TextDecoder().decode(stdout);
      return ['1.2', '2.0'].filter((version) => said.includes(`"tpm-${version}"`));
    } catch (error) {
      this.#parts.log.debug('there is no TPM emulator', { error });
      return undefined;
    }
  }
}

const SEV_LEAF = 0x8000001f;
