// Where parts of the product write what a developer of the product needs, never what a user must read.

/** The lines go wherever the process that owns the logger keeps them: stderr, a file, VS Code's output channel. */
export interface Logger {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** Drops everything. */
export const silentLogger: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
};
