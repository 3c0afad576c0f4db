### Every word that people read. How messages become code: words/src/lib.rs.

## Pausing trackers

pause-title = Pause { $name }
pause-title-many = Pause { NUMBER($count) } trackers
