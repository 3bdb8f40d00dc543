// The one event emitter and the one disposable of the project.

/** Something that must be released once. Releasing it again does nothing. */
export interface Disposable {
  dispose(): void;
}

/** Subscribes a listener; disposing the result removes it. */
export type Event<T> = (listener: (value: T) => void) => Disposable;

/** Calls its listeners in the order in which they came. A listener that throws stops the later ones. */
export class Emitter<T> implements Disposable {
  readonly #listeners = new Set<(value: T) => void>();

  readonly event: Event<T> = (listener) => {
    const own = (value: T): void => listener(value);
    this.#listeners.add(own);
    return { dispose: () => this.#listeners.delete(own) };
  };

  fire(value: T): void {
    for (const listener of [...this.#listeners]) listener(value);
  }

  dispose(): void {
    this.#listeners.clear();
  }
}
