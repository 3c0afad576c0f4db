### Every word that people read. How messages become code: words/src/lib.rs.

## Pausing trackers

pause-title = Pause { $name }
pause-title-many = Pause { NUMBER($count) } trackers

## Outside pages

## Alerts

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
alert-days = { $n } d
alert-hours = { $n } h
alert-minutes = { $n } min
alert-seconds = { $n } s
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
