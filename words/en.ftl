### Every word that people read. How messages become code: words/src/lib.rs.

## Pausing trackers

pause-title = Pause { $name }
pause-title-many = Pause { NUMBER($count) } trackers

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
alert-blind = This location sees nothing
alert-seeing = This location sees again
alert-digest = { $count ->
    [one] 1 thing happened
   *[other] { $count } things happened
}
alert-test = A test of this channel
alert-line-location = This location
alert-line-down = { $name } is down
alert-line-still-down = { $name } is still down
alert-line-recovered = { $name } is up again
alert-line-was-down = { $name } was down and is up again
alert-line-flapping = { $name } goes up and down
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
language = en

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
fault-protocol = not valid HTTP
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
fault-sign-in = signing in fails
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
field-url-scheme = cannot track `{ $scheme }`: only http and https are understood
field-url-credentials = user names and passwords in a URL would be shown to everybody; leave them out
field-url-no-host = the URL has no host
field-url-host-wrong = a host has letters, digits, dots, hyphens and underscores only
field-url-port-zero = port 0 cannot be asked; ports are 1 to 65535
field-url-ping = this server cannot ping yet, only http and https are understood; to watch its web server write https://{ $host }
field-url-curl = this is a command line; paste it under More options
field-url-port-other = port { $port } is { $protocol }, which cannot be checked yet; only http and https are understood
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

duration-d = { $d } d
duration-h = { $h } h
duration-min = { $min } min
duration-s = { $s } s

## Schedules

schedule-every = every { $interval }
schedule-cron = cron { $expression } in { $zone }

## Failures

failure-not-found = not found
failure-unavailable = { $doing } is not possible at the moment
failure-internal = { $doing } failed

## Details of faults

detail-no-such-host = no such host
detail-ended-early = the answer ended before its end
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
rule-trackers-wrong = trackers are told by their numbers, with commas between them
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
