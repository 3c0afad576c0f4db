### Every word that people read. How messages become code: words/src/lib.rs.

## Pausing trackers

pause-title = Pause { $name }
pause-title-many = Pause { NUMBER($count) } trackers

## Everywhere (to merge)

alerts = Alerts
breadcrumb = Breadcrumb
cancel = Cancel
cause = Cause
default-value = { $value } (default)
delete = Delete
delete-ask = Delete…
delete-named = Delete { $name }
edit = Edit
edit-named = Edit { $name }
group = Group
groups = Groups
incidents = Incidents
last-used = Last used
make = Make
name = Name
newest-first = Newest first, times in UTC
no = no
none-yet = There are none yet.
not-done = Not done.
not-kept = not kept
ongoing = ongoing
password = Password
save = Save
sign-in = Sign in
tags = Tags
test = Test
trackers = Trackers
two-factor = Two-factor sign-in
when-utc = When, UTC
why-not-kept = Why is no longer kept
yes = yes

## A tracker's past

past-sorry = The history cannot be read at the moment. Load the page again.
past-no-moment = This is no time. Give a date and a time in UTC, like 2026-11-23T14:03, or milliseconds since 1970.

past-moment = A moment in the past
past-moment-ask = Go back to a moment
past-moment-field = Date and time, UTC
past-moment-show = Show
past-moment-problem = “{ $typed }”: { $problem }
past-moment-title = { $count } checks until { $time } UTC
past-moment-label = { $title }, newest last: { $counts }.
past-moment-table = Show { $count ->
    [one] 1 check
   *[other] { $count } checks
} as a table
past-moment-nothing-before = nothing was recorded before
past-moment-ways = Other moments
past-moment-earlier-failure = Previous failure
past-moment-earlier = Earlier
past-moment-later = Later
past-moment-later-failure = Next failure
past-moment-back = Back to now
past-moment-due = Due
past-moment-result = Result
past-moment-took = Took
past-moment-why = Why
past-moment-not-measured = not measured
past-moment-try = try { $number }

past-uptime = Uptime
past-nothing-observed = nothing observed
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
past-no-time-down = no time down
past-observed-of = { $observed } observed of { $whole }
past-not-observed = { $length } not observed
past-paused = { $length } paused
past-in-maintenance = { $length } in maintenance
past-unknown = unknown
past-none = none

past-latency = Latency
past-latency-range = Range of the chart
past-latency-title = Latency, last { $reach }
past-latency-described = { $stretch } UTC. { $took }{ $notes }.
past-latency-nothing = No good check in the last { $reach }, so there is nothing to draw.
past-latency-p50 = half took at most
past-latency-p90 = 9 of 10 took at most
past-latency-p95 = 19 of 20 took at most
past-latency-p99 = 99 of 100 took at most
past-latency-slowest = Slowest
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
past-days-legend = Legend
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
facts-deadline = Deadline
facts-expects = Expects
facts-status = status { $codes }
facts-down-after = Down after
facts-tries = { $count ->
    [one] 1 failed try
   *[other] { $count } failed tries in a row
}
facts-location = Location
facts-local = local
facts-retry = Tries again after
facts-successes = Up after good checks
facts-slow = Slow from
facts-upside-down = Upside down
facts-method = Method
facts-headers = Headers
facts-body = Body
facts-redirects = Redirects at most
facts-cookies = Cookies
facts-auth = Sign-in
facts-user = User
facts-token = Token
facts-token-url = Tokens from
facts-client = Client
facts-client-secret = Client secret
facts-scopes = Scopes
facts-verify = Certificate verified
facts-min-version = Oldest TLS
facts-server-name = Server name
facts-key = Client key
facts-http-version = HTTP version
facts-connections = Connections
facts-ip = Addresses
facts-resolvers = Name servers
facts-host = Host
facts-proxy = Proxy
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
alerts-all-trackers = All trackers
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
about-down = { $name } is down
about-still-down = { $name } is still down
about-recovered = { $name } is up again
about-was-down = { $name } was down and is up again
about-flapping = { $name } goes up and down
about-blind = This location sees nothing
about-seeing = This location sees again
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
rule-which = Which trackers
rule-which-hint = Those that have one of the tags, or stand in one of the groups, or are named. All trackers, if everything is empty.
rule-labels-hint = With commas between them.
rule-trackers-hint = Their numbers, with commas between them.
rule-named = { $number } is { $name }
rule-what-there-is = What there is
rule-tags = Tags:{" "}
rule-groups = Groups:{" "}
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
rule-fallback-hint = For messages that could not be delivered.
