//! The model as a whole: the headline, `check`, `claims`, `compare`, `sources`, `fmt`, `init` and faults of a folder.

mod common;

use common::{Folder, line, on, on_small_model, program, run, small_model};
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

#[test]
fn the_headline_is_what_the_model_says() {
    let text = on_small_model("").good();
    assert!(text.starts_with("An hour of a chip in 2025Q3\n"), "{text}");
    assert_eq!(line(&text, "$/chip/hr"), ["$/chip/hr", "$/chip/hr", "%"]);
    // 1.10 of cost in 1.50 of rent leaves 26.7 %. The rent of the large chip is not known.
    assert_eq!(line(&text, "small"), ["small", "1.10", "1.50", "26.7"]);
    assert!(!text.contains("large"), "{text}");
    assert!(text.contains("tokenomics explain 'hour_cost[small]'"), "{text}");
    assert!(text.ends_with("1 check holds. 3 claims: 1 reproduced, 1 off, 1 cannot be met. 7 figures, 3 sources.\n"));
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    assert!(!text.contains('\u{1b}'), "no colours where no terminal is");
}

#[test]
fn members_that_are_named_stay_though_a_figure_lacks() {
    let folder = Folder::with_model();
    folder.edit("headline.csv", "kind,chip,", "kind,\"chip = large, small\",");
    let text = on(&folder.0, &[]).good();
    assert_eq!(line(&text, "large"), ["large", "2.20", "·", "·"]);
}

#[test]
fn a_note_holds_figures_of_the_model() {
    let folder = Folder::with_model();
    let note = "hour,note,,\"Power at {power_price[2025Q1] in $/MWh}, {life} of use, {{sic}}\",\nnext,title,,";
    folder.edit("headline.csv", "next,title,,", note);
    assert!(on(&folder.0, &[]).good().contains("\nPower at 80 $/MWh, 5 yr of use, {sic}\n"));
    let dear = on(&folder.0, &["--scenario", "dear_power"]).good();
    assert!(dear.contains("Power at 160 $/MWh"), "{dear}");
}

#[test]
fn the_headline_marks_what_is_filled_in() {
    let folder = Folder::with_model();
    folder.edit("headline.csv", "rents for,rent,", "power,power_price[quarter = 2025Q2],");
    let text = on(&folder.0, &[]).good();
    assert_eq!(line(&text, "small")[2], "0.0900~");
    assert!(text.contains("~ filled in between reported figures"), "{text}");
}

#[test]
fn a_headline_the_model_cannot_meet_is_a_fault_at_its_line() {
    for (old, new, reason) in [
        ("hour_cost[", "hour_csot[", "did you mean `hour_cost`?"),
        ("hour_cost[quarter = 2025Q3]", "hour_cost", "varies by quarter"),
        ("2025Q3],%", "2025Q3],yr", "not in yr"),
        ("2025Q3],%", "2025Q3],yrs", "did you mean `yr`?"),
        ("next,title,,", "hour,note,,{hour_csot},\nnext,title,,", "did you mean `hour_cost`?"),
        ("next,title,,", "hour,note,,{price},\nnext,title,,", "varies by chip"),
        ("next,title,,", "hour,note,,{life in hours},\nnext,title,,", "no unit `hours`"),
        ("next,title,,", "hour,note,,{life,\nnext,title,,", "lacks its other brace"),
        ("kind,chip", "kind,chp", "did you mean `chip`?"),
        ("hour,column,left", "hour,colum,left", "did you mean `column`?"),
        ("section,line", "section,lines", "lacks the column `line`"),
    ] {
        let folder = Folder::with_model();
        folder.edit("headline.csv", old, new);
        for call in [&[][..], &["check"]] {
            let text = on(&folder.0, call).bad_model();
            assert!(text.contains(reason) && text.contains("headline.csv:"), "{new}: {text}");
        }
    }
}

#[test]
fn a_model_without_a_headline_shows_its_sheets() {
    let folder = Folder::with_model();
    fs::remove_file(folder.0.join("headline.csv")).unwrap();
    let text = on(&folder.0, &[]).good();
    assert_eq!(line(&text, "cost.tok"), ["cost.tok", "6", "3"]);
    assert!(text.contains("headline.csv"), "{text}");
}

#[test]
fn check_is_content_with_a_sound_model() {
    let text = on_small_model("check").good();
    assert!(text.contains("9 variables; 1 check holds, and under 1 scenario."), "{text}");
}

#[test]
fn a_check_that_fails_names_the_cells() {
    let folder = Folder::with_model();
    folder.edit("cost.tok", "and 100 $/chip/hr", "and 2 $/chip/hr");
    let text = on(&folder.0, &["check"]).bad_model();
    assert!(text.contains("the check `an_hour_costs_something` fails in 8 cells"), "{text}");
    assert!(text.contains("[chip = large, quarter = 2025Q1] is 2.16 $/chip/hr"), "{text}");
    assert!(text.contains("cost.tok:"), "{text}");
    let report: Value = serde_json::from_str(&on(&folder.0, &["check", "--json"]).out).unwrap();
    assert_eq!(report["checks"][0]["outcome"], "fails");
    assert_eq!(report["errors"][0]["file"], "cost.tok");
}

#[test]
fn a_division_by_zero_is_a_fault() {
    let folder = Folder::with_model();
    folder.edit("cost.tok", "5 yr ~ 4 yr to 7 yr", "0 yr");
    let text = on(&folder.0, &["check"]).bad_model();
    assert!(text.contains("is no finite number"), "{text}");
    let shown = on(&folder.0, &["show", "hour_cost[small, 2025Q1]"]).good();
    assert!(shown.contains("not finite"), "{shown}");
}

#[test]
fn every_error_of_a_sheet_is_shown_with_its_place() {
    let folder = Folder::with_model();
    folder.edit("cost.tok", "= price / life + power * power_price", "= price / life + power_price");
    folder.edit("cost.tok", "= 1 - hour_cost / rent", "= 1 - hour_csot / rent");
    for call in [&["check"][..], &["show", "price"], &[]] {
        let text = on(&folder.0, call).bad_model();
        assert!(text.contains("2 errors") && text.contains("cost.tok:"), "{text}");
        assert!(text.contains("hour_cost"), "{text}");
    }
}

#[test]
fn a_folder_that_is_no_model_is_a_fault_of_the_call() {
    let folder = Folder::new();
    assert!(on(&folder.0, &["check"]).bad_call().contains("has no sheet"));
    assert!(on(&folder.0.join("missing"), &["check"]).bad_call().contains("does not exist"));
    fs::write(folder.0.join("latin.tok"), b"# caf\xe9\n").unwrap();
    assert!(on(&folder.0, &["check"]).bad_model().contains("latin.tok` is not UTF-8"));
}

#[test]
fn hidden_files_are_no_part_of_a_model() {
    let folder = Folder::with_model();
    fs::create_dir(folder.0.join(".cache")).unwrap();
    fs::write(folder.0.join(".cache/broken.tok"), "this is no sheet").unwrap();
    fs::write(folder.0.join(".broken.tok"), "this is no sheet").unwrap();
    on(&folder.0, &["check"]).good();
}

#[test]
fn claims_stand_beside_the_model_and_beside_each_other() {
    let text = on_small_model("claims").good();
    assert!(text.contains("The Gazette, “Hours for sale”, 2025-06-01"), "{text}");
    assert_eq!(line(&text, "small_hour "), ["small_hour", "1.08", "1.08", "$/chip/hr", "0", "%", "reproduced"]);
    assert_eq!(line(&text, "small_hour_is_two_dollars ")[4..], ["-46.0", "%", "off"]);
    assert!(text.contains("lacks rent[chip = large]"), "{text}");
    let contradicting = text.split("Contradicting").nth(1).expect("two claims of one figure contradict");
    assert!(contradicting.contains("small_hour (report)"), "{text}");
    assert!(contradicting.contains("small_hour_is_two_dollars (gazette)"), "{text}");
}

#[test]
fn claims_are_counted_by_publication() {
    let text = on_small_model("claims --by-publication").good();
    // Of the two claims of the gazette one is off, and one lacks a figure.
    assert_eq!(line(&text, "gazette")[6..], ["2025-06-01", "2", "1", "1"], "{text}");
    assert!(text.ends_with("3 claims: 1 reproduced, 1 off, 1 cannot be met.\n"), "{text}");
    let document: Value =
        serde_json::from_str(&on_small_model("claims --by-publication --json").good()).expect("a document");
    let of = |key: &str| {
        let all = document["publications"].as_array().expect("publications");
        let found = all.iter().find(|each| each["source"] == key).expect("the publication");
        ["claims", "reproduced", "off", "missing"].map(|name| found[name].as_u64().expect("a count"))
    };
    assert_eq!((of("gazette"), of("report")), ([2, 0, 1, 1], [1, 1, 0, 0]));
    let chosen = on_small_model("claims --by-publication small_hour").good();
    assert!(chosen.ends_with("2 claims: 1 reproduced, 1 off, 0 cannot be met.\n"), "{chosen}");
    on_small_model("claims --by-publication --off").bad_call();
}

#[test]
fn invariants_are_held_in_draws() {
    let folder = Folder::with_model();
    let sheet = "check a_chip_is_not_dear\n  price[chip = small] between 0 $/chip and 44_000 $/chip\n\n\
                 check a_life_is_a_life\n  life between 0 yr and 1000 yr\n";
    fs::write(folder.0.join("dear.tok"), sheet).unwrap();
    on(&folder.0, &["check"]).good();
    // The median is 43,800, so that near half of the draws lie above.
    let text = on(&folder.0, &["check", "--draws", "300"]).bad_model();
    let words: Vec<&str> = text.split("fails in ").nth(1).expect("a check that fails").split_whitespace().collect();
    let failed: f64 = words[0].parse().expect("a count");
    assert!((120.0..=165.0).contains(&failed) && words[1..4] == ["of", "300", "draws"], "{text}");
    assert!(text.contains("should lie between 0 and 44,000") && text.contains("dear.tok:1"), "{text}");
    assert!(!text.contains("a_life_is_a_life"), "{text}");
    fs::write(folder.0.join("dear.tok"), sheet.replace("44_000", "1_000_000")).unwrap();
    assert!(on(&folder.0, &["check", "--draws", "300"]).good().contains("in 300 draws"));
    on(&folder.0, &["check", "--draws", "300", "--watch"]).bad_call();
}

const PUBLISHED: &str = "figure,publication,place,statement,value,unit,answer,by,why
hour,gazette,page 1,A small hour costs two dollars.,2,$/chip/hr,claim,small_hour_is_two_dollars,
power,bureau,,What power costs early in 2025.,0.08,$/kWh,input,\"power_price[2025Q1]\",
share,gazette,page 9,The share price of the maker.,12,$,none,,No model here prices shares.
";

#[test]
fn figures_of_publications_name_what_answers_them() {
    let folder = Folder::with_model();
    let on = |words: &[&str]| on(&folder.0, words);
    assert!(on(&["figures"]).good().contains("lists no published figures"));
    fs::write(folder.0.join("published_figures.csv"), PUBLISHED).unwrap();
    on(&["check"]).good();
    let text = on(&["figures"]).good();
    assert!(text.contains("small_hour_is_two_dollars") && text.contains("No model here prices shares."), "{text}");
    let tally =
        "3 published figures: 1 held against the model by a claim, 1 among its inputs, 1 that no model answers.";
    assert!(text.contains(tally), "{text}");
    let document: Value = serde_json::from_str(&on(&["figures", "hour", "--json"]).good()).expect("a document");
    assert_eq!(document["figures"][0]["outcome"][0], "off", "{document}");
    let open = on(&["figures", "--unanswered", "--csv"]).good();
    assert_eq!(open.lines().count(), 2, "{open}");
    let counts = on(&["claims", "--by-publication"]).good();
    assert!(counts.contains(tally), "{counts}");
    assert_eq!(line(&counts, "gazette")[6..], ["2025-06-01", "2", "1", "1", "2", "1"], "{counts}");
    on(&["figures", "nobody"]).bad_call();
    for (old, new, said) in [
        ("small_hour_is_two_dollars,", "small_hour_is_two_dollar,", "did you mean `small_hour_is_two_dollars`?"),
        ("power_price[2025Q1]", "power_price[2019Q1]", "2019Q1"),
        ("No model here prices shares.", "", "nothing says why"),
        ("none,,", "nothing,,", "`nothing` is no answer"),
        ("share,gazette", "hour,gazette", "`hour` stands twice"),
        ("power,bureau", "power,office", "there is no source `office`"),
        ("claim,small_hour_is_two_dollars", "claim,", "nothing is named in `by`"),
    ] {
        fs::write(folder.0.join("published_figures.csv"), PUBLISHED.replacen(old, new, 1)).unwrap();
        let text = on(&["check"]).bad_model();
        assert!(text.contains(said) && text.contains("published_figures.csv:"), "{new}: {text}");
    }
}

#[test]
fn beside_a_bound_of_zero_no_difference_is_told() {
    let folder = Folder::with_model();
    let sheet = "input debt : $ = 3 $ assume \"a test\"\n\nclaim nobody_owes\n  0 $ - debt between 0 $ and 9 $\n  assume \"said\"\n";
    fs::write(folder.0.join("debt.tok"), sheet).unwrap();
    let text = on(&folder.0, &["claims", "nobody_owes"]).good();
    assert_eq!(line(&text, "nobody_owes")[4..], ["-3.00", "$", "outside", "off"], "{text}");
}

#[test]
fn claims_can_be_chosen() {
    let off = on_small_model("claims --off --csv").good();
    assert_eq!(
        off.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect::<Vec<_>>(),
        ["small_hour_is_two_dollars"]
    );
    let missing = on_small_model("claims --missing --json").good();
    let document: Value = serde_json::from_str(&missing).unwrap();
    assert_eq!(document["claims"][0]["missing"][0], "rent[chip = large]");
    // What was published is known although the model cannot say.
    assert_eq!(document["claims"][0]["low"], 4.0);
    assert!(!on_small_model("claims small_hour").good().contains("large_rent"));
    // A word may also be that of the publication, however it is written.
    assert!(on_small_model("claims GAZETTE").good().contains("small_hour_is_two_dollars"));
}

#[test]
fn conflicts_show_the_figure_in_use_first() {
    let text = on_small_model("conflicts").good();
    assert!(text.contains("rent[chip = small]"), "{text}");
    assert_eq!(line(&text, "in use")[..5], ["in", "use", "1.5", "$/chip/hr", "gazette"]);
    assert_eq!(line(&text, "1.8")[..4], ["1.8", "$/chip/hr", "+20.0", "%"]);
}

#[test]
fn sources_are_weighed_and_attributed() {
    let text = on_small_model("sources").good();
    // Two prices and two draws of power; the filled quarter is no figure of the bureau's.
    assert_eq!(line(&text, "maker")[..2], ["maker", "The"]);
    let document: Value = serde_json::from_str(&on_small_model("sources --json").good()).unwrap();
    let weight = |key: &str| {
        let all = document["sources"].as_array().unwrap();
        let found = all.iter().find(|source| source["key"] == key).unwrap();
        (found["figures"].as_u64().unwrap(), found["claims"].as_u64().unwrap())
    };
    assert_eq!(
        [weight("maker"), weight("bureau"), weight("gazette"), weight("report")],
        [(4, 0), (2, 0), (1, 2), (0, 1)]
    );
    let owed = text.split("Attribution").nth(1).expect("an attribution is owed");
    assert!(owed.contains("Bureau of Power, “Prices of power”, 2025-11") && owed.contains("CC-BY 4.0"), "{text}");
    assert!(!owed.contains("Gazette"), "{text}");
}

#[test]
fn a_scenario_is_compared_with_the_base() {
    let text = on_small_model("compare base dear_power --show hour_cost[2025Q1]").good();
    // Power at 0.16 instead of 0.08: 1.16 instead of 1.08.
    assert_eq!(line(&text, "small")[1..], ["$/chip/hr", "1.08", "1.16", "+7.4", "%"]);
    let headline = on_small_model("compare base dear_power").good();
    // 1.20 instead of 1.10 of cost in 1.50 of rent: 20 % instead of 26.7 %.
    assert_eq!(line(&headline, "small, left")[2..], ["%", "26.7", "20.0", "-6.7", "pt"]);
    assert!(headline.contains("1 figure not moved"), "{headline}");
    let back = on_small_model("compare dear_power base --show hour_cost[small,2025Q1]").good();
    assert!(back.contains("-6.9 %"), "{back}");
    on_small_model("--scenario dear_power compare base dear_power").bad_call();
}

#[test]
fn a_scenario_is_named_where_it_applies() {
    let text = on_small_model("show hour_cost[small,2025Q1] --scenario dear_power").good();
    assert!(text.starts_with("(under scenario dear_power)") && text.contains("= 1.16"), "{text}");
    assert!(on_small_model("scenarios").good().contains("changes reported_power_price"));
}

#[test]
fn init_writes_the_model_once() {
    let folder = Folder::new();
    let target = folder.0.join("mine");
    let path = target.to_str().unwrap();
    assert!(run(&["init", path]).good().contains("check --model"));
    assert!(target.join("units.tok").is_file());
    assert!(run(&["init", path]).bad_call().contains("not empty"));
}

#[test]
fn fmt_writes_sheets_in_one_way() {
    let folder = Folder::with_model();
    folder.edit("cost.tok", "= price / life + power * power_price", "=  price / life   + power * power_price");
    let refused = on(&folder.0, &["fmt", "--check"]).bad_model();
    assert!(refused.contains("not formatted") && refused.contains("cost.tok"), "{refused}");
    on(&folder.0, &["fmt"]).good();
    assert_eq!(
        fs::read_to_string(folder.0.join("cost.tok")).unwrap(),
        fs::read_to_string(small_model().join("cost.tok")).unwrap()
    );
    on(&folder.0, &["fmt", "--check"]).good();
    folder.edit("cost.tok", "= price / life +", "= price / / life +");
    let before = fs::read_to_string(folder.0.join("cost.tok")).unwrap();
    assert!(on(&folder.0, &["fmt"]).bad_model().contains("cost.tok:"));
    assert_eq!(fs::read_to_string(folder.0.join("cost.tok")).unwrap(), before);
    assert!(run(&["fmt"]).bad_call().contains("--model"));
}

#[test]
fn watching_checks_again_after_a_change() {
    let folder = Folder::with_model();
    let mut child =
        program().arg("--model").arg(&folder.0).args(["check", "--watch"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line.starts_with("Watching")));
    folder.edit("cost.tok", "and 100 $/chip/hr", "and 2 $/chip/hr");
    assert!(lines.any(|line| line.contains("fails in 8 cells")));
    assert!(lines.any(|line| line.starts_with("Watching")));
    folder.edit("cost.tok", "and 2 $/chip/hr", "and 100 $/chip/hr");
    assert!(lines.any(|line| line.contains("1 check holds")));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(run(&["check", "--watch"]).bad_call().contains("init"));
}

#[test]
fn completions_and_the_manual_know_every_command() {
    let help = run(&["--help"]).good();
    let script = run(&["completions", "bash"]).good();
    let page = run(&["man"]).good();
    for command in ["show", "explain", "check", "claims", "simulate", "tornado", "compare", "init"] {
        assert!(help.contains(command) && script.contains(command) && page.contains(command), "{command}");
    }
    let folder = Folder::new();
    run(&["man", "--to", folder.0.to_str().unwrap()]).good();
    assert!(folder.0.join("tokenomics-show.1").is_file());
}
