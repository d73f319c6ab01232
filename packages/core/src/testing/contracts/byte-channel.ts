import { expect, test } from 'vitest';
import type { ByteChannel, ByteChannelHandlers } from '../../ports/byte-channel.js';

/** What the contract needs of the kind of channel it is run for. */
export interface ByteChannelSetting {
  /** Two ends of one channel. */
  pair(): Promise<[ByteChannel, ByteChannel]>;
  /** Where descriptors travel. */
  readonly descriptors?: {
    make(): number;
    /** What it stands for, the same for all descriptors of one open file. */
    fileOf(descriptor: number): string | undefined;
    isOpen(descriptor: number): boolean;
    close(descriptor: number): void;
  };
}

/** Notes everything that one end is told. */
export class ChannelWitness implements ByteChannelHandlers {
  readonly log: string[] = [];
  readonly descriptors: number[] = [];
  readonly #channel: ByteChannel;
  readonly #pieces: Uint8Array[] = [];
  readonly #waiting: { readonly holds: () => boolean; readonly resolve: () => void }[] = [];
  receivedBytes = 0;
  closedWith: { readonly error: Error | undefined } | undefined;

  constructor(channel: ByteChannel) {
    this.#channel = channel;
  }

  start(): this {
    this.#channel.setHandlers(this);
    return this;
  }

  get text(): string {
    return Buffer.concat(this.#pieces).toString('latin1');
  }

  onData(bytes: Uint8Array): void {
    this.#pieces.push(bytes);
    this.receivedBytes += bytes.length;
    this.#note('data');
  }

  onDescriptors(descriptors: readonly number[]): void {
    this.descriptors.push(...descriptors);
    this.#note('descriptors');
  }

  onDrain(): void {
    this.#note('drain');
  }

  onClose(error?: Error): void {
    this.closedWith = { error };
    this.#note('close');
  }

  /** Resolves as soon as `holds` says so, asked after everything that the channel tells. */
  until(holds: () => boolean): Promise<void> {
    if (holds()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ holds, resolve }));
  }

  #note(what: string): void {
    this.log.push(what);
    for (const waiter of this.#waiting) if (waiter.holds()) waiter.resolve();
  }
}

const MIB = 1024 * 1024;

/** What every ByteChannel promises. */
export function byteChannelContract(setting: ByteChannelSetting): void {
  deliveryContract(setting);
  closingContract(setting);
  if (setting.descriptors !== undefined) descriptorContract(setting, setting.descriptors);
}

function deliveryContract({ pair }: ByteChannelSetting): void {
  test('delivers what is written, in order, both ways', async () => {
    const [left, right] = await pair();
    const [a, b] = [new ChannelWitness(left).start(), new ChannelWitness(right).start()];
    for (const word of ['one ', 'two ', 'three']) left.write(Buffer.from(word));
    right.write(Buffer.from('back'));
    await Promise.all([b.until(() => b.text === 'one two three'), a.until(() => a.text === 'back')]);
    left.destroy();
    await b.until(() => b.closedWith !== undefined);
  });

  test('calls no handler from within setHandlers, write, end and destroy', async () => {
    const [left, right] = await pair();
    const b = new ChannelWitness(right);
    left.write(Buffer.from('x'));
    b.start();
    right.write(Buffer.from('y'));
    right.end();
    right.destroy();
    expect(b.log).toEqual([]);
    await b.until(() => b.closedWith !== undefined);
    left.destroy();
  });

  test('says when to wait, and when to go on, for a reader that is slow', async () => {
    const [left, right] = await pair();
    const [a, b] = [new ChannelWitness(left).start(), new ChannelWitness(right).start()];
    right.pause();
    let written = 0;
    const piece = Buffer.alloc(65536, 'p');
    while (written < 64 * MIB) {
      written += piece.length;
      if (!left.write(piece)) break;
    }
    expect(written).toBeLessThan(64 * MIB);
    expect(left.pendingBytes).toBeGreaterThan(0);
    right.resume();
    await a.until(() => a.log.includes('drain'));
    expect(left.pendingBytes).toBe(0);
    await b.until(() => b.receivedBytes === written);
    left.destroy();
    right.destroy();
  });

  test('carries 1 MiB whole to a reader that stops after each piece', async () => {
    const [left, right] = await pair();
    const sum = { bytes: 0, wrong: 0 };
    const whole = Buffer.from(Uint8Array.from({ length: MIB }, (_, index) => index % 251));
    const done = new Promise<void>((resolve) => {
      right.setHandlers({
        onData(bytes) {
          for (const byte of bytes) if (byte !== sum.bytes++ % 251) sum.wrong += 1;
          right.pause();
          setImmediate(() => right.resume());
        },
        onClose: () => resolve(),
      });
    });
    for (let at = 0; at < MIB; at += 10_007) left.write(whole.subarray(at, at + 10_007));
    left.end();
    await done;
    expect(sum).toEqual({ bytes: MIB, wrong: 0 });
  });
}

function closingContract({ pair }: ByteChannelSetting): void {
  test('writes what is queued before it ends', async () => {
    const [left, right] = await pair();
    const [a, b] = [new ChannelWitness(left).start(), new ChannelWitness(right).start()];
    left.write(Buffer.from('last words'));
    left.end();
    expect(left.isOpen).toBe(false);
    left.write(Buffer.from('too late'));
    await Promise.all([a.until(() => a.closedWith !== undefined), b.until(() => b.closedWith !== undefined)]);
    expect(b.text).toBe('last words');
    expect(a.closedWith).toEqual({ error: undefined });
    expect(b.closedWith).toEqual({ error: undefined });
  });

  test('tells once, and last, that it was destroyed, and why', async () => {
    const [left, right] = await pair();
    const [a, b] = [new ChannelWitness(left).start(), new ChannelWitness(right).start()];
    const reason = new Error('enough');
    left.destroy(reason);
    left.destroy(new Error('again'));
    await Promise.all([a.until(() => a.closedWith !== undefined), b.until(() => b.closedWith !== undefined)]);
    expect(a.closedWith?.error).toBe(reason);
    expect(a.log).toEqual(['close']);
    expect(left.isOpen || right.isOpen).toBe(false);
  });

  test('tells one who asks late that it is closed', async () => {
    const [left, right] = await pair();
    left.destroy();
    const a = new ChannelWitness(left).start();
    await a.until(() => a.closedWith !== undefined);
    right.destroy();
  });

  test('stays open after the end of its peer for one who wants that', async () => {
    const [left, right] = await pair();
    const seen: string[] = [];
    const closed = new Promise<void>((resolve) => {
      right.setHandlers({
        onData: (bytes) => seen.push(Buffer.from(bytes).toString()),
        onPeerEnd() {
          seen.push(`end, open: ${right.isOpen}`);
          right.end();
        },
        onClose: () => resolve(),
      });
    });
    left.write(Buffer.from('bye'));
    left.end();
    await closed;
    expect(seen).toEqual(['bye', 'end, open: true']);
  });
}

function descriptorContract(
  { pair }: ByteChannelSetting,
  files: NonNullable<ByteChannelSetting['descriptors']>,
): void {
  test('passes descriptors both ways, in order, and owns those it was given', async () => {
    const [left, right] = await pair();
    const [a, b] = [new ChannelWitness(left).start(), new ChannelWitness(right).start()];
    const sent = [files.make(), files.make(), files.make()];
    const names = sent.map((descriptor) => files.fileOf(descriptor));
    left.write(Buffer.from('header '));
    for (const descriptor of sent) left.write(Buffer.from('\0'), [descriptor]);
    right.write(Buffer.from('!'), [files.make(), files.make()]);
    await Promise.all([b.until(() => b.text === 'header \0\0\0'), a.until(() => a.text === '!')]);
    expect(b.descriptors.map((descriptor) => files.fileOf(descriptor))).toEqual(names);
    expect(a.descriptors).toHaveLength(2);
    for (const descriptor of [...a.descriptors, ...b.descriptors]) {
      expect(files.isOpen(descriptor)).toBe(true);
      files.close(descriptor);
    }
    left.destroy();
    right.destroy();
  });

  test('closes descriptors that can no longer be sent, and that nobody asked for', async () => {
    const [left, right] = await pair();
    const closed = new Promise<void>((resolve) => {
      right.setHandlers({ onData: () => left.end(), onClose: () => resolve() });
    });
    left.write(Buffer.from('x'), [files.make()]);
    await closed;
    const late = files.make();
    left.write(Buffer.from('x'), [late]);
    expect(files.isOpen(late)).toBe(false);
  });

  test('refuses descriptors without a byte', async () => {
    const [left, right] = await pair();
    const descriptor = files.make();
    expect(() => left.write(Buffer.alloc(0), [descriptor])).toThrow(TypeError);
    files.close(descriptor);
    left.destroy();
    right.destroy();
  });
}
