// Lines of text from one thread to another through shared memory: handing one over costs the writer a copy of it, where
// a message costs thirty times that. Nobody is woken; the reader looks.

const headerBytes = 8;
const size = 1 << 20;
/** Both count bytes for ever, modulo 2 ** 32. */
const writtenIndex = 0;
const readIndex = 1;

/** One thread writes, one reads. */
export class Ring {
  static readonly bytes = headerBytes + size;
  readonly #header: Int32Array;
  readonly #data: Buffer;

  /** The memory, of `Ring.bytes`, is shared; it is zero before the first use. */
  constructor(memory: SharedArrayBuffer) {
    this.#header = new Int32Array(memory, 0, 2);
    this.#data = Buffer.from(memory, headerBytes, size);
  }

  get isEmpty(): boolean {
    return Atomics.load(this.#header, writtenIndex) === Atomics.load(this.#header, readIndex);
  }

  /** Adds a line, in which there must be no line end. False, and nothing is added, when there is no room for it. */
  write(line: string): boolean {
    const written = Atomics.load(this.#header, writtenIndex);
    const free = size - ((written - Atomics.load(this.#header, readIndex)) >>> 0);
    // A character of a string is at most three bytes of UTF-8.
    const most = line.length * 3 + 1;
    if (most > free) return false;
    const at = (written >>> 0) % size;
    const text = `${line}\n`;
    let bytes: number;
    if (most <= size - at) bytes = this.#data.write(text, at, "utf8");
    else {
      const whole = Buffer.from(text, "utf8");
      const first = whole.subarray(0, size - at);
      this.#data.set(first, at);
      this.#data.set(whole.subarray(first.length), 0);
      bytes = whole.length;
    }
    Atomics.store(this.#header, writtenIndex, (written + bytes) | 0);
    return true;
  }

  /** Takes all lines that are there. */
  read(): string[] {
    const written = Atomics.load(this.#header, writtenIndex);
    const read = Atomics.load(this.#header, readIndex);
    const bytes = (written - read) >>> 0;
    if (bytes === 0) return [];
    const at = (read >>> 0) % size;
    const text = Buffer.concat([
      this.#data.subarray(at, Math.min(size, at + bytes)),
      this.#data.subarray(0, Math.max(0, at + bytes - size)),
    ]).toString("utf8");
    Atomics.store(this.#header, readIndex, written);
    return text.slice(0, -1).split("\n");
  }
}
