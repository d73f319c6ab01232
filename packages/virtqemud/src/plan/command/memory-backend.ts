import { VirError } from '@modvirt/core/errors';
import type { Domain } from '@modvirt/core/schema';
import type { Assembly } from '../assembly.js';
import { shortName } from '../definition/names.js';
import type { Props } from './json.js';

export interface MemoryRequest {
  readonly id: string;
  readonly sizeKiB: bigint;
  /** The guest's NUMA cell that it belongs to. */
  readonly cell: number | undefined;
  /** RAM of the machine itself, under the name that old releases used in migration streams. */
  readonly isDefaultRam?: boolean;
  readonly access?: 'shared' | 'private' | undefined;
  readonly discard?: boolean | undefined;
  readonly pageSizeKiB?: bigint | undefined;
  readonly hostNodes?: readonly number[] | undefined;
  readonly path?: string | undefined;
  /** Name of the file when it is one of the daemon's own making; the id unless said otherwise. */
  readonly fileName?: string | undefined;
  readonly prealloc?: boolean | undefined;
  readonly reserve?: boolean | undefined;
  readonly pmem?: boolean | undefined;
  readonly readOnly?: boolean | undefined;
  readonly alignKiB?: bigint | undefined;
  readonly neverPrealloc?: boolean | undefined;
}

type Mode = 'strict' | 'preferred' | 'interleave' | 'restrictive';

const POLICIES: { readonly [mode in Mode]?: string } = {
  strict: 'bind',
  preferred: 'preferred',
  interleave: 'interleave',
};

/** Whether a cell's memory is more than so many bytes: shared, of huge pages, in files or on certain nodes. */
export function needsBackend(to: Assembly, cell: number): boolean {
  const request: MemoryRequest = { id: '', sizeKiB: 0n, cell };
  const { numatune, memoryBacking } = to.domain;
  const isBound =
    numatune?.memory !== undefined || numatune?.memnodes.some((it) => it.cellid === cell) === true;
  const source = memoryBacking?.source;
  if (isBound || source === 'file' || source === 'memfd') return true;
  return isShared(to.domain, request) !== undefined || placeOf(to, request).huge;
}

/** Adds the object that is a piece of the guest's memory. */
export function addMemoryBackend(to: Assembly, request: MemoryRequest): void {
  const binding = bindingOf(to, request);
  const props = backendProps(to, request, binding);
  if (typeof props['prealloc-context'] === 'string') {
    to.out.object({
      'qom-type': 'thread-context',
      id: props['prealloc-context'],
      'node-affinity': binding?.nodes,
    });
  }
  to.out.object(props);
}

interface Binding {
  readonly nodes: readonly number[];
  readonly policy: string;
}

/** The host's nodes that the memory is bound to. */
function bindingOf(to: Assembly, request: MemoryRequest): Binding | undefined {
  const tune = to.domain.numatune;
  const node = tune?.memnodes.find((it) => it.cellid === request.cell);
  const mode: Mode = node?.mode ?? tune?.memory?.mode ?? 'strict';
  const automatic = tune?.memory?.placement === 'auto' ? to.cx.host.automaticNodes : undefined;
  const nodes = request.hostNodes ?? node?.nodeset ?? tune?.memory?.nodeset ?? automatic;
  if (nodes === undefined) return undefined;
  for (const wanted of nodes) {
    if (!to.cx.host.numaNodes.includes(wanted)) {
      throw VirError.of('CONFIG_UNSUPPORTED', `NUMA node ${wanted} is unavailable`);
    }
  }
  if (mode === 'restrictive') return undefined;
  const policy = POLICIES[mode];
  return policy === undefined ? undefined : { nodes: [...nodes], policy };
}

function backendProps(to: Assembly, request: MemoryRequest, binding: Binding | undefined): Props {
  const { domain } = to;
  const shared = isShared(domain, request);
  const discard = request.discard ?? cellDiscard(domain, request.cell) ?? domain.memoryBacking?.discard;
  const place = placeOf(to, request);
  const prealloc = preallocates(domain, request, place.huge);
  const canonical = request.isDefaultRam === true && place.type !== 'memory-backend-ram' ? false : undefined;
  const spreads = prealloc && binding !== undefined && !isPinned(domain);
  const context = spreads && to.cx.caps.has('thread-context') ? `tc-${request.id}` : undefined;
  return {
    'qom-type': place.type,
    id: request.id,
    ...place.props,
    'discard-data': place.type === 'memory-backend-file' ? discard : undefined,
    share: shared,
    'x-use-canonical-path-for-ramblock-id': canonical,
    prealloc: prealloc ? true : undefined,
    'prealloc-threads': prealloc ? domain.memoryBacking?.allocation?.threads : undefined,
    reserve: request.reserve,
    size: request.sizeKiB * 1024n,
    align: request.alignKiB === undefined ? undefined : request.alignKiB * 1024n,
    pmem: request.pmem,
    readonly: request.readOnly,
    'host-nodes': binding?.nodes,
    policy: binding?.policy,
    'prealloc-context': context,
  };
}

/** Threads of an emulator that is pinned go nowhere else. */
function isPinned({ vcpu, cputune }: Domain): boolean {
  return vcpu.cpuset !== undefined || cputune?.emulatorpin !== undefined;
}

function cellOf(domain: Domain, cell: number | undefined) {
  return cell === undefined ? undefined : domain.cpu?.numa?.cells[cell];
}

function cellDiscard(domain: Domain, cell: number | undefined): boolean | undefined {
  return cellOf(domain, cell)?.discard;
}

function isShared(domain: Domain, request: MemoryRequest): boolean | undefined {
  const access = request.access ?? cellOf(domain, request.cell)?.memAccess ?? domain.memoryBacking?.access;
  return access === undefined ? undefined : access === 'shared';
}

interface Place {
  readonly type: string;
  readonly props: Props;
  readonly huge: boolean;
}

function placeOf(to: Assembly, request: MemoryRequest): Place {
  const { domain } = to;
  if (request.path !== undefined) {
    return { type: 'memory-backend-file', props: { 'mem-path': request.path }, huge: false };
  }
  const pageSize = request.pageSizeKiB ?? hugePageSize(domain, request.cell);
  const source = domain.memoryBacking?.source;
  if (source === 'memfd') {
    const huge = pageSize !== undefined;
    const hugeProps = huge
      ? { hugetlb: true, hugetlbsize: pageSize === 0n ? undefined : pageSize * 1024n }
      : {};
    return { type: 'memory-backend-memfd', props: hugeProps, huge };
  }
  if (pageSize !== undefined && pageSize !== to.cx.host.pageSizeKiB) {
    return { type: 'memory-backend-file', props: { 'mem-path': hugePagePath(to, pageSize) }, huge: true };
  }
  if (source === 'file' || isShared(domain, request) !== undefined) {
    const path = `${to.cx.config.memoryBackingDir}/${shortName(to)}/${request.fileName ?? request.id}`;
    return { type: 'memory-backend-file', props: { 'mem-path': path }, huge: false };
  }
  return { type: 'memory-backend-ram', props: {}, huge: false };
}

/** The page size for a cell in KiB; 0: whatever is the host's default huge page. */
function hugePageSize(domain: Domain, cell: number | undefined): bigint | undefined {
  const { hugepages } = domain.memoryBacking ?? {};
  if (hugepages === undefined) return undefined;
  if (hugepages.pages.length === 0) return 0n;
  const own = hugepages.pages.find((page) => cell !== undefined && page.nodeset?.includes(cell));
  return (own ?? hugepages.pages.find((page) => page.nodeset === undefined))?.sizeKiB;
}

function hugePagePath(to: Assembly, pageSizeKiB: bigint): string {
  const { hugePageMounts } = to.cx.config;
  const mount = hugePageMounts.find((it) => (pageSizeKiB === 0n ? it.isDefault : it.sizeKiB === pageSizeKiB));
  if (hugePageMounts.length === 0) {
    throw VirError.of(
      'INTERNAL_ERROR',
      'hugetlbfs filesystem is not mounted or disabled by administrator config',
    );
  }
  if (mount === undefined) {
    throw VirError.of('INTERNAL_ERROR', `Unable to find any usable hugetlbfs mount for ${pageSizeKiB} KiB`);
  }
  return `${mount.path}/libvirt/qemu/${shortName(to)}`;
}

function preallocates(domain: Domain, request: MemoryRequest, huge: boolean): boolean {
  if (request.neverPrealloc === true) return false;
  if (request.prealloc !== undefined) return request.prealloc;
  return huge || domain.memoryBacking?.allocation?.mode === 'immediate';
}
