//! Every call that the README, the help and the headline show is run as it stands.

mod common;

use common::{Folder, on, program};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

/// A call that takes longer hangs.
const PATIENCE: Duration = Duration::from_mins(5);
const PREFIX: &str = "cargo run --release -- ";

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The calls of the program in the `sh` blocks of a document, without `cargo run`.
fn calls(document: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut inside = false;
    let joined = document.replace("\\\n", " ");
    for line in joined.lines() {
        if let Some(language) = line.trim_start().strip_prefix("```") {
            inside = !inside && language.trim() == "sh";
            continue;
        }
        let line = line.trim().trim_start_matches("$ ");
        if !inside {
            continue;
        }
        if let Some(call) = line.strip_prefix(PREFIX) {
            found.push(format!("tokenomics {call}"));
        } else if line == PREFIX.trim_end().trim_end_matches(" --") {
            found.push("tokenomics".to_owned());
        } else if line == "tokenomics" || line.starts_with("tokenomics ") {
            found.push(line.to_owned());
        }
    }
    found
}

/// Runs a call in a shell that finds the program by its name.
fn shell(call: &str, folder: &Path) -> Command {
    let program = Path::new(env!("CARGO_BIN_EXE_tokenomics"));
    let own = program.parent().map(Path::to_path_buf);
    let rest = env::split_paths(&env::var_os("PATH").unwrap_or_default()).collect::<Vec<_>>();
    let path = env::join_paths(own.into_iter().chain(rest)).expect("a search path");
    let mut command = Command::new("sh");
    command.args(["-c", call]).current_dir(folder).env("PATH", path);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

fn must_succeed(call: &str, folder: &Path) {
    let child = shell(call, folder).spawn().expect("a shell");
    let output = finish(child, call);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "`{call}` fails:\n{said}");
}

fn finish(mut child: Child, call: &str) -> std::process::Output {
    let start = Instant::now();
    while child.try_wait().expect("a child").is_none() {
        if start.elapsed() > PATIENCE {
            let _ = child.kill();
            panic!("`{call}` does not end");
        }
        thread::sleep(Duration::from_millis(20));
    }
    child.wait_with_output().expect("its output")
}

#[test]
fn calls_are_found_in_blocks_of_shell_alone() {
    let document = "Run `tokenomics no`.\n```sh\n# tokenomics no\ncargo run --release\n\
                    cargo run --release -- show x \\\n  --csv\ntokenomics list # all\ngit status\n```\n\
                    ```text\ntokenomics no\n```\n";
    assert_eq!(calls(document), ["tokenomics", "tokenomics show x    --csv", "tokenomics list # all"]);
}

#[test]
fn every_call_of_the_readme_works() {
    let Ok(text) = fs::read_to_string(repository().join("README.md")) else { return };
    let calls = calls(&text);
    assert!(!calls.is_empty(), "the README shows no call");
    let folder = Folder::new();
    for call in calls {
        must_succeed(&call, &folder.0);
    }
}

#[test]
fn every_example_of_the_help_and_the_headline_works() {
    let folder = Folder::new();
    let mut calls = Vec::new();
    let mut gather = |file: &str, wanted: &dyn Fn(&csv::StringRecord) -> Option<String>| {
        let mut reader = csv::Reader::from_path(repository().join("model").join(file)).expect("a table of the model");
        let before = calls.len();
        calls.extend(reader.records().filter_map(|row| wanted(&row.expect("a row"))));
        assert!(calls.len() > before, "{file} shows no call");
    };
    gather("examples.csv", &|row| row.get(1).map(str::to_owned));
    gather("headline.csv", &|row| (row.get(1) == Some("try")).then(|| row[3].to_owned()));
    for call in calls {
        must_succeed(&format!("tokenomics {call}"), &folder.0);
    }
}

#[test]
fn the_built_in_model_is_the_repositorys() {
    let built_in = program().output().expect("the program starts");
    let folder = on(&repository().join("model"), &[]);
    let text = String::from_utf8_lossy(&built_in.stdout);
    assert_eq!(text, folder.out);
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
}
