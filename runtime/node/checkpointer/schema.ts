// The tables of the checkpoint file: runtime/schema/checkpoints.sql without its comments, which a test compares.

export const APPLICATION_ID = 0x4c474442;

const VERSION_1 = `
CREATE TABLE threads (
  num      INTEGER PRIMARY KEY AUTOINCREMENT,
  id       TEXT    NOT NULL UNIQUE,
  language TEXT    NOT NULL,
  graph    TEXT,
  name     TEXT,
  status   TEXT,
  created  INTEGER NOT NULL,
  updated  INTEGER NOT NULL,
  epoch    INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE checkpoints (
  thread   INTEGER NOT NULL,
  ns       TEXT    NOT NULL,
  id       TEXT    NOT NULL,
  parent   TEXT,
  step     INTEGER,
  source   TEXT,
  run      TEXT,
  created  INTEGER NOT NULL,
  metadata TEXT    NOT NULL,
  envelope BLOB    NOT NULL,
  channels BLOB    NOT NULL,
  PRIMARY KEY (thread, ns, id)
) WITHOUT ROWID;
CREATE TABLE writes (
  thread     INTEGER NOT NULL,
  ns         TEXT    NOT NULL,
  checkpoint TEXT    NOT NULL,
  task       TEXT    NOT NULL,
  idx        INTEGER NOT NULL,
  path       TEXT    NOT NULL,
  channel    TEXT    NOT NULL,
  value      BLOB    NOT NULL,
  PRIMARY KEY (thread, ns, checkpoint, task, idx)
) WITHOUT ROWID;
CREATE TABLE blobs (
  thread INTEGER NOT NULL,
  hash   BLOB    NOT NULL,
  type   TEXT    NOT NULL,
  data   BLOB    NOT NULL
);
CREATE UNIQUE INDEX blobs_hash ON blobs (thread, hash);
CREATE TABLE edits (
  num      INTEGER PRIMARY KEY,
  thread   INTEGER NOT NULL,
  ns       TEXT    NOT NULL,
  id       TEXT    NOT NULL,
  edited   INTEGER NOT NULL,
  metadata TEXT    NOT NULL,
  envelope BLOB    NOT NULL,
  channels BLOB    NOT NULL
);
CREATE INDEX edits_checkpoint ON edits (thread, ns, id);
PRAGMA application_id = ${APPLICATION_ID};
PRAGMA user_version = 1;
`;

const VERSION_2 = `
ALTER TABLE threads ADD COLUMN note TEXT;
ALTER TABLE threads ADD COLUMN deleted INTEGER;
ALTER TABLE checkpoints ADD COLUMN timing TEXT;
CREATE TABLE annotations (
  thread     INTEGER NOT NULL,
  ns         TEXT    NOT NULL,
  checkpoint TEXT    NOT NULL,
  name       TEXT,
  note       TEXT,
  PRIMARY KEY (thread, ns, checkpoint)
) WITHOUT ROWID;
PRAGMA user_version = 2;
`;

const VERSION_3 = `
ALTER TABLE threads ADD COLUMN runner TEXT;
PRAGMA user_version = 3;
`;

/** One step for each version: MIGRATIONS[n] brings a file of version n to n + 1 and sets user_version. */
export const MIGRATIONS: readonly string[] = [VERSION_1, VERSION_2, VERSION_3];
