### Every word that people read. How messages become code: words/src/lib.rs.

## Pausing trackers

pause-title = Pause { $name }
pause-title-many = Pause { NUMBER($count) } trackers

## The page that a link in a message leads to

known-title = { $name } is down
known-title-over = { $name } was down
known-lede = Say that you know of it, and nobody is reminded of it any more.
known-since = Since
known-over = It is over since
known-say = I know of it
known-done = Somebody knows of it. Nobody is reminded any more.
by-link = a link sent to { $channel }
