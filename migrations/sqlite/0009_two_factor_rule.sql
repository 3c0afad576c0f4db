-- Whether administrators need a second factor before they administer.
ALTER TABLE access ADD COLUMN two_factor_rule INTEGER NOT NULL DEFAULT 0 CHECK (two_factor_rule IN (0, 1));
