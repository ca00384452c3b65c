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

/// A block of a document that a reader would act on.
#[derive(Debug, PartialEq)]
enum Block {
    /// Lines for a shell, `cargo run --release --` written as the program's name.
    Calls(Vec<String>),
    /// A sheet, and the path named in backticks on the line above it.
    Sheet(String, String),
    /// What a call prints.
    Output(String),
}

/// The blocks of a document that are for a shell, for a sheet, or printed text.
fn blocks(document: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut named = String::new();
    let mut open: Option<(String, String)> = None;
    for line in document.lines() {
        if let Some((language, text)) = &mut open {
            if line.trim() != "```" {
                text.push_str(line);
                text.push('\n');
                continue;
            }
            match language.as_str() {
                "sh" => found.push(Block::Calls(calls(text))),
                "tok" => found.push(Block::Sheet(named.clone(), text.clone())),
                "text" => found.push(Block::Output(text.clone())),
                _ => {}
            }
            open = None;
        } else if let Some(language) = line.trim().strip_prefix("```") {
            open = Some((language.trim().to_owned(), String::new()));
        } else if let Some(path) = line.split('`').nth(1) {
            path.clone_into(&mut named);
        }
    }
    found
}

/// The lines of a block for a shell, but for those about the repository itself.
fn calls(block: &str) -> Vec<String> {
    let joined = block.replace("\\\n", " ");
    let lines = joined.lines().map(|line| line.trim().trim_start_matches("$ "));
    lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .filter(|line| !["cargo test", "cargo install", "git ", "bash "].iter().any(|other| line.starts_with(other)))
        .map(|line| match line.strip_prefix(PREFIX) {
            Some(call) => format!("tokenomics {call}"),
            None if line == PREFIX.trim_end_matches(" -- ") => "tokenomics".to_owned(),
            None => line.to_owned(),
        })
        .collect()
}

/// Runs a call in a shell that finds the program by its name.
fn shell(call: &str, folder: &Path) -> Command {
    let program = Path::new(env!("CARGO_BIN_EXE_tokenomics"));
    let own = program.parent().map(Path::to_path_buf);
    let rest = env::split_paths(&env::var_os("PATH").unwrap_or_default()).collect::<Vec<_>>();
    let path = env::join_paths(own.into_iter().chain(rest)).expect("a search path");
    let mut command = Command::new("sh");
    command.args(["-c", call]).current_dir(folder).env("PATH", path);
    command.stdin(Stdio::null()).stderr(Stdio::piped());
    command
}

/// Runs a call that must succeed; what it prints.
fn printed(call: &str, folder: &Path) -> String {
    // A file takes any amount before it is read; a pipe would not.
    let to = folder.join("printed.txt");
    let file = fs::File::create(&to).expect("a file");
    let child = shell(call, folder).stdout(file).spawn().expect("a shell");
    let output = finish(child, call);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "`{call}` fails:\n{said}");
    fs::read_to_string(&to).expect("text")
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
fn blocks_are_found_with_what_to_do_with_them() {
    let document = "Run `tokenomics no`.\n```sh\n# tokenomics no\ncargo run --release\ncargo test\n\
                    cargo run --release -- show x \\\n  --csv\ntokenomics list\n```\nIn `mine/a.tok`:\n\n\
                    ```tok\nunit a\n```\n```text\nno call\n```\n";
    let calls = ["tokenomics", "tokenomics show x    --csv", "tokenomics list"].map(str::to_owned).to_vec();
    let expected = [
        Block::Calls(calls),
        Block::Sheet("mine/a.tok".to_owned(), "unit a\n".to_owned()),
        Block::Output("no call\n".to_owned()),
    ];
    assert_eq!(blocks(document), expected);
}

/// Follows a document from top to bottom: every call succeeds, and prints what is shown below it. With `UPDATE` set,
/// what is printed is written into the document instead. Returns how many calls and printed texts there are.
fn follow(document: &str) -> (usize, usize) {
    let path = repository().join(document);
    let text = fs::read_to_string(&path).expect("a document");
    let mut rewritten = String::new();
    let mut rest = text.as_str();
    let folder = Folder::with_files();
    let (mut ran, mut shown, mut last) = (0, 0, String::new());
    for block in blocks(&text) {
        match block {
            Block::Calls(calls) => {
                for call in calls {
                    last = printed(&call, &folder.0);
                    ran += 1;
                }
            }
            Block::Sheet(path, sheet) => fs::write(folder.0.join(path), sheet).expect("a place for the sheet"),
            Block::Output(output) => {
                shown += 1;
                let opening = "```text\n";
                let start =
                    rest.find(&format!("{opening}{output}```")).expect("the block that was found") + opening.len();
                rewritten.push_str(&rest[..start]);
                rewritten.push_str(&last);
                rest = &rest[start + output.len()..];
                if env::var_os("UPDATE").is_none() {
                    assert_eq!(output, last, "{document} shows another answer; `UPDATE=1 cargo test` writes this one");
                }
            }
        }
    }
    rewritten.push_str(rest);
    if rewritten != text {
        fs::write(&path, rewritten).expect("a document to write");
    }
    (ran, shown)
}

#[test]
fn the_readme_can_be_followed_from_top_to_bottom() {
    let (ran, shown) = follow("README.md");
    assert!(ran > 10 && shown == 1, "the README shows {ran} calls and {shown} answers");
}

#[test]
fn every_question_has_the_answer_that_is_shown() {
    let text = fs::read_to_string(repository().join("docs/questions.md")).expect("the questions");
    let asked: Vec<usize> =
        text.lines().filter_map(|line| line.strip_prefix("### ")?.split_once(". ")?.0.parse().ok()).collect();
    assert_eq!(asked, (1..=50).collect::<Vec<_>>(), "fifty questions, in order");
    let (ran, shown) = follow("docs/questions.md");
    assert!(ran >= 50 && shown >= 50, "the questions show {ran} calls and {shown} answers");
}

#[test]
fn every_example_of_the_help_and_the_headline_works() {
    let folder = Folder::with_files();
    let mut calls = Vec::new();
    let mut gather = |file: &str, wanted: &dyn Fn(&csv::StringRecord) -> Option<String>| {
        let path = repository().join("model").join(file);
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path).expect("a table of the model");
        let before = calls.len();
        calls.extend(reader.records().filter_map(|row| wanted(&row.expect("a row"))));
        assert!(calls.len() > before, "{file} shows no call");
    };
    gather("examples.csv", &|row| row.get(1).map(str::to_owned));
    gather("headline.csv", &|row| (row.get(1) == Some("try")).then(|| row[3].to_owned()));
    for call in calls {
        printed(&format!("tokenomics {call}"), &folder.0);
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
