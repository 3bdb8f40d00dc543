// Places in source files. Lines and columns start at 1, paths are absolute and native to the machine.

/** A stretch of a file, both ends included. */
export interface SourceRange {
  readonly path: string;
  readonly line: number;
  readonly endLine: number;
}

/** One place in a file. */
export interface SourceLine {
  readonly path: string;
  readonly line: number;
  readonly column?: number;
}
