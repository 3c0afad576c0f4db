-- What keeps one cause from being told many times: trackers that depend on others, and maintenance. Times are milliseconds since 1970, UTC.

-- The tracker without which it cannot work; NULL for none. One that is gone counts as none.
ALTER TABLE trackers ADD COLUMN parent_id INTEGER;

-- Announced maintenance: either once, or again and again.
CREATE TABLE maintenances (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    about TEXT NOT NULL DEFAULT '{}',          -- JSON: trackers, groups, tags; all trackers when it names none
    from_at INTEGER,
    until_at INTEGER,
    cron TEXT,
    zone TEXT,
    lasting_ms INTEGER,
    CHECK ((cron IS NULL) = (zone IS NULL) AND (cron IS NULL) = (lasting_ms IS NULL)),
    CHECK ((cron IS NULL) = (from_at IS NOT NULL) AND (cron IS NULL) = (until_at IS NOT NULL))
) STRICT;
