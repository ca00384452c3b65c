//! Runs the program on the small model beside this folder.

#![allow(dead_code, missing_docs)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, fs, process};

/// What a call printed, and what the shell was told.
#[derive(Debug)]
pub struct Run {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Run {
    /// The output of a call that must be good.
    #[track_caller]
    pub fn good(self) -> String {
        assert_eq!(self.code, 0, "{}\n{}", self.out, self.err);
        assert_eq!(self.err, "");
        self.out
    }

    /// What is said on standard error by a call that is at fault.
    #[track_caller]
    pub fn bad_call(self) -> String {
        assert_eq!(self.code, 2, "{}\n{}", self.out, self.err);
        self.err
    }

    /// Everything said by a call on a model that is at fault.
    #[track_caller]
    pub fn bad_model(self) -> String {
        assert_eq!(self.code, 1, "{}\n{}", self.out, self.err);
        self.out + &self.err
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Run {
        Run {
            code: output.status.code().expect("the program ends by itself"),
            out: String::from_utf8(output.stdout).expect("output is text"),
            err: String::from_utf8(output.stderr).expect("errors are text"),
        }
    }
}

pub fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_tokenomics"))
}

pub fn small_model() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/model")
}

/// The folder of files that tests read.
pub fn files() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files")
}

/// Calls the program.
pub fn run(arguments: &[&str]) -> Run {
    program().args(arguments).output().expect("the program starts").into()
}

/// Calls the program on the small model; the words are apart by spaces.
pub fn on_small_model(call: &str) -> Run {
    on(&small_model(), &call.split_whitespace().collect::<Vec<_>>())
}

/// Calls the program on a model.
pub fn on(model: &Path, arguments: &[&str]) -> Run {
    program().arg("--model").arg(model).args(arguments).output().expect("the program starts").into()
}

/// A folder of its own for a test, removed in the end.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Folder {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = env::temp_dir().join(format!("tokenomics-test-{}-{number}", process::id()));
        fs::create_dir_all(&path).expect("a folder for the test");
        Folder(path)
    }

    /// With the files that documented calls read: runs, a chip's datasheet and a model's configuration.
    pub fn with_files() -> Folder {
        let folder = Folder::new();
        copy(&files(), &folder.0);
        let configurations = Path::new(env!("CARGO_MANIFEST_DIR")).join("../throughput/tests/configurations");
        fs::copy(configurations.join("gpt_oss_120b.json"), folder.0.join("config.json")).expect("a configuration");
        folder
    }

    /// With a copy of the small model in it.
    pub fn with_model() -> Folder {
        let folder = Folder::new();
        copy(&small_model(), &folder.0);
        folder
    }

    /// Replaces a text in a file.
    #[track_caller]
    pub fn edit(&self, file: &str, old: &str, new: &str) {
        let path = self.0.join(file);
        let text = fs::read_to_string(&path).expect("a file of the model");
        assert!(text.contains(old), "{file} has no `{old}`");
        fs::write(path, text.replace(old, new)).expect("the file can be written");
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder for the copy");
    for entry in fs::read_dir(from).expect("the model") {
        let path = entry.expect("an entry of the model").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("a copy");
        }
    }
}

/// The line of a text that begins with some words, its fields apart by spaces.
#[track_caller]
pub fn line<'a>(text: &'a str, start: &str) -> Vec<&'a str> {
    let found = text.lines().find(|line| line.trim_start().starts_with(start));
    found.unwrap_or_else(|| panic!("no line starts with `{start}` in:\n{text}")).split_whitespace().collect()
}
