-- The tables of the checkpoint file, shared by the Python and the Node runtime; checkpoints.md explains them.
-- Run in one transaction on a new file, after: PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL.
-- Each version is one migration step that ends by setting user_version: a new file takes all of them, one of an older
-- version those that it lacks.

-- Version 1

-- One row for each thread. `num` stands for the thread in the other tables and is never used again.
CREATE TABLE threads (
  num      INTEGER PRIMARY KEY AUTOINCREMENT,
  id       TEXT    NOT NULL UNIQUE,
  language TEXT    NOT NULL,              -- 'python' or 'javascript'; only that runtime writes to the thread
  graph    TEXT,                          -- name of the graph that made it
  name     TEXT,                          -- a name given by the user
  status   TEXT,                          -- 'running', 'stopped', 'failed'
  created  INTEGER NOT NULL,              -- milliseconds since 1970, UTC
  updated  INTEGER NOT NULL,
  epoch    INTEGER NOT NULL DEFAULT 0     -- goes up by one when blobs of the thread are removed
);

-- One row for each checkpoint.
CREATE TABLE checkpoints (
  thread   INTEGER NOT NULL,              -- threads.num
  ns       TEXT    NOT NULL,              -- checkpoint namespace, '' for the root graph
  id       TEXT    NOT NULL,              -- checkpoint id; the greatest one is the latest
  parent   TEXT,                          -- id of the parent checkpoint
  step     INTEGER,                       -- metadata.step, metadata.source, metadata.run_id, for queries
  source   TEXT,
  run      TEXT,
  created  INTEGER NOT NULL,              -- milliseconds since 1970, UTC
  metadata TEXT    NOT NULL,              -- JSON
  envelope BLOB    NOT NULL,              -- one entry: the checkpoint without channel_values
  channels BLOB    NOT NULL,              -- map data: channel name -> value
  PRIMARY KEY (thread, ns, id)
) WITHOUT ROWID;

-- One row for each pending write. It may be there before its checkpoint is.
CREATE TABLE writes (
  thread     INTEGER NOT NULL,
  ns         TEXT    NOT NULL,
  checkpoint TEXT    NOT NULL,            -- checkpoints.id
  task       TEXT    NOT NULL,
  idx        INTEGER NOT NULL,            -- ERROR -1, SCHEDULED -2, INTERRUPT -3, RESUME -4, others from 0
  path       TEXT    NOT NULL,            -- task path
  channel    TEXT    NOT NULL,
  value      BLOB    NOT NULL,            -- one entry
  PRIMARY KEY (thread, ns, checkpoint, task, idx)
) WITHOUT ROWID;

-- Serialised values, found by their content within one thread. A rowid table: rows are appended.
CREATE TABLE blobs (
  thread INTEGER NOT NULL,
  hash   BLOB    NOT NULL,                -- first 16 bytes of SHA-256(type || 0x00 || data)
  type   TEXT    NOT NULL,                -- the serialiser's type tag, or '@list', '@map', '@live'
  data   BLOB    NOT NULL
);
CREATE UNIQUE INDEX blobs_hash ON blobs (thread, hash);

-- What a checkpoint was before it was edited in place, oldest first.
CREATE TABLE edits (
  num      INTEGER PRIMARY KEY,
  thread   INTEGER NOT NULL,
  ns       TEXT    NOT NULL,
  id       TEXT    NOT NULL,              -- checkpoints.id
  edited   INTEGER NOT NULL,              -- when it was replaced, milliseconds since 1970, UTC
  metadata TEXT    NOT NULL,
  envelope BLOB    NOT NULL,
  channels BLOB    NOT NULL
);
CREATE INDEX edits_checkpoint ON edits (thread, ns, id);

PRAGMA application_id = 1279738946;       -- 'LGDB' in ASCII, 0x4C474442
PRAGMA user_version = 1;

-- Version 2

ALTER TABLE threads ADD COLUMN note TEXT;           -- given by the user
ALTER TABLE threads ADD COLUMN deleted INTEGER;     -- when, milliseconds since 1970, UTC; id is then 'deleted:<num>:<id>'

ALTER TABLE checkpoints ADD COLUMN timing TEXT;     -- JSON: how the superstep went that made it, see checkpoints.md

-- What the user calls a checkpoint, and notes on it. No row where neither is given.
CREATE TABLE annotations (
  thread     INTEGER NOT NULL,
  ns         TEXT    NOT NULL,
  checkpoint TEXT    NOT NULL,            -- checkpoints.id
  name       TEXT,
  note       TEXT,
  PRIMARY KEY (thread, ns, checkpoint)
) WITHOUT ROWID;

PRAGMA user_version = 2;

-- Version 3

ALTER TABLE threads ADD COLUMN runner TEXT;         -- '<process id>@<host>' of the process whose run it is, while running

PRAGMA user_version = 3;
