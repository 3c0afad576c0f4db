//! `user`: accounts in the database, whether a server is running or not.

use std::{
    io::{BufRead, Read},
    sync::Arc,
};

use domain::{
    Failure,
    access::{AccountId, Actor, PASSWORD_BYTES, Role},
    ports::People,
};
use store::SqliteAccounts;

use super::{
    CreateUserArguments, DataArguments, PasswordArguments, RuleArguments, Switch, TokenArguments, User,
    UserArguments, say,
};
use crate::{
    access::{Access, keys},
    cli::{edit::refused, serve::DATABASE},
    clock::SystemClock,
    exit::{Ending, Exit},
};

pub(super) async fn user(command: User) -> Result<Exit, Ending> {
    match command {
        User::Create(arguments) => create(&arguments).await,
        User::List(arguments) => list(&arguments).await,
        User::ResetPassword(arguments) => reset_password(&arguments).await,
        User::DisableTwoFactor(arguments) => disable_two_factor(&arguments).await,
        User::CreateToken(arguments) => create_token(&arguments).await,
        User::RequireTwoFactor(arguments) => require_two_factor(&arguments).await,
    }
}

async fn create(arguments: &CreateUserArguments) -> Result<Exit, Ending> {
    let CreateUserArguments { password: PasswordArguments { password_stdin, user }, role } = arguments;
    let access = open(&user.data).await?;
    let (password, is_made) = password(*password_stdin)?;
    // The first account has to be able to make the others.
    let is_first = !access.is_claimed();
    let role = if is_first { Role::Administrator } else { *role };
    access.create(&user.name, &password, role, &actor()).await.map_err(|failure| failed(&failure))?;
    say(&format!("made account {}: {role}", user.name))?;
    if is_first && arguments.role != role {
        say("note: the first account is an administrator")?;
    }
    tell(&password, is_made)
}

async fn list(arguments: &DataArguments) -> Result<Exit, Ending> {
    let accounts = open(arguments).await?.accounts();
    if accounts.is_empty() {
        say("no accounts yet; make the first: uptime-tracker user create NAME")?;
    }
    for account in accounts {
        let disabled = if account.is_enabled { "" } else { ", disabled" };
        let two_factor = if account.has_two_factor { ", two-factor sign-in" } else { "" };
        say(&format!("{}\t{}\t{}{disabled}{two_factor}", account.id, account.name, account.role))?;
    }
    Ok(Exit::Ok)
}

async fn reset_password(arguments: &PasswordArguments) -> Result<Exit, Ending> {
    let access = open(&arguments.user.data).await?;
    let id = find(&access, &arguments.user.name)?;
    let (password, is_made) = password(arguments.password_stdin)?;
    access
        .give_password(id, &arguments.user.name, &password, &actor())
        .await
        .map_err(|failure| failed(&failure))?;
    say(&format!("account {} has a new password; its sessions have ended", arguments.user.name))?;
    tell(&password, is_made)
}

async fn disable_two_factor(arguments: &UserArguments) -> Result<Exit, Ending> {
    let access = open(&arguments.data).await?;
    let id = find(&access, &arguments.name)?;
    access.clear_two_factor(id, &actor()).await.map_err(|failure| failed(&failure))?;
    say(&format!("account {} signs in with its password alone; its sessions have ended", arguments.name))?;
    Ok(Exit::Ok)
}

async fn require_two_factor(arguments: &RuleArguments) -> Result<Exit, Ending> {
    let access = open(&arguments.data).await?;
    let is_required = arguments.rule == Switch::On;
    access.rule_two_factor(is_required, &actor()).await.map_err(|failure| failed(&failure))?;
    say(if is_required {
        "administrators without two-factor sign-in may do what editors may, until they turn it on"
    } else {
        "administrators need no two-factor sign-in"
    })?;
    Ok(Exit::Ok)
}

async fn create_token(arguments: &TokenArguments) -> Result<Exit, Ending> {
    let access = open(&arguments.user.data).await?;
    let id = find(&access, &arguments.user.name)?;
    let token = access
        .give_token(id, &arguments.token_name, arguments.role, &actor())
        .await
        .map_err(|failure| failed(&failure))?;
    // Alone on its line, for scripts.
    say(token.expose())?;
    Ok(Exit::Ok)
}

async fn open(arguments: &DataArguments) -> Result<Access, Ending> {
    let vault = arguments.key.find(&arguments.data_dir)?;
    let records = SqliteAccounts::open(&arguments.data_dir.join(DATABASE), vault).await;
    let records = records.map_err(|error| refused(&error))?;
    let access = Access::open(Arc::new(records), Arc::new(SystemClock::new())).await;
    access.map_err(|failure| Ending::because(Exit::Configuration, &failure))
}

fn find(access: &Access, name: &str) -> Result<AccountId, Ending> {
    let found = access.find(name);
    found.ok_or_else(|| Ending { exit: Exit::Failed, sentence: format!("there is no account {name}") })
}

/// The password, and whether it was made by chance.
fn password(from_stdin: bool) -> Result<(String, bool), Ending> {
    if !from_stdin {
        let made = keys::code().map_err(|error| Ending::because(Exit::Failed, &error))?;
        return Ok((made.expose().to_owned(), true));
    }
    let mut line = String::new();
    // One byte more than is allowed tells that it is too long.
    let most = u64::try_from(PASSWORD_BYTES).unwrap_or(u64::MAX).saturating_add(2);
    let read = std::io::stdin().lock().take(most).read_line(&mut line);
    read.map_err(|error| Ending {
        exit: Exit::Failed,
        sentence: format!("cannot read the password: {error}"),
    })?;
    Ok((line.trim_end_matches(['\r', '\n']).to_owned(), false))
}

fn tell(password: &str, is_made: bool) -> Result<Exit, Ending> {
    if is_made {
        say(&format!("password: {password}"))?;
    }
    Ok(Exit::Ok)
}

fn actor() -> Actor {
    Actor { account: None, name: "command line".into(), address: String::new() }
}

fn failed(failure: &Failure) -> Ending {
    Ending::because(Exit::Failed, failure)
}
