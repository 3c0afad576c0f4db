-- History: sealed blocks, rollups, and what retention needs.

-- Checks and gaps that were sealed, in the order of sealing; only ever appended to, and taken away from the old end. The payload
-- is described in docs/format.md. Every checksum here is the CRC-32 of the row's other columns in their order.
CREATE TABLE blocks (
    id         INTEGER PRIMARY KEY,
    tracker_id INTEGER NOT NULL,
    number     INTEGER NOT NULL, -- of the first entry: a tracker's entries are counted from 0 in the order of recording
    entries    INTEGER NOT NULL,
    failed     INTEGER NOT NULL, -- entries that were down, tolerated ones included
    first_due  INTEGER NOT NULL,
    last_due   INTEGER NOT NULL,
    limit_ms   INTEGER NOT NULL, -- the longest that a result holds; 0: to the next
    location   INTEGER NOT NULL,
    checksum   INTEGER NOT NULL,
    payload    BLOB    NOT NULL
) STRICT;
CREATE UNIQUE INDEX blocks_by_number ON blocks (tracker_id, number);
CREATE INDEX blocks_by_time ON blocks (tracker_id, last_due, first_due, number);

-- The newest block of each tracker while it is short: rewritten as it grows, then moved to blocks.
CREATE TABLE open_blocks (
    tracker_id INTEGER PRIMARY KEY,
    number     INTEGER NOT NULL,
    entries    INTEGER NOT NULL,
    failed     INTEGER NOT NULL,
    first_due  INTEGER NOT NULL,
    last_due   INTEGER NOT NULL,
    limit_ms   INTEGER NOT NULL,
    location   INTEGER NOT NULL,
    checksum   INTEGER NOT NULL,
    payload    BLOB    NOT NULL
) STRICT;

-- How far each tracker is sealed.
CREATE TABLE sealed (
    tracker_id INTEGER PRIMARY KEY,
    last_check INTEGER NOT NULL, -- rows of checks up to this one are in blocks and rollups
    entries    INTEGER NOT NULL, -- entries sealed so far, deleted ones included
    -- The newest scheduled entry among them, whose time is not in the rollups yet; NULL: none.
    due        INTEGER,
    held       INTEGER,          -- 0 up, 1 degraded, 2 down, 3 unknown, 4 paused, 5 maintenance
    limit_ms   INTEGER,          -- the longest that it holds; NULL: to the next
    told_until INTEGER           -- the time before this is in the rollups
) STRICT;

-- What the sealed entries of an hour (counted since 1970, UTC) add up to.
CREATE TABLE hours (
    tracker_id     INTEGER NOT NULL,
    hour           INTEGER NOT NULL,
    up_ms          INTEGER NOT NULL,
    degraded_ms    INTEGER NOT NULL,
    down_ms        INTEGER NOT NULL,
    unknown_ms     INTEGER NOT NULL,
    paused_ms      INTEGER NOT NULL,
    maintenance_ms INTEGER NOT NULL,
    up             INTEGER NOT NULL, -- scheduled checks
    degraded       INTEGER NOT NULL,
    down           INTEGER NOT NULL,
    unknown        INTEGER NOT NULL,
    retries        INTEGER NOT NULL, -- checks beside the scheduled ones
    min_us         INTEGER,          -- of the good checks, retries included
    max_us         INTEGER,
    sum_us         INTEGER NOT NULL,
    latencies      BLOB    NOT NULL, -- their histogram, see docs/format.md
    checksum       INTEGER NOT NULL,
    PRIMARY KEY (tracker_id, hour)
) STRICT, WITHOUT ROWID;

-- The same by days.
CREATE TABLE days (
    tracker_id     INTEGER NOT NULL,
    day            INTEGER NOT NULL,
    up_ms          INTEGER NOT NULL,
    degraded_ms    INTEGER NOT NULL,
    down_ms        INTEGER NOT NULL,
    unknown_ms     INTEGER NOT NULL,
    paused_ms      INTEGER NOT NULL,
    maintenance_ms INTEGER NOT NULL,
    up             INTEGER NOT NULL,
    degraded       INTEGER NOT NULL,
    down           INTEGER NOT NULL,
    unknown        INTEGER NOT NULL,
    retries        INTEGER NOT NULL,
    min_us         INTEGER,
    max_us         INTEGER,
    sum_us         INTEGER NOT NULL,
    latencies      BLOB    NOT NULL,
    checksum       INTEGER NOT NULL,
    PRIMARY KEY (tracker_id, day)
) STRICT, WITHOUT ROWID;

-- The times of each day once more, as text with a checksum of its own: the strips of a thousand trackers are read in one statement.
CREATE TABLE glances (
    tracker_id INTEGER NOT NULL,
    day        INTEGER NOT NULL,
    glance     TEXT    NOT NULL,
    PRIMARY KEY (tracker_id, day)
) STRICT, WITHOUT ROWID;

-- Trackers that are gone for good, while their history is being deleted in small steps.
CREATE TABLE forgotten (
    tracker_id INTEGER PRIMARY KEY
) STRICT;

CREATE INDEX transitions_by_time ON transitions (tracker_id, at);

-- When a fault was last seen (by day, UTC ms), so that its detail can be forgotten. Several may come to have the same empty
-- detail, so it is no longer unique.
CREATE TABLE seen_faults (
    id      INTEGER PRIMARY KEY,
    kind    TEXT    NOT NULL,
    detail  TEXT    NOT NULL,
    seen_at INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO seen_faults (id, kind, detail, seen_at)
    SELECT id, kind, detail, CAST(unixepoch() AS INTEGER) * 1000 FROM faults;
DROP TABLE faults;
ALTER TABLE seen_faults RENAME TO faults;
CREATE INDEX faults_by_text ON faults (kind, detail);
