-- Who may do what.

-- People. `name_key` is the name in lower case: two accounts never differ in case only.
CREATE TABLE accounts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'editor', 'administrator')),
    password TEXT NOT NULL,                    -- argon2id, as a PHC string
    enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
    totp_secret TEXT,                          -- base32; NULL: no second factor
    totp_step INTEGER NOT NULL DEFAULT 0,      -- the newest step that was taken (RFC 6238); none is taken twice
    made_at INTEGER NOT NULL                   -- this and all times: milliseconds since 1970, UTC
) STRICT;

-- SHA-256 of each recovery code that is left.
CREATE TABLE recovery_codes (
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    hash BLOB NOT NULL,
    PRIMARY KEY (account_id, hash)
) STRICT, WITHOUT ROWID;

-- Browsers that are signed in. `hash` is the SHA-256 of what the cookie holds, which is kept nowhere.
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    hash BLOB NOT NULL UNIQUE,
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    agent TEXT NOT NULL,
    address TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_by_account ON sessions (account_id);

-- Programs. `hash` as above.
CREATE TABLE tokens (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    hash BLOB NOT NULL UNIQUE,
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'editor', 'administrator')),
    made_at INTEGER NOT NULL,
    expires_at INTEGER,
    used_at INTEGER
) STRICT;
CREATE INDEX tokens_by_account ON tokens (account_id);

-- One row of settings of the installation. `revision` rises with every change in the tables above, so that a running server
-- notices what the command line did.
CREATE TABLE access (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    reading TEXT NOT NULL DEFAULT 'accounts' CHECK (reading IN ('accounts', 'everyone')),
    revision INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO access (id) VALUES (1);

-- Who changed what. Only ever appended to; names stay readable when an account is gone.
CREATE TABLE changes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    account_id INTEGER,
    who TEXT NOT NULL,
    address TEXT NOT NULL,
    tracker_id INTEGER,                        -- NULL: about accounts or settings
    what TEXT NOT NULL
) STRICT;
CREATE INDEX changes_by_tracker ON changes (tracker_id, id) WHERE tracker_id IS NOT NULL;
