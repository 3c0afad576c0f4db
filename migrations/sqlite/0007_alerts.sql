-- Incidents, who is told of them, and what became of that. All times are milliseconds since 1970, UTC.

-- A span of being down. Opened and closed by transitions, in their transaction, by the triggers below and by nothing else.
CREATE TABLE incidents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    tracker_id INTEGER NOT NULL,
    since INTEGER NOT NULL,                    -- the first failed check
    opened_at INTEGER NOT NULL,                -- the check that confirmed it
    closed_at INTEGER,                         -- the good check that ended it; NULL while it lasts
    fault_kind TEXT,                           -- a copy: what failures showed is forgotten before incidents are
    fault_detail TEXT,
    acknowledged_at INTEGER,
    acknowledged_by TEXT
) STRICT;
CREATE UNIQUE INDEX incidents_open ON incidents (tracker_id) WHERE closed_at IS NULL;
CREATE INDEX incidents_by_tracker ON incidents (tracker_id, id);

CREATE TRIGGER transition_opens AFTER INSERT ON transitions WHEN NEW.kind = 'went_down' BEGIN
    INSERT OR IGNORE INTO incidents (tracker_id, since, opened_at, fault_kind, fault_detail)
    VALUES (NEW.tracker_id, NEW.down_since, NEW.at,
            (SELECT kind FROM faults WHERE id = NEW.fault_id), (SELECT detail FROM faults WHERE id = NEW.fault_id));
END;
CREATE TRIGGER transition_closes AFTER INSERT ON transitions WHEN NEW.kind = 'recovered' BEGIN
    UPDATE incidents SET closed_at = NEW.at WHERE tracker_id = NEW.tracker_id AND closed_at IS NULL;
END;

-- What was before.
WITH ordered AS (
    SELECT *, lag(kind) OVER (PARTITION BY tracker_id ORDER BY id) AS before FROM transitions
), turns AS (
    SELECT *, lead(at) OVER (PARTITION BY tracker_id ORDER BY id) AS ended
    FROM ordered WHERE before IS NULL OR before <> kind
)
INSERT INTO incidents (tracker_id, since, opened_at, closed_at, fault_kind, fault_detail)
SELECT turns.tracker_id, turns.down_since, turns.at, turns.ended, faults.kind, faults.detail
FROM turns LEFT JOIN faults ON faults.id = turns.fault_id
WHERE turns.kind = 'went_down' ORDER BY turns.id;

-- What people said of an incident. `comment` NULL: that they know of it.
CREATE TABLE remarks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    incident_id INTEGER NOT NULL,
    at INTEGER NOT NULL,
    account_id INTEGER,
    who TEXT NOT NULL,
    comment TEXT
) STRICT;
CREATE INDEX remarks_by_incident ON remarks (incident_id, id);

-- Ways to tell people. `settings` is JSON, as the channel's kind writes it.
CREATE TABLE channels (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    settings TEXT NOT NULL,
    enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1))
) STRICT;

-- Who is told of which trackers. `about` is JSON: trackers, groups, tags; all trackers when it names none.
CREATE TABLE alert_rules (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    about TEXT NOT NULL DEFAULT '{}',
    channels TEXT NOT NULL,                    -- JSON: their numbers
    delay_ms INTEGER NOT NULL DEFAULT 0,
    remind_ms INTEGER,                         -- NULL: never
    fallback_id INTEGER,
    enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1))
) STRICT;

-- Messages to be sent, written with the transition that they are about; kept for ninety days after they are done.
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    channel_id INTEGER NOT NULL,
    tracker_id INTEGER,
    incident_id INTEGER,
    kind TEXT NOT NULL,
    at INTEGER NOT NULL,
    fallback_id INTEGER,
    alert TEXT NOT NULL,                       -- JSON
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'dead', 'dropped')),
    attempts INTEGER NOT NULL DEFAULT 0,
    moment INTEGER NOT NULL,                   -- when it is tried next, or when it was done
    said TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX outbox_waiting ON outbox (channel_id, id) WHERE state = 'waiting';
CREATE INDEX outbox_by_incident ON outbox (incident_id, id);
CREATE INDEX outbox_done ON outbox (moment) WHERE state <> 'waiting';

-- Tells this installation from others where services put messages together.
CREATE TABLE installation (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    name TEXT NOT NULL
) STRICT;
INSERT INTO installation (id, name) VALUES (1, lower(hex(randomblob(6))));
