### Every word that people read. How messages become code: words/src/lib.rs.

## Everywhere

language = en
product = Uptime Tracker
description = What works and what does not, second by second.
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
alert-blind = This location sees nothing
alert-line-down = { $name } is down
alert-line-flapping = { $name } goes up and down
alert-line-recovered = { $name } is up again
alert-line-still-down = { $name } is still down
alert-line-was-down = { $name } was down and is up again
alert-seeing = This location sees again
cause = Cause
default-value = { $value } (default)
delete-ask = Delete…
delete-named = Delete { $name }
edit-named = Edit { $name }
form-failed = Not done.
groups = Groups
last-used = Last used
make = Make
newest-first = Newest first, times in UTC
no = no
none-yet = There are none yet.
not-kept = not kept
ongoing = ongoing
password = Password
save = Save
tags = Tags
test = Test
two-factor = Two-factor sign-in
when-utc = When, UTC
why-not-kept = Why is no longer kept
yes = yes

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
standing-blocked = Blocked
standing-maintenance = Maintenance
standing-broken = Problem
standing-cannot-be-checked = cannot be checked
standing-until = until { $time }
standing-by = by { $parent }
standing-not-counted = not counted
standing-flapping = flapping
standing-first-check = first check
standing-failed = { $failures } of { $tries } failed
summary-one-up = 1 tracker, up
summary-all-up = All { $all } up
summary-up = { $up } of { $all } up
summary-down = { $down } of { $all } down
summary-acknowledged = acknowledged
summary-retrying = retrying
summary-pending = waiting for the first check
summary-blocked = blocked
summary-maintenance = in maintenance
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

## The page that a link in a message leads to

known-title = { $name } is down
known-title-over = { $name } was down
known-lede = Say that you know of it, and nobody is reminded of it any more.
known-since = Since
known-over = It is over since
known-say = I know of it
known-done = Somebody knows of it. Nobody is reminded any more.
by-link = a link sent to { $channel }

## A tracker's past

## What targets tell by themselves

calls = Signals
calls-url = The target calls this URL when it is done:
calls-url-label = URL to call
calls-secret = Whoever knows it can speak for the target, so treat it as a password. A new number in the form makes another URL, and this one stops.
calls-ways = Ways to call it
calls-words = GET or POST. Behind the URL: /start when a run begins, nothing or /success when it went well, /fail when it did not, the exit code (/0, /1 …), or /log. ?run=NAME tells runs apart that overlap. The last 10 KiB of what is posted are kept.
calls-way-shell = A heartbeat, from a shell
calls-way-run = A run with its beginning and its exit code
calls-way-cron = A line for cron
calls-way-log = With what it printed
calls-way-systemd = A unit of systemd
calls-way-powershell = PowerShell
calls-none = No signal yet. Nothing is expected before the first one.
calls-from = From
calls-body = With
calls-run = { $said } · run { $run }
calls-said-start = began
calls-said-success = success
calls-said-fail = failure
calls-said-log = log
calls-said-exit = exit code { $code }

past-sorry = The history cannot be read at the moment. Load the page again.
past-no-moment = This is no time. Give a date and a time in UTC, like 2026-11-23T14:03, or milliseconds since 1970.

past-moment = A moment in the past
past-moment-ask = Go back to a moment
past-moment-field = Date and time, UTC
past-moment-problem = “{ $typed }”: { $problem }
past-moment-title = { $count } checks until { $time } UTC
past-moment-label = { $title }, newest last: { $counts }.
past-moment-table = Show { $count ->
    [one] 1 check
   *[other] { $count } checks
} as a table
past-moment-nothing-before = nothing was recorded before
past-moment-ways = Other moments
past-moment-earlier = Earlier
past-moment-later = Later
past-moment-back = Back to now

past-uptime-rule = rule:{" "}
past-uptime-rule-name = observed time
past-uptime-holds = {" "}This holds for every percentage on this page.

past-reach-day = 24 hours
past-reach-week = 7 days
past-reach-month = 30 days
past-reach-quarter = 90 days
past-reach-year = 1 year
past-reach-day-short = 24 h
past-reach-week-short = 7 d
past-reach-month-short = 30 d
past-reach-quarter-short = 90 d
past-reach-year-short = 1 y
past-down = { $length } down
past-observed-of = { $observed } observed of { $whole }
past-not-observed = { $length } not observed
past-paused = { $length } paused
past-in-maintenance = { $length } in maintenance
past-unknown = unknown
past-none = none

past-latency-range = Range of the chart
past-latency-title = Latency, last { $reach }
past-latency-described = { $stretch } UTC. { $took }{ $notes }.
past-latency-nothing = No good check in the last { $reach }, so there is nothing to draw.
past-latency-p50 = half took at most
past-latency-p90 = 9 of 10 took at most
past-latency-p95 = 19 of 20 took at most
past-latency-p99 = 99 of 100 took at most
past-latency-slowest-of = of the good checks
past-latency-key-p95 = to p95
past-latency-key-slowest = slowest
past-latency-key-down = down
past-latency-key-unseen = not observed

past-phases = Phases
past-phases-note = medians of the last 24 hours
past-phases-label = Medians: { $told }
past-phases-caption = How long each phase of a good check usually takes
past-phases-phase = Phase
past-phases-median = Median
past-phases-share = Share
past-phases-slowest = The slowest good checks of the last 24 hours
past-phases-slowest-caption = The slowest first; one is kept of each minute
past-phases-slowest-when = When, UTC
past-phases-slowest-took = Took
past-phases-slowest-most = Most of it
phase-name = name
phase-connect = connect
phase-tls = TLS
phase-first-byte = first byte
phase-transfer = transfer

past-days = 90 days
past-days-note = a red cap is time down, however short
past-days-label = Uptime by day, last { $days } days, newest last: { $whole } without failure, { $down } with time down, { $unknown } without data.
past-days-worst = Most on { $day }: { $length }.
past-days-90-ago = 90 days ago
past-days-30-ago = 30 days ago
past-days-today = today, UTC
past-days-legend-up = up
past-days-legend-slow = slow
past-days-legend-down = down
past-days-legend-paused = paused
past-days-legend-unknown = no data
past-days-none = No day with time down.
past-days-table = Show { $count ->
    [one] 1 day with time down
   *[other] { $count } days with time down
} as a table
past-days-newest-first = Newest first, days in UTC
past-days-day = Day
past-days-down = Down
past-days-not-counted = Not counted

past-outages = Outages
past-outages-none = No outage in the recorded history.
past-outages-newest = the newest 20 ·{" "}
past-outages-incidents = Its incidents
past-outages-from = From, UTC
past-outages-until = Until
lasted = Lasted

past-failure = Last failure
past-failure-compared = Compared with the last good answer, { $time } UTC
past-failure-alone = What was seen; no good answer is kept to compare it with
past-failure-column = Failure
past-failure-good = Last good
past-failure-differs = differs
past-failure-certificates = Certificates that were shown
past-failure-answer = What the failure answered
past-failure-good-answer = What the last good answer was
past-failure-excerpt = Excerpt of the answer
past-what = What
seen-url = URL
seen-redirects = Redirected from
seen-addresses = Addresses
seen-peer = Asked
seen-protocol = Protocol
seen-status = Status
seen-tls = TLS
seen-cipher = Cipher
seen-problem = Not trusted
seen-certificate = Certificate
seen-issuer = Signed by
seen-expires = Expires
seen-at = At { $address }
seen-time = Time: { $phase }
seen-header = Header { $name }
seen-signed = signed by { $issuer }, valid { $from } to { $until }, for { $names }
seen-no-name = no name

facts = How it is checked
facts-schedule = Schedule
facts-expects = Expects
facts-expects-nothing = that it can be reached
facts-expects-signal = a signal in its time
facts-status = status { $codes }
facts-down-after = Down after
facts-tries = { $count ->
    [one] 1 failed try
   *[other] { $count } failed tries in a row
}
facts-location = Location
facts-retry = Tries again after
facts-successes = Up after good checks
facts-redirects = Redirects at most
facts-cookies = Cookies
facts-token-url = Tokens from
facts-client = Client
facts-client-secret = Client secret
facts-scopes = Scopes
facts-verify = Certificate verified
facts-min-version = Oldest TLS
facts-proxy-user = Proxy user
facts-proxy-password = Proxy password
facts-cache-busting = Caches avoided

past-changes = Changes
past-changes-who = Who
past-changes-another = { $name }: another one
past-changes-nothing = nothing
past-changes-became = {" "}became{" "}
past-changes-secret = A secret
past-changes-added = Added
past-changes-edited = Edited
past-changes-resumed = Resumed
past-changes-removed = Deleted
past-changes-restored = Restored
past-changes-paused = Paused
past-changes-paused-until = Paused until { $time } UTC

## Incidents

incidents-of = Incidents of { $name }
incidents-none-open = None is open.
incidents-one-acknowledged = 1 open, acknowledged.
incidents-one-unseen = 1 open, not acknowledged.
incidents-count = { $count } open
incidents-count-many = 1,000 or more open
incidents-open = { $unseen ->
    [0] { $open }, all of them acknowledged.
    [one] { $open }, one not acknowledged.
   *[other] { $open }, { $unseen } not acknowledged.
}
incidents-which = Which incidents
incidents-all-trackers = Of all trackers
incidents-tab-all = All
incidents-tab-open = Open
incidents-none-older = There are no older ones.
incidents-none-down = None is open: nothing is down.
incidents-none-yet = There were none yet. When a tracker goes down, what happened, who was told and what was done is kept here.
incidents-list = List of incidents
incidents-since = Since, UTC
incidents-acknowledged = Acknowledged
incidents-row = , incident { $number }
incidents-acknowledged-by = Acknowledged by{" "}
incidents-acknowledged-is = Acknowledged:{" "}
incidents-unseen = not acknowledged
incidents-pages = Pages
incidents-newest = Newest
incidents-older = Older
incidents-tracker = tracker { $id }

tracker = Tracker

## One incident

incident = Incident { $number }
incident-title = Incident { $number }: { $name }
incident-seen = What was seen
incident-down = Down
incident-over = Over
incident-lede-down = { $cause }. Down for { $length } so far.
incident-lede-over = { $cause }. It was down for { $length }.
incident-acknowledge = Acknowledge
incident-checks = Checks of that time
incident-comment-title = Say something of it
incident-comment = Comment
incident-comment-hint = What was found, what is being done. For everybody who has an account here.
incident-done-acknowledged = Acknowledged. Nobody is reminded of it any more.
incident-done-commented = Your comment is kept.
alerts-done-resent = The message is on its way again.

incident-timeline = What happened
incident-timeline-order = oldest first
incident-failed = The first check failed.
incident-confirmed = It is down, confirmed.
incident-confirmed-why = It is down, confirmed: { $fault }.
incident-recovered = It is up again.
incident-acknowledged-after = {" "}acknowledged it.
incident-acknowledged = Somebody acknowledged it.
incident-says = {" "}says:
incident-told = {" "}{ $was } { $kind }:{" "}
incident-was-told = was told
incident-taken = taken
incident-is-to-be-told = is to be told
incident-could-not-be-told = could not be told yet
incident-next = { $said }, { $tries }, next at{" "}
incident-was-not-told = was not told
incident-given-up = { $said }, given up after { $tries }
incident-not-needed = nobody needed it any more
at-before = at{" "}

## Alerts

alerts-nobody = Nobody is told yet when a tracker goes down.
alerts-no-rule = { $channels ->
    [one] 1 channel
   *[other] { $channels } channels
}, but no rule leads there: nobody is told yet.
alerts-in-force = { $channels ->
    [one] 1 channel
   *[other] { $channels } channels
} and { $rules ->
    [one] 1 rule
   *[other] { $rules } rules
} in force.
alerts-undelivered = { $count ->
    [one] One of the newest messages could not be delivered.
   *[other] { $count } of the newest messages could not be delivered.
}
alerts-channels = Channels
alerts-deleted-channel = a deleted channel
alerts-deleted-tracker = tracker { $id }, which is deleted
alerts-where = Where should messages go?
alerts-add-channel = Add a channel
alerts-no-channels = There are none yet. An administrator can add one.
alerts-on = on
alerts-off = off
alerts-rules = Rules
alerts-no-rules = There are none yet. A rule says which trackers lead to which channels.
alerts-add-rule = Add a rule
alerts-no-channel = no channel
alerts-lead-to = {" "}lead to{" "}
alerts-tags = { $count ->
    [one] Tag { $names }
   *[other] Tags { $names }
}
alerts-groups = { $count ->
    [one] Group { $names }
   *[other] Groups { $names }
}
alerts-at-once = at once
alerts-after = after { $length }
alerts-again-after = again after { $length }
alerts-otherwise = otherwise { $channel }
alerts-messages = Newest messages
alerts-messages-to = To
alerts-messages-about = About
alerts-messages-outcome = What became of it
alerts-send-again = Send again
alerts-next-at = , next at{" "}
alerts-done-channel = The channel is saved.
alerts-done-channel-and-rule = The channel is saved, and a rule that leads all trackers there.
alerts-done-channel-without-rule = The channel is saved, but its rule could not be: add one below.
alerts-done-channel-removed = The channel is deleted.
alerts-done-rule = The rule is saved.
alerts-done-rule-removed = The rule is deleted.

delivery-sent = sent
delivery-waits = waits
delivery-tried-again = tried again
delivery-given-up = given up
delivery-not-needed = not needed any more
receipts = told: { $list }
receipt-again = { $channel } ✗ { $said }, tried again
delivery-tries = { $count ->
    [one] one try
   *[other] { NUMBER($count) } tries
}
told-down = that it is down
told-still-down = that it is still down
told-recovered = that it is up again
told-was-down = that it was down and is up again
told-flapping = that it goes up and down
told-blind = that this location sees nothing
told-seeing = that this location sees again
told-digest = in a message of several
told-test = to try it
about-digest = Several at once
about-test = A message to try it

## The form of a channel

channel-new = New channel
channel-new-of = New channel: { $kind }
channel-problem = It cannot be used as it stands.{" "}
channel-name-hint = What rules and incidents call it.
channel-enabled = In use
channel-enabled-hint = What is not in use gets no message, and keeps its settings.
channel-everything = Tell it about all trackers
channel-everything-hint = Adds a rule that leads everything here, at once. It can be changed later.
channel-delete-hint = The channel goes for good, and what waits for it is given up. Rules stay, without it.
channel-form = Channel
channel-try = Send a test
channel-tried = The test message was taken.
channel-tried-in-vain = The test message was not taken.
channel-tried-said = {" "}{ $said }, after { $took }.{" "}
channel-tried-unsaved = Nothing is saved yet.

## The form of a rule

rule-new = New rule
rule-lede = Where several rules lead to the same channel, it is told once: by the one that waits shortest.
rule-lacks-before = A rule leads to channels, and there are none yet.{" "}
rule-lacks = Add a channel first
rule-delete-hint = The rule goes for good. What is on its way already is still sent.
rule-form = Rule
rule-enabled = In force
rule-lead-to = Lead to
rule-channel-off = {" "}(off)
rule-when = When
rule-delay = After
rule-delay-none = at once
rule-delay-hint = What is up again before is not told. Like 30s or 5m, at most 1d.
rule-remind = Again after
rule-remind-none = never
rule-remind-hint = While it is down and nobody has acknowledged it; each time after twice as long.
rule-fallback = If that fails, to
rule-fallback-none = nowhere
rule-try = Try on the past
rule-tried = In the last 30 days this rule would have told of { $outages ->
    [0] nothing.
    [one] 1 outage.
   *[other] { NUMBER($outages) } outages.
}
rule-tried-of = { $count ->
    [one] 1 of { $name }
   *[other] { NUMBER($count) } of { $name }
}
rule-tried-reminders = {" "}{ $count ->
    [one] 1 reminder more.
   *[other] { NUMBER($count) } reminders more.
}
rule-tried-too-short = {" "}{ $count ->
    [one] 1 was over before its delay.
   *[other] { NUMBER($count) } were over before their delay.
}
rule-tried-unsaved = {" "}Nothing is saved yet.
rule-fallback-hint = For messages that could not be delivered.

## Settings

settings-own = Your account
settings-tokens = Tokens
settings-general = General
settings-defaults = Defaults
settings-accounts = Accounts
settings-data = Data
settings-about = About
settings-done-password = Your password is changed. All your other sessions have ended.
settings-done-two-factor-off = Two-factor sign-in is off. All your other sessions have ended.
settings-done-session = The session has ended.
settings-done-sessions = All your other sessions have ended.
settings-done-token = The token is revoked.
settings-done-account = The account is made. Tell its owner name and password; they can change it.
settings-done-changed = The account is changed. Its sessions have ended.
settings-done-removed = The account is removed, with its sessions and tokens.
settings-done-saved = Saved.
settings-done-backup = The backup is made.
settings-done-backing-up = The backup is being made. It is listed here once it is whole.
settings-done-backup-removed = The backup is deleted.
settings-done-defaults = Saved. New trackers start with this; those that were as it was before have followed.

## Settings: about

settings-about-version = Version
settings-about-running-for = Running for
settings-about-late = Latest start of a check in the last seconds
settings-about-waiting = Checks that wait for the disk
settings-about-program = This program
settings-about-health = Health
settings-about-healthy = Everything works.
settings-about-programs-before = The same for programs:{" "}
settings-about-and = {" "}and{" "}
settings-database = Database
settings-in-memory = in memory

## Settings: accounts

settings-accounts-password = A new password
settings-accounts-password-hint = Tell it to the owner of the account now: it is shown only this once. They can change it after signing in.
settings-accounts-all = All accounts
settings-accounts-viewer = Viewer: sees everything
settings-accounts-editor = Editor: changes trackers as well
settings-accounts-administrator = Administrator: manages accounts and settings as well
settings-accounts-you = you
settings-accounts-disabled = {" "}· disabled
settings-accounts-two-factor = {" "}· two-factor sign-in
settings-accounts-seen = last here{" "}
settings-accounts-not-seen = not signed in
settings-accounts-disable = Disable
settings-accounts-enable = Enable
settings-accounts-reset-password = Reset password
settings-accounts-reset-password-hint = The account gets a password by chance, which you see once. Its sessions end.
settings-accounts-two-factor-off = Turn two-factor sign-in off
settings-accounts-two-factor-off-hint = Signing in will need no code any more. For who has lost their phone.
settings-accounts-remove = Remove
settings-accounts-remove-hint = The account goes for good, with its sessions and tokens.
settings-accounts-change-role = Change role
settings-accounts-make = Make an account
settings-accounts-role = Role
password-length = At least 12 characters.
password-hint = At least 12 characters. A few words that do not belong together are strong and easy to remember.

## Settings: data

settings-data-room = What there is
settings-data-free = Free on its disk
settings-data-checks = Checks, with gaps
settings-data-oldest = Oldest of them
settings-data-none-yet = none yet
settings-data-retention = How long it is kept
settings-data-retention-hint = In force at once. What becomes too old is deleted within minutes and does not come back. Uptimes of hours and days, and changes of status, are kept for ever.
settings-data-fixed = What is greyed was said when the server was started (its command line or environment), and wins.
settings-data-keep-checks = Each check
settings-data-keep-checks-hint = From 1d, like 90d or 365d.
settings-data-keep-evidence = What failures showed
settings-data-keep-evidence-hint = From 1d, since it was last seen.
settings-data-max-size = The most room for all of it
settings-data-max-size-hint = A share of the disk like 80%, or a size like 20GiB. Beyond, the oldest checks go before their time.
settings-data-backups = Backups
settings-data-daily = { $count ->
    [0] None is made by itself.
    [one] One is made every day; the newest is kept.
   *[other] One is made every day; the newest { $count } are kept.
}
settings-data-where = {" "}They lie on the disk of the database: keep a copy elsewhere.
settings-data-running-before = A backup is being made since{" "}
settings-data-running-after = : { $size } so far.{" "}
settings-data-look-again = Look again
settings-data-back-up = Back up now
settings-data-backup-failed = The last one that was asked for was not made:{" "}
settings-data-restore = To go back to one, stop the server, and where it runs:
settings-data-restore-hint = It reads the backup through first, and moves the present database aside instead of deleting it.
settings-data-table = Table of backups
settings-data-why = Why
settings-data-size = Size
settings-data-file = File
settings-data-daily-kind = daily, or by command
settings-data-by-hand = by hand
settings-data-before-update = before an update
settings-data-delete-hint = A backup that is deleted cannot be brought back.
settings-data-export = Take it elsewhere
settings-data-export-hint = All trackers as a file. Secrets are left out, and named.
settings-data-import-or = {" "}or{" "}
settings-data-import-dry-run-before = {" "}reads it again; with{" "}
settings-data-import-after = {" "}it only says what would change. CSV is for spreadsheets.
settings-data-checks-before = The checks of one tracker, of all its time:{" "}
settings-data-checks-and = , and{" "}
settings-data-checks-after = ; a tracker's page has the link in its menu.
settings-made = Made

## Settings: defaults

settings-defaults-lede = What a new tracker starts with, and what an empty field of its form means.
settings-defaults-title = Defaults of trackers
settings-defaults-hint = When a default changes, every tracker follows that has the former one: where its form shows the default, greyed. A tracker with a value of its own keeps it. A value of its own that equals a default counts as the default.
settings-defaults-built-in = { $value } (built in)

## Settings: general

everybody-may-look = Everybody who can reach this page may look
settings-general-reading = Reading
settings-general-reading-hint = They see trackers, their targets without secrets, and their history, but not what targets answered. Changing something always needs an account.
settings-general-administrators = Administrators
settings-general-two-factor = Two-factor sign-in required for administrators
settings-general-two-factor-hint = Administrators who have not turned it on may do what editors may, and are led to their settings for it; so may their tokens. That can be you. Nobody is locked out: on the machine itself, `uptime-tracker user require-2fa off` takes it back.
settings-general-save-rule = Save rule

## Settings: your account

settings-own-codes = Your recovery codes
settings-own-codes-hint = Two-factor sign-in is on. If your phone is lost, each of these lets you in once. Keep them where your phone is not: they are shown only now.
settings-own-owes-before = Administrators need two-factor sign-in here. Until you{" "}
settings-own-owes = turn it on
settings-own-owes-after = , you and your tokens may do what editors may.
settings-own-you-are = You are{" "}
settings-own-password-until-now = Password until now
settings-own-new-password = New password
settings-own-change-password = Change password
settings-own-your-password = Your password
settings-own-two-factor-on = It is on: signing in needs a code of your phone.
settings-own-turn-off = Turn off
settings-own-two-factor-off = It is off. With it, a stolen password alone opens nothing: signing in also needs a code that your phone makes.
settings-own-turn-on-ask = Turn on…
settings-own-turn-on = Turn on
settings-own-scan = Scan this with an authenticator app, or type the secret into it:{" "}
settings-own-qr = QR code with the secret below
settings-own-code = Code that it shows now
settings-own-sessions = Where you are signed in
settings-own-sessions-table = Table of sessions
settings-own-sessions-browser = Browser
settings-own-sessions-address = Address
settings-own-sessions-since = Since
settings-own-sessions-this = this one
settings-own-sessions-end = End
settings-own-sessions-hint = A session that is not used for a day ends by itself, and each after 30 days.
settings-own-sessions-end-others = End all other sessions
settings-own-browser = { $program } on { $system }
settings-own-browser-unknown = unknown

## Settings: tags

settings-tags-merge = Merge into { $name }
settings-tags-new-name = New name
settings-tags-rename = Rename
settings-tags-rename-ask = Rename…
settings-tags-rename-named = Rename { $name }
settings-tags-delete-tag = { $trackers } will not have this tag any more. No tracker is deleted.
settings-tags-delete-group = { $trackers } will stand in no group. No tracker is deleted.

## Settings: tokens

settings-tokens-made = Your new token
settings-tokens-made-hint = Copy it now: it is shown only this once. A program sends it as: Authorization: Bearer …
settings-tokens-lede-before = Programs that use the interface under{" "}
settings-tokens-lede-read = {" "}or read{" "}
settings-tokens-lede-after = {" "}sign in with a token.
settings-tokens-yours = Your tokens
settings-tokens-table = Table of tokens
settings-tokens-may = May
settings-tokens-ends = Ends
settings-tokens-never = never
settings-tokens-revoke = Revoke
settings-tokens-revoke-hint = What uses this token will be refused from now on.
settings-tokens-may-look = look
settings-tokens-may-change = change trackers
settings-tokens-may-everything = do everything
settings-tokens-make = Make a token
settings-tokens-name-hint = What it is for: Grafana, deployment.
settings-tokens-it-may = It may
settings-tokens-it-ends = It ends
settings-tokens-after-month = after 30 days
settings-tokens-after-quarter = after 90 days
settings-tokens-after-year = after a year

## The first page of an installation

set-up-lede = Make the first account: it administers this installation. Then paste what should be watched.
set-up-name = Your name
set-up-password = A password
set-up-token = Set-up token
set-up-token-hint = You are not on the machine that this runs on. The token proves that it is yours: the server wrote it to its log when it started.
set-up-reading-hint = Without it, looking needs an account as well. Changing something always does. You can decide again later.
set-up-start = Start

## Signing in

sign-in-resumes = Your session had ended. What you typed is kept: sign in, look it over, and save again.
sign-in-lost = Password lost? An administrator can give you a new one, or on the machine itself:{" "}
sign-in-code = Code
sign-in-code-hint = The six digits that your phone shows now, or one of your recovery codes.
sign-in-again = Start again

## The editor

editor-copy = { $name } (copy)
editor-lede = Three fields are enough. The rest has defaults.
editor-form = Tracker
editor-crumb-new = New
editor-save-new = Save and check
editor-read = Read the command line
editor-test-hint = Asks the target once, with what stands in the form. Nothing is saved.
editor-ctrl = Ctrl
editor-enter = Enter
editor-wrong-test = Nothing was asked: the form has to be right first.
editor-wrong = Nothing was saved.
editor-wrong-tested = Not asked: the form has to be right first.
editor-changed = changed
editor-stop = Stop
editor-given-up = Given up.

## The editor: fields

editor-expect = Expect
editor-request = Request
setting-sign-in = Sign-in
editor-tls = TLS
editor-connection = Connection
editor-policy = When it fails
editor-when = When
editor-place = Where it shows
editor-url = What to check
editor-url-hint = A URL, a host, host:port, tcp://host:port, tls://host, dns://server/name?type=MX, ping host or a curl command line. push://name for a job that calls by itself.
editor-name-hint = What people call it. Empty takes the URL's host and path.
editor-every = Every
editor-every-hint = 1s to 24h, like 90s or 5m. A cron expression goes instead of it.
editor-expect-field = What counts as up
editor-expect-hint = Statuses like 200-299,401, or one expectation a line: status == 200 · body contains "ok" · json $.state == "up" · total < 800ms else degraded · certificate.days > 14 else degraded. Of a tcp target: banner starts with 220; of a dns target: answer == 192.0.2.1; of a ping target: loss < 50%.
setting-slow = Slow from
editor-slow-hint = 1ms to 60s, like 800ms: degraded, not down. Empty means never.
setting-method = Method
editor-method-hint = HEAD, POST …
setting-headers = Headers
editor-headers-hint = One a line, like Accept: text/html. Values of names like Authorization or X-Api-Key are hidden once they are saved; ••• keeps one.
setting-body = Body
editor-body-hint = At most 64 KiB. To a tcp target it is sent after connecting, with \r\n, \t, \0 and \xFF for what cannot be typed.
editor-redirects = Redirects
editor-redirects-hint = How many are followed, 0 to 10.
editor-cookies = Send cookies again while redirects are followed
editor-auth = How to sign in
editor-auth-none = not at all
editor-auth-basic = user and password
editor-auth-bearer = token
editor-auth-oauth2 = OAuth 2 client credentials
editor-auth-hint = Only the fields of the way that is chosen count. ••• keeps what is saved.
setting-user = User
setting-token = Token
editor-oauth2-token-url = OAuth 2: where tokens are given
editor-oauth2-client = OAuth 2: client
editor-oauth2-secret = OAuth 2: secret
editor-oauth2-scopes = OAuth 2: scopes
editor-oauth2-scopes-hint = Separated by spaces.
editor-verify = The certificate has to be trustworthy
editor-min-version = Oldest version
setting-server-name = Server name
editor-server-name-hint = Asked for and verified instead of the URL's host.
editor-authorities = Authorities
editor-authorities-hint = PEM: trusted instead of the machine's.
editor-certificate = Client certificate
editor-certificate-hint = PEM: what the probe shows.
setting-key = Client key
editor-key-hint = PEM, not encrypted. ••• keeps what is saved.
setting-version = HTTP version
editor-version-auto = the newest that is offered
setting-connections = Connections
editor-connections-auto = kept below 10 s, otherwise a fresh one each time
editor-connections-fresh = a fresh one each time
editor-connections-kept = kept
setting-ip = Addresses
editor-ip-auto = the first that answers
editor-ip-4 = IPv4 only
editor-ip-6 = IPv6 only
editor-ip-every = every one has to answer
setting-resolvers = Name servers
editor-resolvers-hint = At most 3, like 1.1.1.1 [::1]:53. Empty asks the machine's.
setting-host = Host
editor-host-hint = Sent instead of the URL's.
setting-proxy = Proxy
editor-proxy-hint = Like http://proxy.example:3128 or socks5://proxy.example:1080.
editor-proxy-user = Proxy: user
editor-proxy-password = Proxy: password
editor-cache-busting = Make each URL a new one, so that no cache answers
editor-retries = Failures that are tolerated
editor-retries-hint = 0 to 10 in a row; the next one makes it down.
editor-retry = Try again after
editor-retry-hint = 1s to 5m, if that fits before the next check.
editor-successes = Good checks to be up again
editor-successes-hint = 1 to 10 in a row.
setting-upside-down = Upside down
editor-upside-down-hint = Up when the target fails, down when it answers.
editor-cron = Cron expression
editor-cron-hint = Instead of an interval. Five or six fields, like 0 6 * * 1.
editor-zone = Time zone of the expression
editor-zone-hint = Like Europe/Berlin. Empty means UTC.
setting-deadline = Deadline
setting-grace = Grace
editor-grace-hint = Of a push tracker: how late a signal may come, and how long a run may take. 1s to 7d; empty means a quarter of the interval, an hour at most.
setting-push-url = Number of its URL
editor-push-url-hint = Another number makes another URL, and the former one stops at once.
editor-says-grace = { $grace } of grace
editor-deadline-hint = 1s to 60s, never longer than the interval.
editor-group-hint = Where it stands in the list. Empty for none.
editor-tags-hint = With commas between them, at most 20. Kept in lower case.

## The editor: what folded groups say

editor-says-slow = slow from { $length }
editor-says-headers = { $count ->
    [0] no headers
    [one] 1 header
   *[other] { $count } headers
}
editor-says-no-body = no body
editor-says-body = a body
editor-says-redirects = { $count } redirects
editor-says-cookies = cookies
editor-says-user = user { $name }
editor-says-token = a token
editor-says-no-sign-in = not at all
editor-says-not-verified = not verified
editor-says-verified = verified
editor-says-tls = TLS { $version } or newer
editor-says-authorities = own authorities
editor-says-certificate = a client certificate
editor-says-newest-http = newest HTTP
editor-says-every-address = every address
editor-says-both = IPv4 and IPv6
editor-says-resolvers = asks { $servers }
editor-says-host = host { $name }
editor-says-proxy = a proxy
editor-says-past-caches = past caches
editor-says-tries = { $count ->
    [one] 1 try
   *[other] { $count } tries, { $apart } apart
}
editor-says-good = { $count } good ones to be up again
editor-says-upside-down = upside down
editor-says-cron = cron { $cron }
editor-says-deadline = deadline { $length }

## The editor: what policies are worth

worth = How fast, and how many false alarms
worth-nothing = What a policy is worth can be told once it is saved, and for intervals only.
worth-caption = False alarms are counted for a network that is bad for 9 s a day, and for 86 s, in bursts of 20 s.
worth-preset = Preset
worth-tries = Tries
worth-down-within = Down within
worth-false-alarms = False alarms a year
worth-false-alarms-range = { $good } to { $poor }
worth-apart = { $count }, { $length } apart
worth-under = under 0.1

## The editor: a test

trial-steps = Steps of the test
trial-asking = Asking…
trial-took = {" "}in { $length }
trial-up = Up{ $took }.
trial-degraded = Up{ $took }, but degraded: { $fault }.
trial-down = Down: { $fault }.
trial-unknown = Nothing was learnt: { $reason }.
trial-save-anyway-down = Save anyway: it is down now
trial-save-anyway = Save anyway
trial-redirect = Redirect
trial-address = Address
trial-addresses = Addresses
trial-proxy = Proxy
trial-sign-in = Sign-in
trial-not-asked = Not asked
trial-name = Name
trial-connect = Connect
trial-tls = TLS
trial-first-byte = First byte
trial-transfer = Transfer
trial-good = : good
trial-failed = : failed
trial-expect = Expect
trial-holds = holds
trial-degraded-verdict = does not hold: degraded
trial-does-not-hold = does not hold
trial-found = found{" "}
trial-choose = Choose a value to expect it.
trial-body = Beginning of the body
trial-headers = Headers
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

## Which trackers something is about

which = Which trackers
which-hint = Those that have one of the tags, or stand in one of the groups, or are named. All trackers, if everything is empty.
which-labels-hint = With commas between them.
which-trackers-hint = Their numbers, with commas between them.
which-named = { $number } is { $name }
which-what-there-is = What there is
which-tags = Tags:{" "}
which-groups = Groups:{" "}

## Maintenance

maintenance = Maintenance
maintenance-add = Announce maintenance
maintenance-lede = While it lasts nothing is checked, nobody is told of trouble, and the time is not counted.
maintenance-lasting = { $count ->
    [one] One lasts now: nothing is checked there, and nobody is told of trouble.
   *[other] { NUMBER($count) } last now: nothing is checked there, and nobody is told of trouble.
}
maintenance-none = None is announced. Announce one before you work on something, and nobody is woken for it.
maintenance-coming = Now, and to come
maintenance-is-over = Over
maintenance-more = and { $count } more within four weeks
maintenance-calendar = Calendar
maintenance-from = From
maintenance-until = Until
maintenance-now = now
maintenance-once = Once
maintenance-cron = By cron { $cron } in { $zone }, for { $lasting }
maintenance-end = End it now
maintenance-announced = It is announced.
maintenance-withdrawn = It is taken back.

## The form of a maintenance

plan-lede = What is down before and still is afterwards is no news; what broke meanwhile is told when it is over.
plan-delete-hint = It is taken back for good. If it lasts, checks begin again at once.
plan-name-hint = For whoever wonders why nothing is checked, like “New disk”.
plan-when = When
plan-when-hint = Once: from a time, until another one or for a length. Again and again: a cron expression, and for how long each time.
plan-from = From
plan-from-hint = Like 2026-11-23 14:30 in the time zone below, or now.
plan-until = Until
plan-until-hint = Or leave it empty and say how long.
plan-cron = Again and again, by cron
plan-cron-hint = Like 0 3 * * 0: each Sunday at three.
plan-lasting = For how long
plan-lasting-hint = From 1m to 31d.
plan-zone = Time zone
plan-zone-hint = Like Europe/Berlin.

## Who depends on whom

parent = Depends on
parent-hint = While that one is down, a failure of this one is not told: it is blocked.
parent-nobody = nobody
parent-same-address = { $name } (same address)
parent-same-certificate = { $name } (same certificate)
parent-same-host = { $name } (same host)
parent-unknown = tracker { $id }

## Outside pages

## What an alert says

alert-down = Down
alert-still-down = Still down
alert-still-down-after = Still down after { $length }
alert-recovered = Up again
alert-recovered-after = Up again after { $length }
alert-was-down = Was down, up again
alert-was-down-for = Was down for { $length }, up again
alert-flapping = Goes up and down
alert-flapped = { $count ->
    [one] down once in the last { $minutes } min
   *[other] down { $count } times in the last { $minutes } min
}
alert-digest = { $count ->
    [one] 1 thing happened
   *[other] { $count } things happened
}
alert-test = A test of this channel
alert-line-location = This location
alert-line-blind = { $name } sees nothing
alert-line-seeing = { $name } sees again
alert-line-other = { $name } tells something
alert-line-more = and { $count } more
alert-about = { $what }: { $about }
alert-no-time = less than 1 s
alert-target = Target
alert-group = Group
alert-tags = Tags
alert-since = Since
alert-lasted = Lasted
alert-at = At
alert-messages = Messages
alert-details = Details

## Settings of a channel

channel-secret-elsewhere = a secret that is kept goes to the server that it was given for: fill it in again
channel-none = these settings make no channel
channel-kind-unknown = there is no such kind of channel
channel-text = Own text
channel-text-hint = Instead of our own words, where a message is about one tracker. {"{"}title{"}"} {"{"}cause{"}"} {"{"}target{"}"} {"{"}evidence{"}"} {"{"}link{"}"} and other names stand for what they say.
channel-text-long = a text has at most { $most } characters
channel-text-no-name = {"{"}{ $word }{"}"} is no name; there are { $known }
channel-name-title = what happened to whom, in a line
channel-name-kind = what happened, as a word for programs
channel-name-name = the tracker's name
channel-name-target = its target
channel-name-group = its group
channel-name-tags = its tags, with commas
channel-name-at = when it happened, RFC 3339 in UTC
channel-name-since = the first failed check, RFC 3339 in UTC
channel-name-lasted = how long it was down, like 4 min 12 s
channel-name-cause = why
channel-name-incident = the number of the incident
channel-name-evidence = what was seen, or what a digest puts together: a line each
channel-name-link = the page that says more
channel-name-acknowledge = the page where somebody says that they know of it, without an account
channel-address-missing = an address is needed
channel-address-long = an address has at most 2000 characters
channel-address-mask = the mask stands for nothing here: fill the address in again
channel-address-scheme = an address begins with https:// or http://
channel-address-credentials = an address has no user and no password in it
channel-address-wrong = this is no address: one looks like https://example.com/path
channel-address-question = the address of a server has no question mark
channel-server = Server
channel-topic = Topic
channel-webhook-address = Webhook address
channel-discord-help = Needs a webhook of one of your channels.
channel-discord-url-hint = https://discord.com/api/webhooks/…, from the channel's settings
channel-mail = E-mail
channel-mail-help = Needs a server that takes mail from you (SMTP).
channel-mail-encryption = Encryption
channel-mail-starttls = STARTTLS (port 587)
channel-mail-tls = TLS (port 465)
channel-mail-unencrypted = None (port 25), for a server on this machine or network
channel-mail-port = Port
channel-mail-port-hint = The usual one of the encryption, if empty
channel-mail-user = User
channel-mail-user-hint = If the server wants to know who you are
channel-mail-password = Password
channel-mail-from = From
channel-mail-to = To
channel-mail-to-hint = One address a line
channel-mail-authority = Own certificate authority
channel-mail-authority-hint = PEM, if the certificate of the server is signed by yourself
channel-mail-host-wrong = a server is a name like mail.example.com, or an address
channel-mail-encryption-wrong = an encryption is starttls, tls or none
channel-mail-port-wrong = a port is a number from 1 to 65535
channel-mail-password-wrong = a password is one line of at most 1000 characters
channel-mail-user-wrong = a user is one line of at most 1000 characters
channel-mail-password-open = a password is not sent without encryption
channel-mail-user-alone = a user needs a password
channel-mail-password-alone = a password needs a user
channel-mail-to-nobody = somebody has to get the message
channel-mail-to-many = at most { $most } addresses get a message
channel-mail-address-wrong = an address looks like name@example.com, or Name <name@example.com>
channel-mail-address-letters = an address has plain letters only; a name beside it may have any
channel-mail-authority-wrong = these are no certificates in PEM: -----BEGIN CERTIFICATE-----, at most 20000 characters
channel-ntfy-help = Needs a topic. On the public server everybody who guesses its name can read it.
channel-ntfy-topic-hint = Letters, digits, - and _; hard to guess
channel-ntfy-token = Access token
channel-ntfy-token-hint = tk_…, if the topic is protected
channel-ntfy-server-hint = Yours, if you run one; otherwise https://ntfy.sh
channel-ntfy-topic-wrong = a topic has 1 to 64 letters, digits, - or _
channel-ntfy-token-wrong = a token has letters and digits only
channel-pagerduty-help = Needs an integration of type Events API v2 in one of your services.
channel-pagerduty-key = Integration key
channel-pagerduty-key-hint = 32 letters and digits
channel-pagerduty-server-hint = https://events.eu.pagerduty.com in Europe; otherwise https://events.pagerduty.com
channel-pagerduty-key-wrong = an integration key has 32 letters and digits
channel-slack-help = Needs an incoming webhook of your workspace.
channel-slack-url-hint = https://hooks.slack.com/services/…, shown once when it is made
channel-telegram-help = Needs a bot, and a chat that it may write into.
channel-telegram-token = Token of the bot
channel-telegram-token-hint = 123456:ABC…, from @BotFather
channel-telegram-chat = Chat
channel-telegram-chat-hint = A number like -1001234567890, or @name of a channel
channel-telegram-topic-hint = The number of a topic, in groups that have some
channel-telegram-server-hint = Yours, if you run one; otherwise https://api.telegram.org
channel-telegram-token-wrong = a token looks like 123456:ABC-def
channel-telegram-chat-wrong = a chat is a number like -1001234567890, or @ and the name of a channel
channel-telegram-topic-wrong = a topic is a number from 1
channel-webhook = Webhook
channel-webhook-help = Sends JSON to an address of your own by POST. Every answer from 200 to 299 says that it was taken.
channel-webhook-url = Address
channel-webhook-secret = Signing secret
channel-webhook-secret-hint = whsec_ and 24 to 64 bytes in Base64, if the receiver checks signatures
channel-webhook-headers = Headers
channel-webhook-headers-hint = One a line, like Authorization: Bearer …; values are not shown again
channel-webhook-body = Own JSON
channel-webhook-body-hint = Instead of ours. Names like {"{"}title{"}"} {"{"}kind{"}"} {"{"}name{"}"} {"{"}cause{"}"} {"{"}link{"}"} inside of its texts stand for what they say
channel-webhook-headers-many = there are at most { $most } headers
channel-webhook-header-twice = { $name } is there twice
channel-webhook-header-wrong = a header is a name, a colon and a value
channel-webhook-header-name-wrong = a header's name has letters, digits and - only
channel-webhook-header-ours = { $name } is set by this program
channel-webhook-header-elsewhere = the value of { $name } is kept only for the server that it was given for: fill it in again
channel-webhook-header-value-wrong = the value of { $name } is one line of at most { $most } plain characters
channel-webhook-body-long = a body has at most { $most } characters
channel-webhook-body-wrong = this is not JSON: see line { $line }, column { $column }. Names stand inside of quotes
channel-webhook-secret-wrong = a signing secret is whsec_ and 24 to 64 bytes in Base64

## What became of a message

sending-answered = the service answered { $said }
sending-redirected = the service answered { $said }, and redirects are not followed: set the address that it leads to
sending-no-address = this is no address
sending-unmade = the request could not be made from these settings
sending-no-connection = no connection to the service
sending-hung-up = the service hung up without an answer
sending-late = the service did not answer in time
sending-forbidden = the service is at an address that this server must not ask
sending-untrusted = the certificate of the service is not trusted
sending-no-encryption = no encryption was agreed on with the service
sending-refused = the service refused the connection
sending-broken-off = the service broke the connection off
sending-unreachable = the service cannot be reached from here
sending-mail-unmade = these addresses make no message
sending-mail-no-starttls = the server offers no STARTTLS, and nothing is sent without encryption
sending-mail-no-sign-in = the server offers no way to sign in that is known here
sending-mail-nobody = nobody gets the message
sending-mail-not-for = { $all }; not for { $to }: { $why }
sending-mail-no-name = the name of the server has no address
sending-mail-no-connection = no connection to the server
sending-mail-encryption-unmade = no encryption could be made from these settings
sending-mail-answered = the server answered { $code } { $said }
sending-mail-nonsense = the server said what no mail server says
sending-mail-untrusted = the certificate of the server is not trusted
sending-mail-no-encryption = no encryption was agreed on with the server
sending-mail-broken-off = the server broke the connection off

## Faults

fault-dns = name does not resolve
fault-refused = connection refused
fault-unreachable = host unreachable
fault-reset = connection reset
fault-closed = connection closed without an answer
fault-timeout-resolve = timeout while resolving the name
fault-timeout-connect = timeout while connecting
fault-timeout-tls = timeout while encrypting the connection
fault-timeout-first-byte = timeout while waiting for the first byte
fault-timeout-body = timeout while reading the answer
fault-status = status { $code }
fault-protocol = no valid answer
fault-redirects = cannot follow the redirects
fault-forgotten = the cause is no longer kept
fault-slow = slow
fault-answers = it answers, and should not
fault-too-slow = the answer comes too slowly
fault-headers-too-large = the head of the answer is too large
fault-decompression = the answer cannot be unpacked
fault-proxy = the proxy fails
fault-addresses = not every address answers as expected
fault-expectation = not as expected
fault-not-serving = the server does not serve
fault-sign-in = signing in fails
fault-missing = no signal
fault-unfinished = a run does not end
fault-late = late
fault-overlap = runs overlap
fault-failed = it says that it failed
fault-exit = exit code { $code }
fault-missing-since = one was expected at { $time }, and none came within { $grace } of grace
fault-unfinished-since = it began at { $time }, and its { $grace } of grace are over
fault-late-since = the signal was expected at { $time }
fault-late-run = the run took { $took }
fault-overlap-since = another one began at { $time }, and has not ended
fault-tls-other = no secure connection
fault-tls-expired = certificate expired
fault-tls-not-yet-valid = certificate not valid yet
fault-tls-wrong-name = certificate for another name
fault-tls-untrusted = certificate from an unknown authority
fault-tls-self-signed = certificate signed by itself
fault-tls-revoked = certificate revoked
fault-tls-bad-certificate = certificate malformed or too weak
fault-tls-version = no common version of TLS
fault-tls-cipher = no common cipher of TLS
fault-tls-client-certificate = a client certificate is wanted
fault-tls-not-spoken = the server speaks no TLS
fault-slow-limit = { $ms } ms or more
fault-wanted-got = wanted { $wanted }, got { $got }

## Why nothing is known

unknown-overload = this machine was too busy to start the check in time
unknown-file-descriptors = this machine had no file descriptors left
unknown-network = this machine had no usable network
unknown-resolver = this machine's name server did not answer
unknown-not-observed = not observed
unknown-paused = paused
unknown-maintenance = in maintenance
unknown-stopped = Uptime Tracker was not running
unknown-suspended = this machine was asleep
unknown-clock-step = this machine's clock was set
unknown-not-recorded = the results could not be recorded
unknown-damaged = the record is damaged
unknown-ports = this machine had no free port for another connection
unknown-policy = this server does not ask that address
unknown-blind = this machine could see nothing at all
unknown-blocked = blocked by a tracker that it depends on
unknown-ping = this process has no right to ping (net.ipv4.ping_group_range or CAP_NET_RAW)

## Marks of checks

mark-up = up
mark-slow = slow
mark-retrying = retrying
mark-down = down
mark-unknown = no data

## How uptime is counted

uptime-rule-observed-time = Time up, degraded included, divided by time observed. A result holds until the next check is due, at most one interval. Unknown, paused and maintenance time is in neither part.
uptime-rule-full-service-time = Time up, degraded counted as down, divided by time observed. A result holds until the next check is due, at most one interval. Unknown, paused and maintenance time is in neither part.
uptime-rule-checks = Scheduled checks up, degraded included, divided by scheduled checks that learnt something. Retries do not count beside their scheduled check.

## The log of changes

changed-paused-no = no
changed-paused-yes = yes
changed-paused-until = until { $until }

## What is not allowed

access-nobody = nobody is signed in
access-forbidden = this account may not do that
access-two-factor = an administrator has to turn two-factor sign-in on first

## Fields of accounts

field-role-wrong = a role is viewer, editor or administrator
field-account-name-length = a name has 1 to { $most } characters
field-account-name-invisible = a name has no invisible characters
field-password-short = at least { $least } characters; a few words are easy to remember
field-bytes = at most { $most } bytes

## Fields of trackers

field-url-missing = give the URL to track, like https://example.org
field-url-long = a URL has at most { $most } bytes, this one has { $long }
field-url-spaces = a URL has no spaces and no control characters
field-url-wrong = not a URL: { $why }
field-url-scheme = cannot track `{ $scheme }`; what is understood: { $known }
field-url-credentials = user names and passwords in a URL would be shown to everybody; leave them out
field-url-no-host = the URL has no host
field-url-host-wrong = a host has letters, digits, dots, hyphens and underscores only
field-url-port-zero = port 0 cannot be asked; ports are 1 to 65535
field-url-curl = this is a command line; paste it under More options
field-url-no-port = a { $kind } target has a port, like { $kind }://example.org:5432
field-url-place = a { $kind } target is a host and a port, with nothing behind them
field-url-named = a { $kind } target is a host, maybe a port, and behind them at most one name, without +, # and ?
field-url-unasked = a push tracker asks nobody; save it, and have its target call the URL that its page shows
field-url-label = a push target is a name of your own, like push://nightly-backup
field-url-host = a { $kind } target is a host, with nothing behind it
field-url-question = a dns target is dns://SERVER/NAME?type=TYPE, with one of { $types }, and &transport=tcp or tls where it is not udp; dns:///NAME asks the server of this machine
field-auth-basic = a { $kind } server is told a user and a password
field-user-long = a user has at most { $most } letters
field-query-long = a query has at most { $most } bytes
field-auth-header = a { $kind } server is told a user and a password, or a token
detail-login-unsendable = user and password cannot be sent
field-only-for = only for { $kinds } targets
field-body-escape = what is sent knows \r, \n, \t, \0, \xFF and \\; another sign behind a backslash is none of them
field-name-missing = a name needs at least one character
field-name-long = a name has at most { $most } characters
field-name-invisible = a name has no control characters and no invisible or direction marks
field-group-long = a group has at most { $most } characters
field-group-invisible = a group has no control characters and no invisible or direction marks
field-tags-many = a tracker has at most { $most } tags, these are { $many }
field-tag-long = a tag has at most { $most } characters
field-tag-comma = a tag has no comma
field-tag-invisible = a tag has no control characters and no invisible or direction marks
field-place-wrong = a place is a number from 1 to 1000000000
relabel-tag-unnamed = give the tag a name
relabel-group-unnamed = give the group a name
field-every-wrong = an interval is whole seconds from 1 s to 24 h, like 30s or 5m
field-cron-long = an expression has at most { $most } characters
field-cron-fields = give five fields (minute hour day month weekday) or six (second first)
field-cron-wrong = not understood; five fields are minute hour day month weekday, six start with the second
field-cron-range = out of range
field-cron-never = this never happens
field-cron-weekdays = weekdays are 0 to 7, 0 and 7 are Sunday
field-cron-step-range = a step needs a range of weekdays, like 1-5/2
field-cron-step = a step is a number above 0
field-zone-wrong = not an IANA time zone, like Europe/Berlin or UTC
field-cron-and-every = give an interval or a cron expression, not both
field-zone-alone = a zone belongs to a cron expression; give that too
field-grace-wrong = a grace is 1 s to 7 days, like 15m or 2h
field-push-url-wrong = the number of a URL is 1 or more
field-deadline-wrong = a deadline is 1 s to 60 s, like 10s
field-retries-wrong = retries are { $least } to { $most }
field-successes-wrong = successes are { $least } to { $most }
field-retry-wrong = a retry follows after 1 s to 5 min, like 5s
field-slow-wrong = slow begins at 1 ms to 60 s, like 800ms
field-rest-length-wrong = this is no length of time; give one like 15m, 2h or 3d
field-rest-over = this is over already; give a time that is still to come
field-rest-long = a pause ends within a year, or not by itself
field-rest-no-time = this is no time; give one like 2026-11-23T14:03:00Z
field-rest-reason-long = a reason has at most { $most } characters
field-rest-reason-invisible = a reason stands on one line, without invisible or direction marks

## Fields of a maintenance

plan-lengths = it lasts from 1m to 31d, like 30m or 2h
plan-either = either once, from a time, or again and again, by cron; leave one of them empty
plan-no-end = say when it is over, or how long it lasts
plan-two-ends = say when it is over or how long it lasts, not both
plan-ends-before = it has to end after it begins
plan-over = this is over already
plan-no-name = give it a name, for whoever wonders why nothing is checked
plan-name-marks = a name stands on one line, without invisible or direction marks
plan-name-long = a name has at most { NUMBER($most) } characters
plan-no-moment = give a date and a time, like 2026-11-23 14:30
plan-too-many = there are { NUMBER($most) } already; delete those that are over
plan-unknown = There is no such maintenance.

## Who a tracker may depend on

parent-no-such = there is no such tracker
parent-itself = a tracker cannot depend on itself
parent-circle = that one depends on this one already
parent-too-deep = at most { NUMBER($most) } trackers can depend on each other in a row

## Fields of a request

field-one-of = one of { $known }
field-secret-unreadable = what is stored was sealed with another key, or is damaged, so it cannot be read; enter it again, or start with the key that it was sealed with
field-secret-not-kept = there is no former secret to keep; give one
field-body-long = a body has at most { $most } bytes, this one has { $long }
field-redirects-wrong = 0 to { $most }
field-resolvers-many = at most { $most } name servers
field-resolver-wrong = a name server is an address like 1.1.1.1, 1.1.1.1:53 or [::1]:53
field-user-colon = a user's name has no colon
field-token-missing = give the token
field-token-url-web = tokens are given by a web server: http or https
field-token-wrong = a token has no spaces and only letters, digits and signs of ASCII
field-client-secret-missing = give the secret
field-missing = it is missing
field-headers-many = at most { $most } headers
field-header-twice = { $name } is there twice; join its values with commas
field-header-authorization = Authorization is set by http.auth already; leave one of them out
field-method-wrong = a method is a word of at most 20 letters, like POST
field-method-forbidden = { $method } cannot be sent by a probe
field-header-name-wrong = a header's name is a word of at most 100 letters, digits and hyphens, like Accept
field-header-ours = { $name } is set by the probe itself
field-header-host = { $name } is set by the probe itself; http.host says it
field-header-value-long = a header's value has at most { $most } bytes
field-line-breaks = no line breaks and no control characters
field-host-wrong = a host like example.org or example.org:8080
field-server-name-wrong = a name like example.org, or an address
field-certificates-wrong = one or more blocks that begin with -----BEGIN CERTIFICATE-----, and no others
field-key-encrypted = this key is encrypted, and nobody is there to type its password; give it without one
field-key-wrong = one block that begins with -----BEGIN PRIVATE KEY-----
field-pem-base64 = a block is no Base64; it may have been cut or changed
field-pem-unopened = a block ends that did not begin, or the other way round
field-pem-unended = the last block has no end
field-proxy-wrong = a proxy is like http://proxy.example:3128 or socks5://proxy.example:1080
field-proxy-credentials = user and password of a proxy have fields of their own
field-proxy-password-alone = a password needs the user that it belongs to
field-key-alone = a key needs the certificate that it belongs to
field-certificate-alone = a certificate needs its key

## Fields of the settings

field-ceiling-wrong = a ceiling is a share of the disk like 80%, or a size from 64MiB, like 500MiB or 20GiB
field-days-wrong = a time from 1d, like 90d or 365d

## Expectations

expect-long = expectations have at most { $most } bytes, these have { $long }
expect-long-written = written out, these take { $long } bytes, and { $most } are the most
expect-place = column { $column }: { $problem }
expect-place-line = line { $line }, column { $column }: { $problem }
expect-expected = expected { $what }
expect-wanted-end = `;`, a new line, `and`, `or`, `else degraded`, or the end; texts with spaces, brackets, commas or semicolons are in quotes
expect-wanted-severity = `degraded` or `down`
expect-wanted-list = `(`, as in { $word }(…; …)
expect-wanted-bracket = `and`, `or` or `)`
expect-wanted-list-end = `;`, `and`, `or` or `)`
expect-deep = expectations nest at most { $most } deep
expect-wanted-test = one of { $known }, not, all(…), any(…)
expect-not-of-kind = a { $kind } target has no `{ $subject }`; it has { $known }
expect-many = there are at most { $most } expectations
expect-wanted-operator = an operator that fits { $subject }: { $known }
expect-wanted-header = a header's name, like content-type
expect-subject-json = json, or count or every
expect-wanted-path = a JSON path, like $.db.state or $.items[0]['a-b']
expect-path-wrong = not a JSON path (RFC 9535) from here on
expect-path-long = a path has at most { $most } bytes
expect-path-unseen = characters that are not seen are written \uXXXX in a path
expect-path-descents = a path has `..` at most once
expect-path-filters = a path has a filter `?` at most once
expect-path-commas = a path has at most 4 commas
expect-path-root = within a path `$` is not understood; filters look at `@`
expect-path-depth = a path has at most 8 brackets within each other
expect-path-patterns = match() and search() are not understood; write `json PATH ~ PATTERN`
expect-wanted-status = a status from 100 to 599, like 200
expect-wanted-time = a time with its unit, up to 1h, like 800ms or 1.5s
expect-wanted-bytes = a size up to 1MiB, like 500B, 20kB or 64KiB
expect-wanted-days = a number of days, like 14
expect-wanted-redirects = a number of redirects from 0 to 20
expect-wanted-nodes = a number of nodes, like 3
expect-wanted-percent = a percentage from 0% to 100%
expect-wanted-version = a version, like 1.1 or 2
expect-range-upside-down = a range starts with its lower end, like 200-299
expect-wanted-number = a number
expect-list-long = a list has at most { $most } entries
expect-wanted-value = a number, a text in quotes, true, false or null
expect-number-wrong = expected a number, like 5 or 1.5; a text is in quotes
expect-wanted-some-text = a text that is not empty
expect-wanted-edge = a text that is not only white space
expect-wanted-text = a text, like "ok"
expect-quote-open = this quote is not closed on its line
expect-escape-wrong = expected \\, \", \n, \r, \t or \u{"{"}…{"}"}; in '…' a backslash stands for itself
expect-pattern-long = a regular expression has at most { $most } bytes
expect-pattern-large = this regular expression is too large; repeat less in it
expect-pattern-wrong = not a regular expression: { $why }

## What an answer had instead

found-no-header = no such header
found-no-tls = nothing, without TLS
found-nothing = nothing
found-too-long-for-json = more than 1 MiB, which is not read as JSON
found-no-json = the body is not JSON
found-more-than-read = more than 1MiB
found-not-in-what-is-read = not in the first 1 MiB: { $first }
found-nodes = { $count } nodes
found-array = an array of { $count }
found-object = an object of { $count }
found-more = { $first } and { $count } more

## Ways to mend an expectation

mend-accept = Accept { $value }
mend-allow = Allow up to { $value }
mend-use = Use { $value }
mend-use-text = Use “{ $shown }”
mend-ignore-case = Ignore case
mend-text = “{ $shown }”

## A pasted command line

pasted-quote-open = A quote has no end, so the line may be cut.
pasted-next = What follows { $next } is left out.
pasted-no-value = { $option } has no value.
pasted-left-out = { $option } is left out: this has no counterpart here.
pasted-urls = Only the first URL is checked; a tracker asks one.
expect-subject-header-name = header NAME
expect-subject-json-path = json PATH

## Lengths of time

## Schedules

schedule-every = every { $interval }
schedule-cron = cron { $expression } in { $zone }
schedule-signals = a signal { $schedule }, { $grace } of grace

## Failures

failure-not-found = not found
failure-unavailable = { $doing } is not possible at the moment
failure-internal = { $doing } failed

## Details of faults

detail-no-such-host = no such host
detail-ended-early = the answer ended before its end
detail-echo = an echo
detail-dns-stray = what comes back is no answer to the question
detail-dns-answers = { $count ->
    [one] { $rcode }, 1 answer
   *[other] { $rcode }, { $count } answers
}
detail-truncated = cut short, so it is asked for again over TCP
detail-during-tls = during the TLS handshake
detail-tls-large = larger than 64 KiB
detail-tls-no-certificate = the server shows none
detail-tls-rules = the server breaks the rules of TLS: { $why }
detail-tls-old = the server speaks only TLS older than 1.2
detail-tls-only-1-2 = the server speaks only TLS 1.2
detail-tls-expired = since { $day }
detail-tls-not-yet = before { $day }
detail-tls-alone = the server shows no other certificate that would lead to one
detail-tls-purpose = it is not for servers
detail-tls-unreadable = it cannot be read
detail-tls-signature = its signature is wrong
detail-tls-name = not for { $wanted }
detail-tls-names = for { $shown }, not for { $wanted }
detail-tls-names-more = for { $shown } and { $more } more, not for { $wanted }
detail-tls-unknown-name = the server does not know this name
detail-tls-client-refused = the server refuses ours: { $alert }
detail-tls-alert = the server broke off with the alert { $alert }
detail-redirect-scheme = redirect to { $scheme }:, which is not followed
detail-redirect-port = redirect to port 0
detail-redirects-many = more than { $most } redirects
detail-answer-leads-to = { $answer } to { $place }
detail-two-lengths = two contradicting lengths, as in an answer that was tampered with
detail-too-slow = { $size } bytes in { $seconds } s
detail-sign-in-no-credentials = no credentials
detail-sign-in-no-token = the answer holds no token
detail-sign-in-no-bearer = the token is no bearer token
detail-sign-in-unsendable = the token cannot be sent
detail-sign-in-status = the answer is { $status }
detail-sign-in-long = the answer is too long
detail-packed-unnamed = packed in a way without a name
detail-packed-unknown = packed as `{ $name }`, which is not understood
detail-packed-often = packed { $many } times over
detail-packed-broken = broken: { $why }
detail-packed-bomb = { $size } bytes unpack to more than { $times } times as many
detail-no-ipv6 = no IPv6 address
detail-no-ipv4 = no IPv4 address
detail-no-name = not a name that can be looked up
detail-addresses = { $failing } of { $all } addresses fail: { $each }
detail-redirect-no-host = the redirect has no host
detail-method-unsendable = the method cannot be sent
detail-header-name-unsendable = a header's name cannot be sent
detail-header-unsendable = a header cannot be sent
detail-url-unsendable = the URL cannot be sent
detail-interim-many = more than { $most } interim answers
detail-connection-ended = the connection ended
detail-proxy-endless = its answer has no end
detail-proxy-hung-up = it hung up without an answer
detail-proxy-more = it says more than it should
detail-proxy-who = it wants to know who asks
detail-proxy-no-http = it does not speak HTTP
detail-socks-no-socks = it does not speak SOCKS5
detail-socks-credentials = it does not accept the user and password
detail-socks-long = a name, user or password of more than 255 bytes cannot be sent
detail-socks-failed = it failed
detail-socks-forbidden = it does not allow this
detail-socks-network = network unreachable from there
detail-socks-host = host unreachable from there
detail-socks-refused = connection refused by the target
detail-socks-late = it took too long
detail-socks-cannot = it cannot do this
detail-socks-unnamed = it refuses, for a reason that has no name
detail-authorities-unreadable = the authorities of this tracker cannot be read
detail-authorities-unusable = the authorities of this tracker cannot be used
detail-client-unreadable = the client certificate of this tracker cannot be read
detail-client-key = the client certificate of this tracker does not fit its key
detail-talk-strange = it does not speak { $protocol }: { $said }
detail-talk-silent = it does not speak { $protocol }
detail-talk-method = it wants another way of signing in: { $method }
detail-talk-work = it wants too much work for signing in
detail-talk-impostor = it does not know the password either, so it is not the server it says it is
detail-talk-needs-encryption = it takes no password without encryption
detail-talk-ascii = it takes only ASCII
detail-mqtt-version = it does not speak version 3.1.1
detail-mqtt-name = it does not take the name of this client
detail-mqtt-unavailable = it says that it is not available
detail-mqtt-login = it does not accept the user and password
detail-mqtt-right = it does not allow this
detail-mqtt-subscribe = it does not allow to subscribe to the topic
detail-grpc-code = code { $code }
detail-websocket-upgrade = it upgrades to something else than was asked for
detail-websocket-accept = its Sec-WebSocket-Accept does not fit the key
detail-websocket-frame = it sends what is no frame of a WebSocket
detail-websocket-text = it sends a text that is not UTF-8
detail-websocket-closed = closed with { $code }
detail-websocket-closed-why = closed with { $code }: { $why }
detail-talk-long = an answer without an end
detail-talk-no-encryption = the server offers no encryption
detail-talk-early = it went on talking before the encryption, as when somebody in between puts something in

## A certificate in short

certificate-days-left = { $days } days left
certificate-expired = expired { $days } days ago
certificate-issued = issued by { $issuer }, { $days }

## What was done with many

many-paused-one = { $name } is paused.
many-paused = { $count } trackers are paused.
many-resumed-one = { $name } is resumed.
many-resumed = { $count } trackers are resumed.
many-deleted-one = { $name } is deleted.
many-deleted = { $count } trackers are deleted.
many-changed-one = { $name } is changed.
many-changed = { $count } trackers are changed.
many-order = The order is changed.
many-nothing-done = There was nothing to change.
many-unnamed = 1 tracker
many-names-no-change = it names no change
many-no-deed = it does not say what to do
many-no-end = give the time when the pause ends, or choose another length
relabel-merges-tag = { $count ->
    [one] 1 tracker has
   *[other] { $count } trackers have
} the tag { $name } already; the two would become one
relabel-merges-group = { $count ->
    [one] 1 tracker has
   *[other] { $count } trackers have
} the group { $name } already; the two would become one
many-none = no tracker was chosen
many-too-many = at most { $most } trackers at once, these are { $many }
paste-many = at most { $most } targets at once, these are { $many }
paste-line = line { $line }: { $problem }
live-many = at most { $most } trackers, these are { $many }
check-now-many = at most { $most } trackers at once
check-now-push = a push tracker asks nobody: its target calls the URL that its page shows
check-now-broken = this tracker cannot be checked as it stands; edit it first

## What is wrong with this installation

trouble-recording = Recording has stopped: { $problem }. Probing goes on; what cannot be recorded is shown as no data.
trouble-blind = { $sentence }. Probing goes on; failures that may be this location's own are shown as no data.
trouble-secrets = { $count ->
    [one] The secrets of 1 tracker cannot be read, so it is not checked
   *[other] The secrets of { $count } trackers cannot be read, so they are not checked
}; bring the key back, or enter them again
trouble-late = checks start up to { $late } ms late, more than { $most } ms: too busy
trouble-database = the database cannot be used: { $problem }
trouble-canaries = { $silent } of { $all } canaries do not answer
trouble-hosts = all { $hosts } hosts that were up fail at once
trouble-blind-since = This location is blind since { $time } UTC: { $why }

## Who changed something, when nobody did

actor-outside = outside, in the database
actor-pause-end = the end of the pause
actor-command-line = the command line
actor-demo = demo

## Backups and exports

backup-no-room = a backup needs { $needed } MiB of free disk, there are { $free }: make room, or keep fewer with --backups
backup-folder = the folder of the backups cannot be used
backup-folder-log = the folder of the backups cannot be used; the log says why
backup-failed = it failed; the log says why
backup-running = a backup is being made at the moment; wait until it is there
doing-backups = reading the backups
doing-backup = reading the backup
export-head = # Trackers of Uptime Tracker: what differs from what is built in. Read again with `uptime-tracker import toml`.{"\u000A"}# Secrets are not in it: where ••• stands and left_out names it, a new tracker needs the secret itself.{"\u000A\u000A"}
export-format = json, toml or csv
doing-export = writing the trackers
doing-saving = saving
doing-signal = recording the signal

## Alerts, as the server makes them

alert-asked = Asked
alert-address = Address
alert-status = Status
alert-certificate = Certificate
alert-answer = Answer
alert-channel-off = the channel is turned off
alert-over = over before anybody had to know
alert-late = the service did not answer within { $seconds } s
alert-channel-gone = the channel is gone
alert-tried-by = { $who } tries this channel
channels-many = there are { $most } channels already
channel-sealed = its settings cannot be read with the key that this server has; enter them again
rules-many = there are { $most } rules already
alerting-name-missing = give it a name
alerting-name-control = a name has no control characters
which-trackers-wrong = trackers are told by their numbers, with commas between them
rule-channel-missing = choose at least one channel
rule-delay-wrong = a delay is a length of at most a day, like 30s or 5m
rule-remind-wrong = reminders come after 1m to 7d, like 30m; empty for none
rule-fallback-wrong = there is no such channel
rule-everything = Everything
comment-missing = say something first
comment-control = a comment has no control characters
comment-long = a comment has at most { $most } characters
channel-broken = the settings of a channel are damaged
channel-broken-wrong = the settings of a channel are not right: { $why }
setting-of-command-line = the command line says this, and wins; change it there

## Signing in

sign-in-seed-lost = the server cannot read what your phone's codes are compared with: its key was lost. Take a recovery code, or ask an administrator to turn your two-factor sign-in off
sign-in-setup-token = this is not the token that the server wrote to its log when it started
sign-in-wrong = this name and this password do not belong together
sign-in-late = that took too long; give name and password again
sign-in-code-wrong = this code is not valid now; take the newest one
sign-in-set-up = this installation has been set up already; sign in
doing-secret = making a secret
doing-password = checking the password
doing-setup-token = making the token for setting up
field-password-guessed = this is easily guessed; take a few words that do not belong together
own-password-wrong = this is not your password
own-code-late = that took too long; begin again
own-code-wrong = this code is not right; are phone and server on time?
token-days-wrong = how many days the token lasts is a whole number

## Answers to programs

api-push-unknown = No tracker has this URL. It may have been given another one; its page shows today's.
api-push-asked = This tracker asks its target; only targets of the kind push call.
api-push-word = Behind the URL stands start, success, fail, log, or an exit code.
api-push-run = A run is named by 1 to 64 letters, digits, dots, hyphens and underscores.
api-push-many = More than 10 signals within a second; this one was not recorded.
api-nothing = There is nothing here.
api-method = This address does not understand that method.
api-body-large = The body is too large; at most 64 KiB are read.
api-late = This took too long.
api-broken = Something here is broken; the log says what.
api-no-tracker = There is no such tracker.
api-unavailable = { $doing } is not possible at the moment; try again.
api-internal = { $doing } failed; the log says why.
api-needs-token = This needs a token: Authorization: Bearer …; make one in the settings.
api-not-set-up = Nobody has set this installation up yet; open /setup, or use `uptime-tracker user create`.
api-two-factor = Administrators need two-factor sign-in here: its owner has to turn it on in the settings first.
api-forbidden = This token, or its account, may not do that.
api-host = This name is not answered here. Use localhost, or start with --allow-host NAME.
api-other-site = A change that another site asked for is refused.
api-body-no-json = The body is not JSON: { $why }.
api-body-more = The body is more than one JSON value: { $why }.
api-body-not-one = The body is not one JSON value: { $why }.
api-not-paused = what is not paused has neither an end of that nor a reason
api-no-incident = There is no such incident.
api-open = true or false
api-broke-off = The answer broke off.
api-no-file = There is no such file in this version.
api-form-large = The form is too large.
api-relabel = rename or delete
api-tracker-id = the number of a tracker, like 1
api-zone = an IANA time zone, like Europe/Berlin or UTC
api-cursor-alone = stands for the window and the order; leave those out
api-milliseconds = a time in milliseconds since 1970, UTC
api-order = oldest or newest
api-cursor-foreign = not one that this tracker's checks were answered with
api-after-or-before = give `after` or `before`
api-after-and-before = give either `after` or `before`
api-export-format = csv or ndjson for its checks, json or toml for its settings
api-time = a time from 1970 on like 2026-11-23T14:03:00Z, milliseconds since 1970, now, or -24h
api-length = a length like 24h, 7d or 365d, at least 1s
api-twice = given more than once
api-number = a number from { $least } to { $most }
api-last-or-from = give either `last`, or `from` and `to`
api-from-late = must lie before `to`, and not in the future
api-window-long = a window is at most { $most } days long
api-no-parameter = there is no such parameter here
api-rule = observed_time, full_service_time or checks

## The editor: answers

test-run-busy = Other tests are running. Try again in a moment.
test-run-many = There were many tests just now. Try again in half a minute.
editor-no-tracker = it names no tracker
editor-pasted = The command line was read into the fields. Nothing is saved.

## Storage

doing-history = reading history
doing-database = using the database
doing-accounts = reading the accounts
doing-trackers = reading the trackers
doing-add = adding a tracker
doing-change = changing trackers
doing-alerts = changing alerts
doing-note = noting what was changed
doing-settings = reading the settings
doing-save-settings = saving the settings
doing-purge = forgetting removed trackers
doing-record = recording checks
doing-tend = tending history
doing-look = looking for changes
doing-newest = reading the newest checks
storage-gone = the database file was removed or replaced while the server was running; put it back, or restart the server
storage-full = the disk is full
storage-read-only = the database file or its folder is read-only
storage-io-error = the disk reports an error
storage-damaged = the database file is damaged
storage-locked = another process holds the lock of the database
