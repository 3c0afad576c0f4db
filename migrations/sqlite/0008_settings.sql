-- Settings of the installation that people change while it runs. What is absent is as it is built in, or as the command line says.
CREATE TABLE settings (
    name  TEXT NOT NULL PRIMARY KEY, -- keep_checks, keep_evidence, max_size; default. and a setting of trackers
    value TEXT NOT NULL              -- as people type it: 90d, 20GiB, 30s
) STRICT, WITHOUT ROWID;
