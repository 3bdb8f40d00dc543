// The last things that somebody looked at in the file, kept until the file changes.

/** A state may be large: a checkpoint is kept, and one that it is compared with or that came before it. */
const KEPT_MAX = 2;

export class Looked<Value> {
  readonly #kept = new Map<string, Value>();
  /** Of which state of the file. */
  #at = "";

  /** `changes`: another text after each change of the file. */
  find(changes: string, key: string, read: () => Value | undefined): Value | undefined {
    if (changes !== this.#at) this.#kept.clear();
    this.#at = changes;
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const found = read();
    if (found !== undefined) this.#kept.set(key, found);
    const [oldest] = this.#kept.size > KEPT_MAX ? this.#kept.keys() : [];
    if (oldest !== undefined) this.#kept.delete(oldest);
    return found;
  }
}
