// Takes the adapter's byte stream apart into messages, and puts messages together: `Content-Length` and JSON.

/** One message as it goes over the pipe. */
export function frame(message: object): Buffer {
  const body = Buffer.from(JSON.stringify(message), "utf8");
  return Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`, "ascii"), body]);
}

/** Gives the messages of a stream that arrives in pieces of any size. */
export class Unframing {
  #pieces: Buffer[] = [];
  #size = 0;
  /** Bytes that the message at hand needs; undefined while its header is not whole. */
  #wanted: number | undefined;

  /** The messages that are whole with this piece. Throws where the stream is not of this form. */
  take(piece: Buffer): unknown[] {
    this.#pieces.push(piece);
    this.#size += piece.length;
    const messages: unknown[] = [];
    for (;;) {
      this.#wanted ??= this.#header();
      // The pieces of a large message are put together once, when it is whole.
      if (this.#wanted === undefined || this.#size < this.#wanted) return messages;
      messages.push(JSON.parse(this.#cut(this.#wanted).toString("utf8")));
      this.#wanted = undefined;
    }
  }

  #header(): number | undefined {
    const all = this.#joined();
    const end = all.indexOf("\r\n\r\n");
    if (end < 0) return undefined;
    const length = /^content-length: *(\d+)\s*$/im.exec(all.toString("ascii", 0, end))?.[1];
    if (length === undefined) throw new Error("The adapter sent a message without its length.");
    this.#cut(end + 4);
    return Number(length);
  }

  #cut(length: number): Buffer {
    const all = this.#joined();
    this.#pieces = [all.subarray(length)];
    this.#size = all.length - length;
    return all.subarray(0, length);
  }

  #joined(): Buffer {
    if (this.#pieces.length !== 1) this.#pieces = [Buffer.concat(this.#pieces)];
    return this.#pieces[0] ?? Buffer.alloc(0);
  }
}
