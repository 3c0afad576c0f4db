-- Times are UTC in milliseconds since 1970, their names say when something is meant otherwise.
--
-- A shipped migration never changes, not even its comments: a database knows it by its checksum.

-- What is tracked. `INSERT INTO trackers(url) VALUES ('https://example.org')` is enough. A running server notices. What breaks
-- a rule of the product (a URL that is none, an interval of 0) is kept, shown with its problem, and not probed.
CREATE TABLE trackers (
    id          INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id > 0),
    url         TEXT    NOT NULL,
    name        TEXT    NOT NULL DEFAULT '',    -- '': the target's
    every_s     INTEGER          DEFAULT 30,    -- seconds between checks, 1 to 86400; ignored when there is a cron expression
    cron        TEXT,
    zone        TEXT,                           -- IANA time zone of the cron expression; NULL: UTC
    expect      TEXT    NOT NULL DEFAULT '200', -- statuses that count as up: 200-299,401
    deadline_ms INTEGER,                        -- longest probe, 1000 to 60000; NULL: 10000
    retries     INTEGER NOT NULL DEFAULT 2,     -- failures in a row that are tolerated, 0 to 10
    paused      INTEGER NOT NULL DEFAULT 0,
    -- Not unixepoch('subsec'): a hand with an sqlite3 older than 3.42 must be able to insert.
    added_at    INTEGER NOT NULL DEFAULT (CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)),
    removed_at  INTEGER                         -- removed, and gone for good ten minutes later; NULL: not removed
) STRICT;

-- Why checks were down. Each text is stored once and referred to.
CREATE TABLE faults (
    id     INTEGER PRIMARY KEY,
    kind   TEXT NOT NULL,
    detail TEXT NOT NULL,
    UNIQUE (kind, detail)
) STRICT;

-- Every check in the order of arrival. Only ever appended to, and taken away from its old end; no other index and no foreign
-- key, so that a batch dirties few pages. Rows of removed trackers may remain. No request scans it.
CREATE TABLE checks (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    tracker_id INTEGER NOT NULL,
    due        INTEGER NOT NULL,
    outcome    INTEGER NOT NULL,           -- 0 up, 1 degraded, 2 down, 3 unknown, 4 failed but still tolerated
    latency_us INTEGER,                    -- microseconds; NULL: nothing was asked
    late_ms    INTEGER NOT NULL DEFAULT 0, -- start after due
    attempt    INTEGER NOT NULL DEFAULT 0, -- 0 scheduled; retries count up
    location   INTEGER NOT NULL DEFAULT 0, -- 0 this machine
    fault_id   INTEGER,                    -- outcomes 2 and 4
    reason     TEXT                        -- outcome 3
) STRICT;

-- Changes of status.
CREATE TABLE transitions (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    tracker_id INTEGER NOT NULL,
    at         INTEGER NOT NULL, -- due time of the check that caused it
    kind       TEXT    NOT NULL, -- went_down, recovered
    down_since INTEGER NOT NULL, -- due time of the first failure
    fault_id   INTEGER           -- of went_down
) STRICT;

-- What is believed about each tracker after its last check.
CREATE TABLE statuses (
    tracker_id INTEGER PRIMARY KEY,
    state      TEXT NOT NULL, -- pending, up, retrying, down
    since      INTEGER,       -- all but pending
    failures   INTEGER,       -- of retrying
    up_since   INTEGER,       -- of retrying; NULL: never was up
    fault_id   INTEGER        -- of down
) STRICT;

-- The schema of the tutorial that this program grew from.
CREATE VIEW UptimeStatuses (ID, tracker_id, up) AS
SELECT id, tracker_id, outcome < 2 FROM checks WHERE outcome <> 3;
