//! Running other programs, cargo above all. All of them run in the root of the workspace and inherit the terminal.

use std::{
    env,
    ffi::OsString,
    fmt::Write as _,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use serde_json::Value;

use crate::{failure::Failure, workspace};

pub(crate) fn program(name: &str) -> Command {
    let mut command = Command::new(name);
    command.current_dir(workspace::root());
    command
}

/// The cargo that started this task, so that every build uses one toolchain.
pub(crate) fn cargo<const N: usize>(args: [&str; N]) -> Command {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    command.current_dir(workspace::root()).args(args);
    command
}

/// Runs it to its end; anything but success is a failure.
pub(crate) fn run(command: &mut Command) -> Result<(), Failure> {
    let mut child = start(command)?;
    finish(command, &mut child)
}

/// Whether it can be started and succeeds; nothing of what it prints is shown.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

/// What it prints on the standard output, if it can be started and succeeds.
pub(crate) fn answer(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// Runs it and hands each line of its standard output to `each` while it runs. Says whether it succeeded.
pub(crate) fn stream(command: &mut Command, mut each: impl FnMut(&str)) -> Result<(), Failure> {
    let mut child = start(command.stdout(Stdio::piped()))?;
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).split(b'\n').map_while(Result::ok) {
            each(String::from_utf8_lossy(&line).trim_end_matches('\r'));
        }
    }
    finish(command, &mut child)
}

/// Runs a `cargo build` and returns the files that its last artifacts consist of, as cargo itself reports them: that
/// is right for every target folder and every default target a person may have configured.
pub(crate) fn build(command: &mut Command) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    stream(command.arg("--message-format=json-render-diagnostics"), |line| {
        files.extend(artifact(line));
    })?;
    Ok(files)
}

/// The files that one of cargo's messages tells of.
fn artifact(line: &str) -> Vec<PathBuf> {
    let Ok(message) = serde_json::from_str::<Value>(line) else {
        return Vec::new();
    };
    if message.get("reason").and_then(Value::as_str) != Some("compiler-artifact") {
        return Vec::new();
    }
    let files = message.get("filenames").and_then(Value::as_array);
    files.into_iter().flatten().filter_map(Value::as_str).map(PathBuf::from).collect()
}

fn start(command: &mut Command) -> Result<Child, Failure> {
    command.spawn().map_err(|source| Failure::Start { command: shown(command), source })
}

fn finish(command: &Command, child: &mut Child) -> Result<(), Failure> {
    let status = child.wait().map_err(|source| Failure::Start { command: shown(command), source })?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::Ran { command: shown(command), status })
}

/// The command as a person would type it.
fn shown(command: &Command) -> String {
    let program = PathBuf::from(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str());
    let mut text = name.to_string_lossy().into_owned();
    for arg in command.get_args().filter(|arg| *arg != "--message-format=json-render-diagnostics") {
        let _ = write!(text, " {}", arg.to_string_lossy());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_artifact_message_names_its_files() {
        let line = r#"{"reason":"compiler-artifact","filenames":["/t/debug/a","/t/debug/a.pdb"],"executable":"/t/debug/a"}"#;
        assert_eq!(artifact(line), [PathBuf::from("/t/debug/a"), PathBuf::from("/t/debug/a.pdb")]);
    }

    #[test]
    fn other_lines_name_none() {
        assert!(artifact(r#"{"reason":"build-finished","success":true}"#).is_empty());
        assert!(artifact("plain words of a build script").is_empty());
    }

    #[test]
    fn a_command_is_shown_as_it_would_be_typed() {
        let mut command = Command::new("/opt/toolchain/bin/cargo");
        command.args(["build", "-p", "server", "--message-format=json-render-diagnostics"]);
        assert_eq!(shown(&command), "cargo build -p server");
    }
}
