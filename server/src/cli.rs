//! The command line.

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use clap::{Args, Parser, Subcommand};
use domain::{Secret, Target};

use crate::{
    exchange::Format,
    exit::{Ending, Exit},
    location::TcpCanary,
};

mod ask;
mod asking;
mod db;
mod edit;
mod exchange;
mod import;
mod key;
mod serve;
mod user;

/// Watches what you run, every second if you like, and shows it honestly.
#[derive(Debug, Parser)]
#[command(name = "uptime-tracker", version, propagate_version = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server: probe, record, and show the pages.
    Serve(ServeArguments),
    /// Probe a target once and print what was found and where the time went. Exits 0 when it is up, 1 when not.
    Check(CheckArguments),
    /// Add a tracker; a running server notices within a second.
    Add(AddArguments),
    /// List the trackers.
    List(DataArguments),
    /// Remove a tracker by its number; a running server notices within a second.
    Remove(RemoveArguments),
    /// Print the URL that the target of a `push` tracker calls. Whoever knows it can speak for the target.
    PushUrl(PushUrlArguments),
    /// Write all trackers as a file that `import` reads. Secrets are left out, and named.
    Export(ExportArguments),
    /// Take over trackers from a file, or from another program's data.
    #[command(subcommand)]
    Import(Import),
    /// Back the database up, restore it, or look for damage.
    #[command(subcommand)]
    Db(Db),
    /// Make and mend accounts; a running server notices within a second.
    #[command(subcommand)]
    User(User),
    /// Ask a running server whether it lives. Exits 0 when it does. For container health checks.
    Healthcheck(HealthArguments),
}

#[derive(Debug, Args)]
struct DataArguments {
    /// The folder that holds the database.
    #[arg(long, env = "UPTIME_DATA_DIR", default_value = "./data", value_name = "FOLDER")]
    data_dir: PathBuf,
    #[command(flatten)]
    key: key::KeyArguments,
}

#[derive(Debug, Args)]
struct ServeArguments {
    /// Where to listen.
    #[arg(long, env = "UPTIME_LISTEN", default_value = "127.0.0.1:3000", value_name = "ADDRESS:PORT")]
    listen: SocketAddr,
    /// Allow an address that others can reach, without HTTPS: passwords and sessions can be read on the way. For networks that
    /// are trusted; behind a proxy that speaks HTTPS use --public-url instead.
    #[arg(long, env = "UPTIME_OPEN_TO_NETWORK")]
    open_to_network: bool,
    /// The address under which browsers reach the pages, like <https://status.example.org>. Its host is answered, and with
    /// https the session's cookie is sent by nothing else.
    #[arg(long, env = "UPTIME_PUBLIC_URL", value_name = "URL", value_parser = parse_public)]
    public_url: Option<Public>,
    /// An address that is asked every minute while all is well: a service that tells you when it hears nothing. Whoever knows it can fake
    /// that, so rather give it by the environment.
    #[arg(long, env = "UPTIME_HEARTBEAT", hide_env_values = true, value_name = "URL", value_parser = parse_heartbeat)]
    heartbeat: Option<Secret>,
    /// Another host name that is answered. Can be given several times.
    #[arg(long, env = "UPTIME_ALLOW_HOST", value_name = "NAME", value_delimiter = ' ')]
    allow_host: Vec<String>,
    /// A proxy, or a network of them, that is believed when it says for whom it asks (X-Forwarded-For). Can be given several
    /// times; nobody is believed by default.
    #[arg(long, env = "UPTIME_TRUSTED_PROXY", value_name = "ADDRESS[/BITS]", value_delimiter = ' ', value_parser = parse_network)]
    trusted_proxy: Vec<ipnet::IpNet>,
    /// The folder that holds the database; made if it is missing.
    #[arg(long, env = "UPTIME_DATA_DIR", default_value = "./data", value_name = "FOLDER")]
    data_dir: PathBuf,
    #[command(flatten)]
    key: key::KeyArguments,
    /// Track this target every second, if nothing tracks it yet. Can be given several times.
    #[arg(long, env = "UPTIME_TRACK", value_name = "URL", value_delimiter = ' ')]
    track: Vec<String>,
    /// Show a living page without a network: targets of our own on loopback, in a temporary folder.
    #[arg(long, env = "UPTIME_DEMO", conflicts_with = "data_dir")]
    demo: bool,
    /// Which addresses are asked: `self-hosted` asks private networks too, `public-only` does not. Metadata services of clouds are
    /// asked by neither.
    #[arg(long, env = "UPTIME_EGRESS", default_value = "self-hosted", value_name = "POLICY")]
    egress: domain::EgressPolicy,
    /// Something whose silence says that this machine is blind: a host with a port, or `gateway` for that of the default route. Asked
    /// for a connection when a target fails, and every minute. Can be given several times; none by default.
    #[arg(long, env = "UPTIME_CANARY", value_name = "HOST:PORT", value_delimiter = ' ')]
    canary: Vec<TcpCanary>,
    /// Stop cleanly after this time: 90s, 15m, 1h.
    #[arg(long, env = "UPTIME_RUN_FOR", value_name = "TIME", value_parser = parse_length)]
    run_for: Option<Duration>,
    /// How long a check may wait for others before it is written: longer is kinder to SD cards, and loses more on a crash.
    #[arg(long, env = "UPTIME_COMMIT_EVERY", default_value = "100ms", value_name = "TIME", value_parser = parse_length)]
    commit_every: Duration,
    /// Leave each tracker's own series out of `/metrics`: two for each tracker are many when there are thousands.
    #[arg(long, env = "UPTIME_NO_TRACKER_METRICS")]
    no_tracker_metrics: bool,
    /// How many daily backups are kept in the folder `backups` of the data; 0 makes none.
    #[arg(long, env = "UPTIME_BACKUPS", default_value_t = 7, value_name = "COUNT")]
    backups: usize,
    /// How long each check is kept, from 1d. Uptimes of hours and days are kept for ever. What the settings say by default: 365d.
    #[arg(long, env = "UPTIME_KEEP_CHECKS", value_name = "TIME", value_parser = domain::parse_days)]
    keep_checks: Option<Duration>,
    /// How long the details of a failure are kept after it was last seen, from 1d. What the settings say by default: 90d.
    #[arg(long, env = "UPTIME_KEEP_EVIDENCE", value_name = "TIME", value_parser = domain::parse_days)]
    keep_evidence: Option<Duration>,
    /// The most room that the database may take, like 80% of the disk or 20GiB; then the oldest checks go before their time. What
    /// the settings say by default: 80%.
    #[arg(long, env = "UPTIME_MAX_SIZE", value_name = "SIZE")]
    max_size: Option<domain::Ceiling>,
}

#[derive(Debug, Args)]
struct CheckArguments {
    /// The target: a URL, or `tcp://HOST:PORT`, `tls://HOST`, `dns://SERVER/NAME?type=MX`, `ping://HOST`.
    target: String,
    /// What counts as up: statuses like 200-299,401, or expectations like `total < 800ms` or `banner starts with 220`. What is usual of the
    /// target's kind by default: status 200 of a web page.
    #[arg(long, value_name = "TEXT", value_parser = parse_expect)]
    expect: Option<String>,
    /// When to give up.
    #[arg(long, default_value = "10s", value_name = "TIME", value_parser = parse_length)]
    deadline: Duration,
    #[command(flatten)]
    http: asking::HttpArguments,
    /// Print one JSON object for programs.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct AddArguments {
    /// The target: a URL, or `tcp://HOST:PORT`, `tls://HOST`, `dns://SERVER/NAME?type=MX`, `ping://HOST`; `push://NAME` for a job that
    /// calls by itself.
    target: String,
    /// How often: 1s, 30s, 5m. Every 30 s by default.
    #[arg(long, value_name = "TIME", conflicts_with = "cron")]
    every: Option<String>,
    /// When, as a cron expression of five or six fields.
    #[arg(long, value_name = "EXPR")]
    cron: Option<String>,
    /// The cron expression's time zone: Europe/Berlin. UTC by default.
    #[arg(long, value_name = "ZONE", requires = "cron")]
    zone: Option<String>,
    /// What people call it; the URL's host and path by default.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// The group it stands in.
    #[arg(long, value_name = "GROUP")]
    group: Option<String>,
    /// What else it belongs to; may be given several times.
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,
    /// What counts as up: statuses like 200-299,401, or expectations like `total < 800ms`. What is usual of the target's kind by
    /// default: status 200 of a web page.
    #[arg(long, value_name = "TEXT")]
    expect: Option<String>,
    /// Failures in a row that are tolerated, 0 to 10. 2 by default.
    #[arg(long, value_name = "COUNT", allow_negative_numbers = true)]
    retries: Option<i64>,
    /// How long after a failed attempt the next one starts, 1s to 5m. 5s by default.
    #[arg(long, value_name = "TIME")]
    retry: Option<String>,
    /// Good checks in a row that make it up again, 1 to 10. 1 by default.
    #[arg(long, value_name = "COUNT", allow_negative_numbers = true)]
    successes: Option<i64>,
    /// From when on an answer counts as slow, 1ms to 60s. Never by default.
    #[arg(long, value_name = "TIME")]
    slow: Option<String>,
    /// Up when the target fails, down when it answers.
    #[arg(long)]
    upside_down: bool,
    /// How late a signal of a push tracker may come, and how long a run may take, 1s to 7d. A quarter of the interval by default.
    #[arg(long, value_name = "TIME")]
    grace: Option<String>,
    #[command(flatten)]
    http: asking::HttpArguments,
    #[command(flatten)]
    data: DataArguments,
}

#[derive(Debug, Args)]
struct RemoveArguments {
    /// The tracker's number, as `list` shows it.
    id: i64,
    #[command(flatten)]
    data: DataArguments,
}

#[derive(Debug, Args)]
struct PushUrlArguments {
    /// The tracker's number, as `list` shows it.
    id: i64,
    /// The address under which this installation is reached, like <https://status.example.org>; without it the path is printed.
    #[arg(long, env = "UPTIME_PUBLIC_URL", value_name = "URL", value_parser = parse_public)]
    public_url: Option<Public>,
    #[command(flatten)]
    data: DataArguments,
}

#[derive(Debug, Subcommand)]
enum Import {
    /// From the `sqlite.db` of the tutorial: its trackers, every second. Its checks have no times, so they are only counted.
    Tutorial(ImportArguments),
    /// From a file in TOML, as `export` writes it: what is new is added, what differs is changed, nothing is removed.
    Toml(FileArguments),
    /// The same in JSON.
    Json(FileArguments),
}

#[derive(Debug, Args)]
struct FileArguments {
    /// Say what would be done, and do nothing.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    from: ImportArguments,
}

#[derive(Debug, Args)]
struct ExportArguments {
    /// How the file is written: toml or json.
    #[arg(long, default_value = "toml", value_name = "FORMAT")]
    format: Format,
    #[command(flatten)]
    data: DataArguments,
}

#[derive(Debug, Args)]
struct ImportArguments {
    /// The file. It is only read.
    file: PathBuf,
    #[command(flatten)]
    data: DataArguments,
}

#[derive(Debug, Subcommand)]
enum User {
    /// Make an account. Without --password-stdin it gets a password by chance, which is printed.
    Create(CreateUserArguments),
    /// List the accounts.
    List(DataArguments),
    /// Give an account another password, and end its sessions. Without --password-stdin one by chance, which is printed.
    ResetPassword(PasswordArguments),
    /// Turn two-factor sign-in of an account off, and end its sessions.
    #[command(name = "disable-2fa")]
    DisableTwoFactor(UserArguments),
    /// Make a token for programs, which is printed.
    CreateToken(TokenArguments),
    /// Say whether administrators need two-factor sign-in before they administer: on or off.
    #[command(name = "require-2fa")]
    RequireTwoFactor(RuleArguments),
}

#[derive(Debug, Args)]
struct RuleArguments {
    /// `on` or `off`.
    rule: Switch,
    #[command(flatten)]
    data: DataArguments,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Switch {
    On,
    Off,
}

#[derive(Debug, Args)]
struct CreateUserArguments {
    #[command(flatten)]
    password: PasswordArguments,
    /// What it may do: viewer, editor or administrator.
    #[arg(long, default_value = "viewer", value_name = "ROLE")]
    role: domain::access::Role,
}

#[derive(Debug, Args)]
struct PasswordArguments {
    /// Read the password from standard input: one line.
    #[arg(long)]
    password_stdin: bool,
    #[command(flatten)]
    user: UserArguments,
}

#[derive(Debug, Args)]
struct UserArguments {
    /// How the account is called.
    name: String,
    #[command(flatten)]
    data: DataArguments,
}

#[derive(Debug, Args)]
struct TokenArguments {
    #[command(flatten)]
    user: UserArguments,
    /// What the token is for, as the settings show it.
    #[arg(long, default_value = "command line", value_name = "TEXT")]
    token_name: String,
    /// What it may do at most: viewer, editor or administrator.
    #[arg(long, default_value = "viewer", value_name = "ROLE")]
    role: domain::access::Role,
}

#[derive(Debug, Subcommand)]
enum Db {
    /// Copy the database, also while a server runs. The copy is read again before it gets its name.
    Backup(BackupArguments),
    /// Put a backup in the place of the database, which is kept under another name. Only while no server runs.
    Restore(RestoreArguments),
    /// Read a database for damage, also while a server runs. Exits 1 when something is wrong.
    Verify(VerifyArguments),
    /// Add up every hour and day anew from the recorded checks, and repair what differs. Only while no server runs.
    Rebuild(DataArguments),
}

#[derive(Debug, Args)]
struct BackupArguments {
    /// The file to make; by default one with the time in its name, in the folder `backups` of the data.
    file: Option<PathBuf>,
    #[command(flatten)]
    data: DataArguments,
}

#[derive(Debug, Args)]
struct RestoreArguments {
    /// The backup. It is only read.
    file: PathBuf,
    #[command(flatten)]
    data: DataArguments,
}

#[derive(Debug, Args)]
struct VerifyArguments {
    /// The file to read; by default the database of the data folder.
    file: Option<PathBuf>,
    #[command(flatten)]
    data: DataArguments,
}

#[derive(Debug, Args)]
struct HealthArguments {
    /// The address that the server listens on.
    #[arg(long, env = "UPTIME_LISTEN", default_value = "127.0.0.1:3000", value_name = "ADDRESS:PORT")]
    listen: SocketAddr,
}

/// Does what the arguments ask.
pub async fn run(arguments: Arguments) -> Result<Exit, Ending> {
    match arguments.command {
        Command::Serve(arguments) => serve::serve(arguments).await,
        Command::Check(arguments) => ask::check(arguments).await,
        Command::Add(arguments) => edit::add(arguments).await,
        Command::List(arguments) => edit::list(&arguments).await,
        Command::Remove(arguments) => edit::remove(&arguments).await,
        Command::PushUrl(arguments) => edit::push_url(arguments).await,
        Command::Import(Import::Tutorial(arguments)) => import::tutorial(&arguments).await,
        Command::Import(Import::Toml(arguments)) => exchange::import(&arguments, Format::Toml).await,
        Command::Import(Import::Json(arguments)) => exchange::import(&arguments, Format::Json).await,
        Command::Export(arguments) => exchange::export(&arguments).await,
        Command::Db(command) => db::db(command).await,
        Command::User(command) => user::user(command).await,
        Command::Healthcheck(arguments) => ask::healthcheck(arguments.listen).await,
    }
}

/// Reads a target. Not a parser of clap's: that one repeats what it refuses, and it may hold a password.
fn parse_target(text: &str) -> Result<Target, Ending> {
    Target::parse(text).map_err(|error| Ending { exit: Exit::Usage, sentence: error.to_string() })
}

fn parse_expect(text: &str) -> Result<String, String> {
    domain::Expectations::parse(text).map(|_| text.to_owned()).map_err(|error| error.problem)
}

fn parse_length(text: &str) -> Result<Duration, String> {
    let length = domain::parse_length(text).filter(|length| !length.is_zero());
    length.ok_or_else(|| "a time is like 500ms, 90s, 15m or 1h".into())
}

/// How browsers reach the pages.
#[derive(Clone, Debug)]
struct Public {
    is_https: bool,
    host: String,
    /// As it was given, without a slash at its end.
    text: String,
}

fn parse_public(text: &str) -> Result<Public, String> {
    let problem = || "an address like https://status.example.org".to_owned();
    let uri: axum::http::Uri = text.parse().map_err(|_| problem())?;
    let is_https = match uri.scheme_str() {
        Some("https") => true,
        Some("http") => false,
        _ => return Err(problem()),
    };
    let host = uri.host().ok_or_else(problem)?.to_lowercase();
    if uri.path() == "/" {
        Ok(Public { is_https, host, text: text.trim_end_matches('/').to_owned() })
    } else {
        Err(format!("{}, without a path", problem()))
    }
}

fn parse_heartbeat(text: &str) -> Result<Secret, String> {
    let uri = text.parse::<axum::http::Uri>().ok().filter(|uri| uri.host().is_some());
    let is_web = uri.is_some_and(|uri| matches!(uri.scheme_str(), Some("http" | "https")));
    if is_web {
        Ok(Secret::new(text))
    } else {
        Err("an address like https://hc.example.org/ping/…".to_owned())
    }
}

fn parse_network(text: &str) -> Result<ipnet::IpNet, String> {
    let one = text.parse::<IpAddr>().map(ipnet::IpNet::from);
    one.or_else(|_| text.parse()).map_err(|_| "an address, or a network like 10.0.0.0/8".to_owned())
}

fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

/// Writes a line for people or scripts to standard output.
fn say(line: &str) -> Result<(), Ending> {
    use std::io::Write;
    let written = writeln!(std::io::stdout(), "{line}");
    written
        .map_err(|error| Ending { exit: Exit::Failed, sentence: format!("cannot write the output: {error}") })
}
