//! What is said of a call or a model that is at fault, and what is left out of an answer.

mod common;

use common::{Folder, on, on_small_model, program, run, small_model};
use serde_json::Value;
use std::fs;

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("a document")
}

#[test]
fn a_scenario_that_breaks_a_check_is_a_fault_of_the_model() {
    let folder = Folder::with_model();
    folder.edit(
        "cost.tok",
        "scenario dear_power",
        "scenario dear_life\n  life = 0.01 yr assume \"a test\"\n\nscenario dear_power",
    );
    let text = on(&folder.0, &["check"]).bad_model();
    assert!(text.contains("under the scenario `dear_life` the check `an_hour_costs_something` fails"), "{text}");
    assert!(!text.contains("`dear_power` the check"), "{text}");
    let checks = json(&on(&folder.0, &["check", "--json"]).out)["checks"].clone();
    assert_eq!((&checks[0]["outcome"], &checks[0]["scenario"]), (&"holds".into(), &Value::Null));
    assert_eq!((&checks[1]["outcome"], &checks[1]["scenario"]), (&"fails".into(), &"dear_life".into()));

    let call = ["show", "hour_cost", "--scenario", "dear_life"];
    let shown = on(&folder.0, &call);
    assert_eq!(shown.code, 0);
    assert_eq!(shown.err, "warning: under dear_life, 1 check fails: an_hour_costs_something\n");
    let shown = on(&folder.0, &[&call[..], &["--json"]].concat());
    assert_eq!(json(&shown.out)["failing_checks"][0], "an_hour_costs_something");
    let compared = on(&folder.0, &["compare", "base", "dear_life"]);
    assert_eq!(compared.err, shown.err);
    assert_eq!(on(&folder.0, &["show", "hour_cost"]).err, "");
}

#[test]
fn the_date_is_said_wherever_it_counts() {
    for call in ["compare base dear_power --as-of 2026", "show price --as-of 2026"] {
        assert!(on_small_model(call).good().starts_with("(as known on 2026)\n"), "{call}");
    }
}

#[test]
fn no_name_is_no_call() {
    for call in [["show", ""], ["simulate", ""], ["explain", " "]] {
        assert!(on(&small_model(), &call).bad_call().contains("a name is missing"));
    }
    assert!(on(&small_model(), &["show", "price / life"]).bad_call().contains("write a formula in a sheet"));
}

#[test]
fn figures_of_one_kind_are_counted_alone() {
    // Life and growth are assumed; the other seven figures are not.
    let text = on_small_model("inputs --kind assumption").good();
    assert!(
        text.contains(
            "\n2 inputs, 1 of them with a spread (5th to 95th percentile): 0 published figures, 2 assumptions; 2 cells"
        ),
        "{text}"
    );
}

#[test]
fn many_errors_are_cut_short_but_for_programs() {
    let folder = Folder::with_model();
    let wrong = (0..25).fold(String::new(), |text, number| format!("{text}wrong_{number} : 1 = nothing_{number}\n"));
    fs::write(folder.0.join("wrong.tok"), wrong).unwrap();
    let text = on(&folder.0, &["check"]).bad_model();
    assert_eq!(text.matches("there is no").count(), 20, "{text}");
    assert!(text.contains("and 5 more") && text.contains("25 errors"), "{text}");
    let errors = json(&on(&folder.0, &["check", "--json"]).out);
    assert_eq!(errors["errors"].as_array().unwrap().len(), 25);
    assert_eq!(errors["checks"], json("[]"));
}

#[test]
fn a_part_of_a_model_is_told_from_a_model() {
    let folder = Folder::with_model();
    let part = folder.0.join("part");
    fs::create_dir(&part).unwrap();
    fs::write(part.join("part.tok"), "half : $ = price / 2\n").unwrap();
    for call in ["check", "list"] {
        let text = on(&part, &[call]).bad_model();
        assert!(text.contains(&format!("`{}` looks like the model", folder.0.display())), "{text}");
    }
}

#[test]
fn a_file_that_is_no_text_is_told_with_its_line_and_the_mend() {
    let folder = Folder::with_model();
    fs::write(folder.0.join("latin.tok"), b"# one\n# two\n# caf\xe9\n").unwrap();
    let text = on(&folder.0, &["check"]).bad_model();
    assert!(text.contains("`latin.tok` is not UTF-8 text, at line 3\n"), "{text}");
    assert!(text.contains("CSV UTF-8"), "{text}");
}

#[test]
fn init_says_that_it_cannot_write_and_takes_no_scenario() {
    let folder = Folder::new();
    let file = folder.0.join("file");
    fs::write(&file, "").unwrap();
    let below = file.join("model");
    assert!(run(&["init", below.to_str().unwrap()]).bad_call().contains("cannot write"));
    assert!(run(&["init", "x", "--scenario", "long_life"]).bad_call().contains("`--scenario` has no part"));
}

#[test]
fn nothing_is_cut_in_a_pipe_unless_asked() {
    let folder = Folder::with_model();
    let long = "word ".repeat(60);
    folder.edit("data/rent.csv", "survey", &long);
    let call = |columns: Option<&str>| {
        let mut program = program();
        program.arg("--model").arg(&folder.0).arg("conflicts").env_remove("COLUMNS");
        columns.map(|columns| program.env("COLUMNS", columns));
        String::from_utf8(program.output().unwrap().stdout).unwrap()
    };
    assert!(call(None).contains(long.trim()), "{}", call(None));
    assert!(call(Some("90")).lines().all(|line| line.chars().count() <= 90));
    let wide = call(Some("200"));
    let longest = wide.lines().map(|line| line.chars().count()).max();
    assert!(longest > Some(190) && longest <= Some(200), "{wide}");
}
