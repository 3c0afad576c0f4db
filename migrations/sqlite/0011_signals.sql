-- What targets tell by themselves. Times are milliseconds since 1970, UTC.

CREATE TABLE signals (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    tracker_id INTEGER NOT NULL,
    at INTEGER NOT NULL,
    word TEXT NOT NULL,                        -- start, success, fail, log, or an exit code
    run TEXT,
    sender TEXT,                               -- the address from which it came
    body TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX signals_by_tracker ON signals (tracker_id, id);
