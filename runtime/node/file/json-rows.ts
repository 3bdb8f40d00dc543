// Reads an exported thread row by row: as a whole it may be longer than a string can be.

import { closeSync, openSync, readSync } from "node:fs";

const chunkBytes = 1 << 20;
/** A row is an array inside of so many others: of the file, its tables, a table, the rows. */
const rowDepth = 4;
/** All but the rows: the thread with its note, the names of tables and columns. */
const restLimit = 16 << 20;

const quote = 0x22;
const comma = 0x2c;
const backslash = 0x5c;
const isOpening = (byte: number): boolean => byte === 0x5b || byte === 0x7b;
const isClosing = (byte: number): boolean => byte === 0x5d || byte === 0x7d;

/** The file has far more beside its rows than an exported thread has. */
export class TooMuch extends Error {}

/**
 * Calls `onRow` with each row's JSON text and the name of its table; returns the text of the rest, whose `rows` are
 * empty. What is no JSON shows when these are parsed. Throws what the system throws, and TooMuch.
 */
export function readByRow(path: string, onRow: (table: string, row: Buffer) => void): Buffer {
  const file = openSync(path, "r");
  try {
    const scanner = new Scanner(onRow);
    for (;;) {
      const chunk = Buffer.allocUnsafe(chunkBytes);
      const length = readSync(file, chunk, 0, chunkBytes, null);
      if (length === 0) return scanner.rest();
      scanner.take(chunk.subarray(0, length));
    }
  } finally {
    closeSync(file);
  }
}

class Scanner {
  readonly #onRow: (table: string, row: Buffer) => void;
  #row: Buffer[] = [];
  #rest: Buffer[] = [];
  #restBytes = 0;
  #depth = 0;
  #isInText = false;
  #isEscaped = false;
  #isAfterRow = false;
  /** The next one in the chunk, or its end. */
  #backslashAt = -1;
  /** The last text among the tables: the name of the one that is read. */
  #table = "";

  constructor(onRow: (table: string, row: Buffer) => void) {
    this.#onRow = onRow;
  }

  rest(): Buffer {
    return Buffer.concat(this.#rest);
  }

  take(chunk: Buffer): void {
    this.#backslashAt = -1;
    let start = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      if (this.#isInText) {
        at = this.#readText(chunk, at) - 1;
        continue;
      }
      const byte = chunk[at] as number;
      if (this.#isAfterRow) {
        if (byte === comma || byte <= 0x20) {
          start = at + 1;
          continue;
        }
        this.#isAfterRow = false;
      }
      if (byte === quote) {
        this.#isInText = true;
        if (this.#depth === 2) this.#table = "";
      } else if (isOpening(byte)) {
        if (this.#depth === rowDepth) {
          this.#keep(chunk.subarray(start, at));
          start = at;
        }
        this.#depth += 1;
      } else if (isClosing(byte)) {
        this.#depth -= 1;
        if (this.#depth !== rowDepth) continue;
        this.#row.push(chunk.subarray(start, at + 1));
        start = at + 1;
        this.#onRow(this.#table, Buffer.concat(this.#row));
        this.#row = [];
        this.#isAfterRow = true;
      }
    }
    if (this.#depth > rowDepth) this.#row.push(chunk.subarray(start));
    else this.#keep(chunk.subarray(start));
  }

  /** Reads on in a text; returns where it ends, or the chunk. */
  #readText(chunk: Buffer, from: number): number {
    if (this.#isEscaped) {
      this.#isEscaped = false;
      return from + 1;
    }
    const next = (byte: number): number => {
      const found = chunk.indexOf(byte, from);
      return found === -1 ? chunk.length : found;
    };
    // Looked for once: where texts are long there is mostly none.
    if (this.#backslashAt < from) this.#backslashAt = next(backslash);
    const end = Math.min(next(quote), this.#backslashAt);
    if (this.#depth === 2 && this.#table.length < 100) this.#table += chunk.toString("latin1", from, end);
    if (end === chunk.length) return end;
    if (end === this.#backslashAt) this.#isEscaped = true;
    else this.#isInText = false;
    return end + 1;
  }

  #keep(part: Buffer): void {
    this.#restBytes += part.length;
    if (this.#restBytes > restLimit) throw new TooMuch();
    // A copy: the chunk has been read when the next table comes.
    this.#rest.push(Buffer.from(part));
  }
}
