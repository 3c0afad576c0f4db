-- How long a tracker rests, and why.
ALTER TABLE trackers ADD COLUMN paused_until  INTEGER;                  -- milliseconds since 1970; NULL: until somebody wakes it
ALTER TABLE trackers ADD COLUMN paused_reason TEXT NOT NULL DEFAULT ''; -- at most 200 characters
