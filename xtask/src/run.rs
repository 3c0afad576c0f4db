use std::{
    ffi::{OsStr, OsString},
    path::Path,
    process::{Command, ExitCode},
};

use crate::{failure::Failure, output::Steps, release, server, workspace};

/// Builds and becomes the program, so that Ctrl-C and the exit code are its own.
pub(crate) fn run(release: bool, args: Vec<OsString>) -> Result<ExitCode, Failure> {
    let mut program = if release {
        Command::new(release::build(None)?)
    } else {
        let mut steps = Steps::new(server::DEV_STEPS + 1);
        let program = server::build_dev(&mut steps)?;
        steps.begin("Starting");
        let mut command = Command::new(program);
        // Absolute, and the working directory is left alone: `--data-dir` means the caller's folder.
        command.env("LEPTOS_SITE_ROOT", workspace::dev_site());
        command
    };
    become_program(program.args(with_command(args)))
}

/// Options without a command are for `serve`, except the two that every program answers by itself.
fn with_command(mut args: Vec<OsString>) -> Vec<OsString> {
    let names_a_command = args.first().is_some_and(|first| {
        !first.as_encoded_bytes().starts_with(b"-") || ["--version", "-V"].map(OsStr::new).contains(&&**first)
    });
    if !names_a_command {
        args.insert(0, OsString::from("serve"));
    }
    args
}

#[cfg(unix)]
fn become_program(command: &mut Command) -> Result<ExitCode, Failure> {
    use std::os::unix::process::CommandExt;

    let source = command.exec();
    Err(Failure::Start { command: shown(command), source })
}

#[cfg(not(unix))]
fn become_program(command: &mut Command) -> Result<ExitCode, Failure> {
    let status = command.status().map_err(|source| Failure::Start { command: shown(command), source })?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

fn shown(command: &Command) -> String {
    Path::new(command.get_program()).display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(args: &[&str], expect: &[&str]) {
        let args = args.iter().map(OsString::from).collect();
        assert_eq!(with_command(args), expect);
    }

    #[test]
    fn options_are_for_serve() {
        check(&[], &["serve"]);
        check(&["--demo"], &["serve", "--demo"]);
        check(&["--help"], &["serve", "--help"]);
    }

    #[test]
    fn a_command_of_its_own_is_left_as_it_is() {
        check(&["serve", "--demo"], &["serve", "--demo"]);
        check(&["check", "https://example.org"], &["check", "https://example.org"]);
        check(&["--version"], &["--version"]);
    }
}
