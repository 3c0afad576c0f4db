### Every word that people read. How messages become code: words/src/lib.rs.

## Everywhere

language = en
product = Uptime Tracker
month-jan = Jan
month-feb = Feb
month-mar = Mar
month-apr = Apr
month-may = May
month-jun = Jun
month-jul = Jul
month-aug = Aug
month-sep = Sep
month-oct = Oct
month-nov = Nov
month-dec = Dec
duration-ms = { $ms } ms
duration-s = { $s } s
duration-min = { $min } min
duration-min-s = { $min } min { $s } s
duration-h = { $h } h
duration-h-min = { $h } h { $min } min
duration-d = { $d } d
duration-d-h = { $d } d { $h } h
million = { $number } million
ago = { $time } ago
x-of-y = { $x } of { $y }
quoted = “{ $text }”
count-trackers =
    { $count ->
        [one] 1 tracker
       *[other] { $count } trackers
    }
trackers = Trackers
incidents = Incidents
alerts = Alerts
settings = Settings
new-tracker = New tracker
all-trackers = All trackers
last-checks = Last 60 checks
uptime = Uptime
latency = Latency
name = Name
group = Group
no-group = No group
breadcrumb = Breadcrumb
add = Add
edit = Edit
clone = Clone
check-now = Check now
pause = Pause
pause-for = Pause for…
resume = Resume
delete = Delete
undo = Undo
cancel = Cancel
close = Close
retry = Retry
reload = Reload
clear-filters = Clear filters
show = Show
show-password = {" "}password
sign-in = Sign in
sign-out = Sign out
also-tracker = { $target } (also tracker { $id })
not-measured = not measured
nothing-observed = nothing observed
no-data-yet = no data yet
not-done = Not done.{" "}

## Around every page

skip-to-content = Skip to content
main = Main
local = local
welcome = Welcome
tracker-is-paused = { $name } is paused.
tracker-is-deleted = { $name } is deleted.
not-undone = That could not be undone. { $why }
new-version = A new version is running.
new-version-may-show-too-little = {" "}This page may show too little.

## Whether a page is up to date

live = Live
live-not = Not updating
live-paused = Updates paused
live-no-check = No check yet
live-pause = Pause updates
live-as-of = As of{" "}
live-paused-at = {" "}at { $time } UTC
live-since = {" "}since { $time } UTC{ $why }{ $next }
live-retrying = {" "}— retrying in { $s } s
live-trying = {" "}— trying
live-said-paused = Updates are paused.
live-said-not = Not updating: no answer from the server.
live-said-again = Updating again.
live-said-up = { $name } is up.
live-said-down = { $name } is down.
live-said-broken = { $name } cannot be checked.
live-said-more = { $first } { $more } more changed.

## What went wrong

error-not-found-title = Not found
error-unreachable-title = No answer
error-forbidden-title = Not allowed
error-other-title = Not now
error-not-found = It does not exist, or not any more.
error-invalid = Something is missing.
error-unavailable = The server cannot do this at the moment; nothing was changed. Try again soon.
error-internal = The server failed; its log says why.
error-unreadable = The server's answer cannot be read; a new version may be running.
error-bad-request = The request cannot be understood.
error-bad-request-because = The request cannot be understood: { $problem }.
error-unreachable = The server cannot be reached.
error-sign-in = Your session has ended. Sign in again, in another tab if something here should be kept.
error-resumed = You had been signed out. Look it over and save again.
error-forbidden = Your account may look, but not change this.
error-two-factor = Administrators need two-factor sign-in here. Turn it on under Settings, Your account, first.
error-too-many = Too many tries. Wait { $s } s, then try again.
error-page-forbidden = Your account may look, but not do this. An administrator can change that.
error-page-not-found = Nothing is at this address. If it was a tracker, it has been deleted.
error-page-unreachable = The server cannot be reached. Load the page again in a moment.
error-page-other = The server could not make this page; its log says why. Load the page again in a moment.

## How a tracker is

standing-up = Up
standing-retrying = Retrying
standing-down = Down
standing-pending = Waiting
standing-paused = Paused
standing-broken = Problem
standing-cannot-be-checked = cannot be checked
standing-until = until { $time }
standing-not-counted = not counted
standing-flapping = flapping
standing-first-check = first check
standing-failed = { $failures } of { $tries } failed
summary-one-up = 1 tracker, up
summary-all-up = All { $all } up
summary-up = { $up } of { $all } up
summary-down = { $down } of { $all } down
summary-retrying = retrying
summary-pending = waiting for the first check
summary-paused = paused

## The bar of checks

bar-legend = Legend
bar-label = Last { $all } checks, newest last: { $counts }.{ $failure }
bar-last-failure = {" "}Last failure { $time }.
bar-without-data = without data
spot-check = Check { $number } of { $all }
spot-nothing = { $check }: no data yet
spot-told = { $check }, { $time } UTC: { $word }, { $why }{ $took }
spot-took = , { $ms } ms
spot-as-expected = as expected
spot-outage-before = Part of an outage that began before this bar
spot-outage-of = Part of an outage of { $time }
spot-outage-since = Part of an outage since { $time } UTC
tip-not-checked = not checked yet
tip-step = {" "}step ·{" "}
tip-not-up = {" "}not up ·{" "}
tip-in-table = {" "}in the table

## The list of trackers

list-title-down = ({ $down }↓) Trackers
list-first-title = What should be watched?
list-first-lede = Paste the address of a web site or an API. It is checked at once, then every 30 seconds.
list-first-bar = Its last 60 checks will stand here, the newest on the right.
list-add = Add a tracker
list-add-hint = A URL, or several, one a line. Each is checked every 30 s; up means status 200.{" "}
list-add-more = More options…
list-deleted = {" "}is deleted. In ten minutes that is final.
list-nothing-checked = nothing checked yet
list-checked = checked{" "}
list-attention = Needs attention
list-more = { $count } more
list-rule-before = Uptime is of the checks shown, by the rule{" "}
list-rule = observed time
list-rule-after = : a result holds until the next is due. Time without data, or paused, is in neither part of the ratio.
list-newest = newest
list-group-up = { $up }/{ $counted } up
list-group-down = { $down } down
row-select = Select { $name }
row-actions = Actions for { $name }
row-up = Move up
row-down = Move down
row-uptime = Uptime of the checks shown:{" "}
row-latency = Latency:{" "}
row-no-latency = none

## Finding in the list

tools-by-state = Filter by state
tools-by-tag = Filter by tag
tools-placeholder = Name, target, group or tag
tools-search = Search trackers
tools-apply = Apply
tools-any-group = Any group
tools-sort = Sort
tools-sort-place = Own order
tools-sort-state = Trouble first
tools-sort-latency = Slowest first
tools-sort-uptime = Worst uptime first
tools-comfortable = Comfortable rows
tools-compact = Compact rows
tools-all = All
tools-in-no-group = no group
tools-nothing = Nothing matches{" "}
tools-pages = Pages of the list
tools-previous = Previous
tools-next = Next
tools-page = Page { $page } of { $pages } · { $matching } trackers

## Many trackers at once

many-chosen = Chosen trackers
many-selected = {" "}selected
many-select-all = Select all
many-edit = Edit…
many-tag = Tag…
many-move = Move…
many-clear = Clear selection
many-title = Edit { $name }
many-title-many = Edit { $count } trackers
many-which = Which ones
many-what = What to change
many-add-tags = Add tags
many-remove-tags = Remove tags
many-every = Every
many-deadline = Deadline
many-retries = Failures that are tolerated
many-retry = Try again after
many-successes = Good checks to be up again
many-slow = Slow from
many-expect = What counts as up
many-group-hint = Where they stand in the list. Empty for none.
many-tags-hint = With commas between them.
many-every-hint = 1s to 24h, like 30s or 5m; instead of cron expressions, too.
many-deadline-hint = 1s to 60s. Empty means 10s.
many-retries-hint = 0 to 10 in a row.
many-retry-hint = 1s to 5m.
many-successes-hint = 1 to 10 in a row.
many-slow-hint = 1ms to 60s, like 800ms. Empty means never.
many-expect-hint = Statuses like 200-299,401, or expectations with semicolons between them.
many-value = { $setting }: value
many-preview = Preview
many-wrong-below = Something is wrong below.
many-not-changed = Nothing was changed.{" "}
many-no-change = Nothing would change. Tick a setting below, and give it another value.
many-changes = What this changes
many-stay =
    { $count ->
        [one] 1 tracker stays as before
       *[other] { $count } trackers stay as before
    }
many-change =
    { $count ->
        [one] Change 1 tracker
       *[other] Change { $count } trackers
    }
many-setting = Setting
many-nothing = nothing

## Keyboard, and jumping to a page

keys-title = Keyboard
keys-enter = Enter
keys-shift-x = Shift X
keys-shift-p = Shift P
keys-ctrl-k = Ctrl K
keys-search = Search
keys-next = Next row
keys-before = Row before
keys-open = Open the tracker
keys-choose = Choose the row, or let it go
keys-choose-range = The same with all rows since the last
keys-edit = Edit the tracker
keys-check = Check it now
keys-pause = Pause or resume it
keys-pause-for = Pause it for a time
keys-jump = Jump to a tracker or a page
keys-trackers = To the trackers
keys-settings = To the settings
keys-help = This help
keys-moving = A row is moved by dragging its box, or by its menu.
keys-use = {" "}Use these keys
jump-title = Jump to
jump-go = Go
jump-settings = Settings: { $section }

## One tracker

tracker-more-actions = More actions for { $name }
tracker-export-toml = Export as TOML
tracker-export-json = Export as JSON
tracker-export-csv = All checks as CSV
tracker-since = since{" "}
tracker-paused = Paused, { $detail }
tracker-broken = It cannot be checked
tracker-down-since = Down since { $time } UTC
tracker-down-since-for = Down since { $time } UTC, for { $lasting }
tracker-previous-failure = Previous failure
tracker-next-failure = Next failure
tracker-no-earlier-failure = No earlier failure.
tracker-no-later-failure = No later failure.
tracker-as-table = Show the 60 checks as a table
tracker-table = Newest first, times in UTC
tracker-due = Due
tracker-result = Result
tracker-took = Took
tracker-why = Why
tracker-by-hand = by hand
tracker-try = try { $number }
tracker-now = now
tracker-numbers = Numbers over the checks shown
tracker-no-time-down = no time down
tracker-time-down = { $time } down
tracker-failed = { $failed } failed
tracker-last-latency = Latency, last
tracker-median = Latency p50
tracker-slowest = Slowest
tracker-checks = Checks shown
tracker-of-newest = the newest check
tracker-of-shown = of the checks shown

## Pausing trackers

pause-title = Pause { $name }
pause-title-many = Pause { NUMBER($count) } trackers
pause-15m = 15 minutes
pause-1h = 1 hour
pause-8h = 8 hours
pause-24h = 1 day
pause-7d = 7 days
pause-until-below = Until the time below
pause-until-resumed = Until somebody resumes it
pause-length = How long
pause-until = Until, UTC
pause-until-hint = Only for “Until the time below”: a date and a time, like 2026-11-23 14:30.
pause-reason = Reason
pause-reason-hint = Everybody who sees the tracker reads it. May stay empty.
pause-what = No checks, and no alerts, meanwhile
pause-not = Nothing was paused.{" "}
