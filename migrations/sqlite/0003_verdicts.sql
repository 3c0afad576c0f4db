-- What a verdict is made of: how targets are asked, when they count as down, and what was seen.

-- How an http or https target is asked, as JSON (docs/api.md has its fields); '': the defaults.
ALTER TABLE trackers ADD COLUMN http        TEXT    NOT NULL DEFAULT '';
ALTER TABLE trackers ADD COLUMN retry_ms    INTEGER NOT NULL DEFAULT 5000; -- from a failure to the next attempt, 1000 to 300000
ALTER TABLE trackers ADD COLUMN successes   INTEGER NOT NULL DEFAULT 1;    -- good checks in a row that make it up again, 1 to 10
ALTER TABLE trackers ADD COLUMN slow_ms     INTEGER;                       -- an answer that takes as long is degraded; NULL: none is
ALTER TABLE trackers ADD COLUMN upside_down INTEGER NOT NULL DEFAULT 0;    -- 1: up when the target fails, down when it answers

-- Where the time of a check went: which phases there were, and how long each took (docs/format.md). NULL: nothing is known.
-- From now on `fault_id` also says what a degraded check (outcome 1) missed.
ALTER TABLE checks ADD COLUMN phases BLOB;

-- Phases in full, of failures and of the slowest check of each minute, in the order of sealing; the payload is described in
-- docs/format.md. Every checksum here is the CRC-32 of the row's other columns but `id`, in their order.
CREATE TABLE phases (
    id         INTEGER PRIMARY KEY,
    tracker_id INTEGER NOT NULL,
    first_due  INTEGER NOT NULL,
    last_due   INTEGER NOT NULL,
    checksum   INTEGER NOT NULL,
    payload    BLOB    NOT NULL
) STRICT;
CREATE INDEX phases_by_time ON phases (tracker_id, last_due, first_due);

-- How long each phase of the good checks of an hour (counted since 1970, UTC) took: five histograms.
CREATE TABLE phase_hours (
    tracker_id INTEGER NOT NULL,
    hour       INTEGER NOT NULL,
    checksum   INTEGER NOT NULL,
    histograms BLOB    NOT NULL,
    PRIMARY KEY (tracker_id, hour)
) STRICT, WITHOUT ROWID;

-- What was seen when trackers went down: at most the 100 newest of each.
CREATE TABLE evidence (
    id           INTEGER PRIMARY KEY,
    tracker_id   INTEGER NOT NULL,
    at           INTEGER NOT NULL, -- due time of the check that confirmed the failure
    failure      TEXT    NOT NULL, -- what that check saw, as JSON
    last_good    TEXT,             -- what the last good check saw, as JSON
    last_good_at INTEGER           -- when that was due
) STRICT;
CREATE INDEX evidence_by_time ON evidence (tracker_id, at);
