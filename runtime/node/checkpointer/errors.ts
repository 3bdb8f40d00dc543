// The one error of the checkpoint file: a code for programs, a sentence that says what to do for people.

export type CheckpointFileErrorCode =
  | "corrupt"
  | "diskFull"
  | "locked"
  | "newerVersion"
  | "nodeTooOld"
  | "notADatabase"
  | "otherLanguage"
  | "readOnly"
  | "unknown";

const ADVICE: Readonly<Record<CheckpointFileErrorCode, string>> = {
  corrupt: "is damaged. Move it away or restore a copy; a new one is made at the next start.",
  diskFull:
    "could not grow: the disk or a quota is full. Free some space and go on; nothing that was stored is lost.",
  locked: "is locked by another program. Close it, or choose another file with 'checkpoints'.",
  newerVersion:
    "was made by a newer version of this debugger. Update the debugger, or choose another file with 'checkpoints'.",
  nodeTooOld: "needs Node 22.13 or newer.",
  notADatabase:
    "is not a checkpoint file of this debugger and was left as it is. Choose another file with 'checkpoints'.",
  otherLanguage: "belongs to the other language.",
  readOnly:
    "cannot be written. Give yourself write access to the file and its folder, or choose another file with 'checkpoints'.",
  unknown: "could not be used.",
};

// Primary result codes of SQLite (sqlite.org/rescode.html).
const BY_RESULT_CODE: ReadonlyMap<number, CheckpointFileErrorCode> = new Map([
  [3, "readOnly"], // SQLITE_PERM
  [5, "locked"], // SQLITE_BUSY
  [6, "locked"], // SQLITE_LOCKED
  [8, "readOnly"], // SQLITE_READONLY
  [11, "corrupt"], // SQLITE_CORRUPT
  [13, "diskFull"], // SQLITE_FULL
  [14, "readOnly"], // SQLITE_CANTOPEN
  [26, "notADatabase"], // SQLITE_NOTADB
]);
const IOERR_WRITE_CODES: ReadonlySet<number> = new Set([778, 1034, 1290, 1546, 4874]); // write, fsync, dir fsync, truncate, shmsize

/** The checkpoint file cannot be used; `code` says why, the message says what to do. */
export class CheckpointFileError extends Error {
  override readonly name = "CheckpointFileError";
  readonly code: CheckpointFileErrorCode;
  readonly path: string;

  constructor(code: CheckpointFileErrorCode, path: string, detail = "", options?: ErrorOptions) {
    const text = `The checkpoint file ${path} ${ADVICE[code]}`;
    super(detail === "" ? text : `${text} (${detail})`, options);
    this.code = code;
    this.path = path;
  }
}

/** The checkpoint that was to be edited is not in the file. */
export class UnknownCheckpointError extends Error {
  override readonly name = "UnknownCheckpointError";
}

/** The thread was made by the other runtime, whose values this one cannot read. */
export function otherLanguage(path: string, threadId: string, language: string): CheckpointFileError {
  const error = new CheckpointFileError("otherLanguage", path);
  error.message = `The thread '${threadId}' in ${path} was made by a ${language === "python" ? "Python" : language} graph. Choose another thread id.`;
  return error;
}

/** This Node has no SQLite. */
export function nodeTooOld(path: string): CheckpointFileError {
  const error = new CheckpointFileError("nodeTooOld", path);
  error.message = `The checkpoint file needs Node 22.13 or newer, and this is Node ${process.version} (${process.execPath}). Choose another Node with 'node' in the launch configuration.`;
  return error;
}

/** Translates an error of `node:sqlite` or the file system; its own text stays as the detail. */
export function fromSystem(error: unknown, path: string): CheckpointFileError {
  if (error instanceof CheckpointFileError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new CheckpointFileError(codeOf(error), path, detail, { cause: error });
}

function codeOf(error: unknown): CheckpointFileErrorCode {
  const { errcode, code } = error as { errcode?: unknown; code?: unknown };
  if (typeof errcode === "number") {
    if (IOERR_WRITE_CODES.has(errcode)) return "diskFull";
    return BY_RESULT_CODE.get(errcode & 0xff) ?? "unknown";
  }
  if (code === "EACCES" || code === "EPERM" || code === "EROFS" || code === "ENOTDIR" || code === "EEXIST") {
    return "readOnly";
  }
  if (code === "ENOSPC" || code === "EDQUOT") return "diskFull";
  return "unknown";
}
