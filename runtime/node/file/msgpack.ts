// Reads MessagePack, as Python threads have it, into plain values, without making any object that it names.

/** A value of an application's own type, with its bytes as they are. */
export class Extension {
  readonly code: number;
  readonly data: Uint8Array;

  constructor(code: number, data: Uint8Array) {
    this.code = code;
    this.data = data;
  }
}

/** The first value in `data`. Throws an Error when it is not MessagePack. */
export function unpack(data: Uint8Array): unknown {
  return new Unpacker(data).value();
}

const decoder = new TextDecoder("utf-8", { fatal: true });

class Unpacker {
  readonly #data: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(data: Uint8Array) {
    this.#data = data;
    this.#view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  }

  value(): unknown {
    const tag = this.#count(1);
    if (tag < 0x80) return tag;
    if (tag < 0x90) return this.#map(tag & 0x0f);
    if (tag < 0xa0) return this.#array(tag & 0x0f);
    if (tag < 0xc0) return this.#text(tag & 0x1f);
    if (tag >= 0xe0) return tag - 0x100;
    return this.#tagged(tag);
  }

  #tagged(tag: number): unknown {
    switch (tag) {
      case 0xc0:
        return null;
      case 0xc2:
      case 0xc3:
        return tag === 0xc3;
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.#take(this.#count(1 << (tag - 0xc4)));
      case 0xc7:
      case 0xc8:
      case 0xc9:
        return this.#extension(this.#count(1 << (tag - 0xc7)));
      case 0xca:
        return this.#view.getFloat32(this.#skip(4));
      case 0xcb:
        return this.#view.getFloat64(this.#skip(8));
      case 0xcc:
      case 0xcd:
      case 0xce:
        return this.#count(1 << (tag - 0xcc));
      case 0xcf:
        return Number(this.#view.getBigUint64(this.#skip(8)));
      case 0xd0:
        return this.#view.getInt8(this.#skip(1));
      case 0xd1:
        return this.#view.getInt16(this.#skip(2));
      case 0xd2:
        return this.#view.getInt32(this.#skip(4));
      case 0xd3:
        return Number(this.#view.getBigInt64(this.#skip(8)));
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return this.#extension(1 << (tag - 0xd4));
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#text(this.#count(1 << (tag - 0xd9)));
      case 0xdc:
      case 0xdd:
        return this.#array(this.#count(2 << (tag - 0xdc)));
      case 0xde:
      case 0xdf:
        return this.#map(this.#count(2 << (tag - 0xde)));
      default:
        throw new RangeError(`no value of MessagePack begins with ${tag}`);
    }
  }

  /** An unsigned number of 1, 2 or 4 bytes. */
  #count(bytes: number): number {
    const at = this.#skip(bytes);
    if (bytes === 1) return this.#view.getUint8(at);
    return bytes === 2 ? this.#view.getUint16(at) : this.#view.getUint32(at);
  }

  #skip(bytes: number): number {
    const at = this.#at;
    this.#at += bytes;
    return at;
  }

  #take(bytes: number): Uint8Array {
    const at = this.#skip(bytes);
    if (this.#at > this.#data.length) throw new RangeError("MessagePack that is too short");
    return this.#data.subarray(at, this.#at);
  }

  #text(bytes: number): string {
    return decoder.decode(this.#take(bytes));
  }

  #extension(bytes: number): Extension {
    const code = this.#view.getInt8(this.#skip(1));
    return new Extension(code, this.#take(bytes));
  }

  #array(count: number): unknown[] {
    const items: unknown[] = [];
    for (let left = count; left > 0; left -= 1) items.push(this.value());
    return items;
  }

  #map(count: number): Map<unknown, unknown> {
    const map = new Map<unknown, unknown>();
    for (let left = count; left > 0; left -= 1) map.set(this.value(), this.value());
    return map;
  }
}
