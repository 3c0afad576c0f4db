-- How people sort their trackers.
ALTER TABLE trackers ADD COLUMN group_name TEXT NOT NULL DEFAULT ''; -- at most 60 characters; '': in no group
ALTER TABLE trackers ADD COLUMN tags       TEXT NOT NULL DEFAULT ''; -- at most 20 of at most 30 characters, commas between them
ALTER TABLE trackers ADD COLUMN place      INTEGER;                  -- in the order of favourites; NULL: the id
