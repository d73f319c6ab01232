import type { Procedure } from '../protocol/procedure.js';
import type { FrameLink } from './frame-link.js';
import { type Frame, type FrameOf, PROTOCOL_NAME, PROTOCOL_VERSION } from './frames.js';
import { type ProcedureCodec, plainCodec } from './procedure-codec.js';
import { ProtocolError } from './protocol-error.js';

/** What both sides know of the programs they speak, and how they get along when they are not of one release. */
export interface Contracts {
  /** Fingerprint of the schemas of each program, by its number. */
  readonly fingerprints: ReadonlyMap<number, string>;
  /** The schemas of a program, as a peer's `resolve` takes them. */
  schemasOf(program: number): string;
  /** Codecs for a program whose schemas differ at the peer. */
  resolve(program: number, peerSchemas: string): Promise<(row: Procedure) => ProcedureCodec>;
}

export interface PeerGreeting {
  readonly daemon: string;
  readonly version: string;
  readonly epoch: string;
}

export interface HandshakeOptions {
  readonly greeting: PeerGreeting;
  readonly contracts: Contracts | undefined;
  /** Plain codecs made so far, shared by all links. */
  readonly plainCodecs: PlainCodecs;
}

/** Codecs for peers of our own release, made when first needed. */
export class PlainCodecs {
  readonly #byRow = new WeakMap<Procedure, ProcedureCodec>();

  of(row: Procedure): ProcedureCodec {
    const known = this.#byRow.get(row);
    if (known !== undefined) return known;
    const codec = plainCodec(row);
    this.#byRow.set(row, codec);
    return codec;
  }
}

/**
 * The first words on a link, the same on both sides: each says who it is and sends the schemas of the programs in which the
 * other differs. Nothing else goes out before the other's have come.
 */
export class Handshake {
  readonly #link: FrameLink;
  readonly #options: HandshakeOptions;
  readonly #awaited = new Set<number>();
  readonly #resolved = new Map<number, (row: Procedure) => ProcedureCodec>();
  readonly #onReady: (peer: PeerGreeting) => void;
  #peer: PeerGreeting | undefined;
  #isReady = false;

  constructor(
    link: FrameLink,
    options: HandshakeOptions,
    onReady: (peer: PeerGreeting) => void = () => undefined,
  ) {
    this.#link = link;
    this.#options = options;
    this.#onReady = onReady;
  }

  get peer(): PeerGreeting | undefined {
    return this.#peer;
  }

  start(): void {
    const { greeting, contracts } = this.#options;
    this.#link.send({
      type: 'hello',
      protocol: PROTOCOL_NAME,
      protocolVersion: PROTOCOL_VERSION,
      ...greeting,
      programs: [...(contracts?.fingerprints ?? [])],
    });
  }

  /**
   * @returns whether the frame was part of the handshake
   * @throws ProtocolError for any other frame before its end
   */
  receive(frame: Frame): boolean {
    if (this.#isReady && frame.type !== 'hello' && frame.type !== 'contract') return false;
    if (frame.type === 'hello' && this.#peer === undefined) this.#hello(frame);
    else if (frame.type === 'contract' && this.#awaited.delete(frame.program)) this.#contract(frame);
    else throw new ProtocolError(`${frame.type} frame during the handshake`);
    return true;
  }

  codecOf(program: number, row: Procedure): ProcedureCodec {
    return this.#resolved.get(program)?.(row) ?? this.#options.plainCodecs.of(row);
  }

  #hello(frame: FrameOf<'hello'>): void {
    if (frame.protocol !== PROTOCOL_NAME) throw new ProtocolError('peer speaks another protocol');
    if (frame.protocolVersion !== PROTOCOL_VERSION) {
      throw new ProtocolError(`peer speaks version ${frame.protocolVersion} of the protocol`);
    }
    const { daemon, version, epoch } = frame;
    this.#peer = { daemon, version, epoch };
    this.#link.trustPeer();
    const { contracts } = this.#options;
    for (const [program, fingerprint] of fingerprintsFrom(frame.programs)) {
      const ours = contracts?.fingerprints.get(program);
      if (contracts === undefined || ours === undefined || ours === fingerprint) continue;
      this.#awaited.add(program);
      this.#link.send({ type: 'contract', program, schemas: contracts.schemasOf(program) });
    }
    this.#becomeReady();
  }

  #contract(frame: FrameOf<'contract'>): void {
    const { contracts } = this.#options;
    if (contracts === undefined) throw new ProtocolError('contract that was not asked for');
    // What follows is kept back until the codecs are there.
    this.#awaited.add(frame.program);
    this.#link.hold();
    contracts.resolve(frame.program, frame.schemas).then(
      (codecs) => {
        this.#resolved.set(frame.program, codecs);
        this.#awaited.delete(frame.program);
        this.#becomeReady();
        this.#link.release();
      },
      (cause: unknown) => {
        this.#link.destroy(new ProtocolError('schemas of the peer do not fit ours', { cause }));
      },
    );
  }

  #becomeReady(): void {
    if (this.#awaited.size > 0 || this.#isReady || this.#peer === undefined) return;
    this.#isReady = true;
    this.#onReady(this.#peer);
  }
}

function fingerprintsFrom(value: unknown): readonly (readonly [number, string])[] {
  if (!Array.isArray(value)) throw new ProtocolError('hello without programs');
  return value.map((pair: unknown) => {
    const [program, fingerprint] = Array.isArray(pair) ? (pair as unknown[]) : [];
    if (typeof program !== 'number' || typeof fingerprint !== 'string')
      throw new ProtocolError('hello with wrong programs');
    return [program, fingerprint] as const;
  });
}
