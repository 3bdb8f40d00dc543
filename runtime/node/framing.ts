// Messages with `Content-Length` headers, the framing of JSON-RPC over a stream.

const separator = Buffer.from("\r\n\r\n");

/** One message as bytes for the stream. */
export function frame(message: string): Buffer {
  const body = Buffer.from(message, "utf8");
  return Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`, "ascii"), body]);
}

/** Cuts a stream of bytes into messages. */
export class Unframer {
  readonly #onMessage: (message: string) => void;
  #chunks: Buffer[] = [];
  #length = 0;
  /** Bytes that must be there before looking again: a long message is joined once, not at each chunk. */
  #needed = 0;

  constructor(onMessage: (message: string) => void) {
    this.#onMessage = onMessage;
  }

  /** Throws when the bytes are no frames. */
  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    while (this.#length > 0 && this.#length >= this.#needed) {
      const bytes = this.#chunks.length === 1 ? (this.#chunks[0] ?? chunk) : Buffer.concat(this.#chunks);
      const end = bytes.indexOf(separator);
      this.#chunks = [bytes];
      if (end < 0) {
        if (bytes.length > 4096) throw new Error("A message's header is too long.");
        return;
      }
      const length = /^content-length: *(\d+)\r?$/im.exec(bytes.subarray(0, end).toString("ascii"))?.[1];
      if (length === undefined) throw new Error("A message has no Content-Length.");
      const start = end + separator.length;
      this.#needed = start + Number(length);
      if (bytes.length < this.#needed) return;
      const rest = bytes.subarray(this.#needed);
      const message = bytes.subarray(start, this.#needed).toString("utf8");
      this.#chunks = rest.length > 0 ? [rest] : [];
      this.#length = rest.length;
      this.#needed = 0;
      this.#onMessage(message);
    }
  }
}
