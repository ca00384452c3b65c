//! Runs in a table are predicted beside what was measured.

mod common;

use common::{Folder, Run, files, run};
use std::collections::BTreeMap;
use std::fs;

/// A row that can be placed, to be changed one column at a time.
const ROW: [(&str, &str); 15] = [
    ("hardware", "h200"),
    ("model", "deepseek_r1"),
    ("precision", "fp8"),
    ("framework", "sglang"),
    ("isl", "8192"),
    ("osl", "1024"),
    ("concurrency", "32"),
    ("gpus", "8"),
    ("tp", "8"),
    ("ep", "1"),
    ("dp_attention", "False"),
    ("disagg", "False"),
    ("spec_decoding", "none"),
    ("date", "2026-06-01"),
    ("interactivity_tok_s_user", "30"),
];

type Cells = BTreeMap<String, String>;

/// Rows like [`ROW`] but for some columns, as a table with a column of its own.
fn table(changes: &[&[(&str, &str)]]) -> String {
    let mut names: Vec<&str> = ROW.iter().map(|(name, _)| *name).collect();
    for (name, _) in changes.iter().flat_map(|change| change.iter()) {
        if !names.contains(name) {
            names.push(name);
        }
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(names.iter().copied().chain(["mine"])).expect("a line");
    for (position, change) in changes.iter().enumerate() {
        let cell = |name: &&str| {
            let of = |pairs: &[(&str, &str)]| {
                pairs.iter().find(|(known, _)| known == name).map(|(_, text)| (*text).to_owned())
            };
            of(change).or_else(|| of(&ROW)).unwrap_or_default()
        };
        writer.write_record(names.iter().map(cell).chain([format!("row, {position}")])).expect("a line");
    }
    String::from_utf8(writer.into_inner().expect("a buffer")).expect("text")
}

fn predict(text: &str, more: &[&str]) -> Run {
    let folder = Folder::new();
    let path = folder.0.join("rows.csv");
    fs::write(&path, text).expect("a file");
    let path = path.to_string_lossy().into_owned();
    run(&[&["predict", "--from", path.as_str()], more].concat())
}

/// The rows printed, of a call that must be good.
fn rows(run: &Run) -> Vec<Cells> {
    assert_eq!(run.code, 0, "{}", run.err);
    let mut reader = csv::Reader::from_reader(run.out.as_bytes());
    reader.deserialize().map(|row| row.expect("a row")).collect()
}

#[track_caller]
fn figure(row: &Cells, column: &str) -> f64 {
    row[column].parse().unwrap_or_else(|_| panic!("`{column}` is `{}`: {}", row[column], row["predicted_note"]))
}

#[track_caller]
fn near(left: f64, right: f64) {
    assert!((left / right - 1.0).abs() < 1e-4, "{left} is not {right}");
}

#[test]
fn rows_keep_their_cells_and_order_and_gain_columns() {
    let before = fs::read_to_string(files().join("runs.csv")).expect("the file");
    let printed = predict(&before, &[]);
    let head = before.lines().next().expect("a head");
    assert!(printed.out.starts_with(&format!("{head},predicted_throughput_total_per_gpu,")), "{}", printed.out);
    assert_eq!(printed.err, "9 of 9 rows predicted.\n");
    let own: Vec<Cells> =
        csv::Reader::from_reader(before.as_bytes()).deserialize().map(|row| row.expect("a row")).collect();
    let predicted = rows(&printed);
    assert_eq!(own.len(), predicted.len());
    for (own, row) in own.iter().zip(&predicted) {
        assert!(own.iter().all(|(column, cell)| row[column] == *cell));
        let lengths = (figure(row, "isl") + figure(row, "osl")) / figure(row, "osl");
        let output = figure(row, "predicted_throughput_output_per_total_gpu");
        near(figure(row, "predicted_throughput_total_per_gpu"), output * lengths);
        near(figure(row, "predicted_interactivity"), 1e3 / figure(row, "predicted_median_tpot_ms"));
        near(figure(row, "predicted_interactivity_low"), 1e3 / figure(row, "predicted_median_tpot_ms_high"));
        for name in
            ["predicted_throughput_total_per_gpu", "predicted_median_ttft_ms", "predicted_joules_per_output_token"]
        {
            let [low, middle, high] = ["_low", "", "_high"].map(|end| figure(row, &format!("{name}{end}")));
            assert!(low < high && low < middle * 1.2 && middle * 0.8 < high, "{name}: {low} {middle} {high}");
        }
        // Requests in progress are never more than there are: rate times time of an answer.
        let writing = output * figure(row, "gpus") * figure(row, "predicted_median_tpot_ms") / 1e3;
        assert!(writing <= figure(row, "concurrency") * 1.001, "{writing}");
    }
}

#[test]
fn a_second_prediction_takes_the_place_of_the_first() {
    let once = predict(&table(&[&[]]), &[]);
    assert_eq!(predict(&once.out, &[]).out, once.out);
}

#[test]
fn what_cannot_be_placed_says_why_and_keeps_its_cells() {
    let text = table(&[
        &[("hardware", "h2000")],
        &[("model", "nobodys")],
        &[("precision", "fp3")],
        &[("isl", "8k")],
        &[("concurrency", "")],
        &[("disagg", "maybe")],
        &[("tp", ""), ("gpus", "")],
        &[("gpus", "1"), ("tp", "1")],
        &[],
    ]);
    let run = predict(&text, &[]);
    let rows = rows(&run);
    let notes = [
        "there is no accelerator `h2000`; did you mean `h200`?",
        "there is no language model `nobodys`",
        "precision `fp3` is not known",
        "`isl` is `8k`, which is no number",
        "`concurrency` is empty",
        "`disagg` is `maybe`; write True or False",
        "`tp` is empty, and neither `ep` nor `gpus` says how many accelerators share the model",
        "weights and buffers take 675 GB on each chip, and it has 137 GB",
    ];
    for (position, (row, note)) in rows.iter().zip(notes).enumerate() {
        assert!(row["predicted_note"].starts_with(note), "{}", row["predicted_note"]);
        assert_eq!(row["predicted_interactivity"], "");
        assert_eq!(row["mine"], format!("row, {position}"));
    }
    assert!(figure(&rows[8], "predicted_interactivity") > 0.0);
    assert!(run.err.starts_with("1 of 9 rows predicted.\n"), "{}", run.err);
    assert!(run.err.contains("1 row, line 5: `isl` is `8k`"), "{}", run.err);
}

#[test]
fn names_in_any_way_of_writing_are_the_same() {
    let run = predict(
        &table(&[
            &[],
            &[("hardware", "H200 SXM"), ("model", "deepseek-ai/DeepSeek-R1"), ("framework", "sglang (inferred)")],
            &[("disagg", "FALSE"), ("dp_attention", "0.0"), ("spec_decoding", "nan"), ("ep", ""), ("precision", "FP8")],
        ]),
        &[],
    );
    let rows = rows(&run);
    for row in &rows[1..] {
        assert_eq!(row["predicted_throughput_total_per_gpu"], rows[0]["predicted_throughput_total_per_gpu"]);
    }
}

#[test]
fn what_is_not_told_is_taken_and_said() {
    let apart = [("disagg", "True"), ("hardware", "gb200"), ("precision", "fp4"), ("gpus", "24"), ("tp", "24")];
    let told = [("prefill_gpus", "8"), ("prefill_tp", "4"), ("decode_gpus", "16"), ("decode_tp", "8")];
    let run = predict(
        &table(&[
            &[("framework", "nobodys")],
            &[("tp", "")],
            &apart,
            &[&apart[..], &told[..]].concat(),
            &[&apart[..], &[("framework", "dynamo-nobodys")]].concat(),
        ]),
        &[],
    );
    let rows = rows(&run);
    let says = |row: usize, words: &str| {
        assert!(rows[row]["predicted_note"].contains(words), "{}", rows[row]["predicted_note"]);
        assert!(figure(&rows[row], "predicted_interactivity") > 0.0);
    };
    says(0, "`nobodys` is not known: taken for ");
    says(1, "how 8 accelerators are shared is not told: taken as ");
    says(2, "how 24 accelerators are shared is not told: taken as ");
    says(4, "`dynamo-nobodys` is not known: taken for ");
    assert!(!rows[3]["predicted_note"].contains("not told"), "{}", rows[3]["predicted_note"]);
    // What is not told is taken as it serves the most.
    let served = |row: usize| figure(&rows[row], "predicted_throughput_total_per_gpu");
    assert!(served(2) >= served(3), "{} {}", served(2), served(3));
}

#[test]
fn the_frontier_depends_on_the_speed_alone_and_is_no_worse() {
    let speeds: [&[(&str, &str)]; 5] = [
        &[],
        &[("tp", ""), ("concurrency", ""), ("gpus", "")],
        &[("interactivity_tok_s_user", "60")],
        &[("interactivity_tok_s_user", ""), ("median_tpot_ms", "20")],
        &[("interactivity_tok_s_user", "5000")],
    ];
    let run = predict(&table(&speeds), &["--frontier"]);
    let best = rows(&run);
    let throughput = |row: usize| figure(&best[row], "predicted_throughput_total_per_gpu");
    assert_eq!(best[0]["predicted_deployment"], best[1]["predicted_deployment"]);
    near(throughput(0), throughput(1));
    // A thousand over twenty milliseconds lies between.
    assert!(throughput(0) > throughput(3) && throughput(3) > throughput(2));
    assert!(figure(&best[2], "predicted_interactivity") >= 60.0);
    let note = &best[4]["predicted_note"];
    assert!(note.contains("gives a user 5,000 tokens a second; the fastest gives "), "{note}");
    assert!(note.contains("beyond the error of predictions, and is taken"), "{note}");
    assert!(figure(&best[4], "predicted_interactivity") < 5000.0);

    // At the speed of a deployment, the best gives as much or more.
    let own = rows(&predict(&table(&[&[]]), &[]));
    let speed = own[0]["predicted_interactivity"].clone();
    let best = rows(&predict(&table(&[&[("interactivity_tok_s_user", &speed)]]), &["--frontier"]));
    let [own, best] = [&own[0], &best[0]].map(|row| figure(row, "predicted_throughput_total_per_gpu"));
    assert!(best > own * 0.98, "{best} {own}");
}

#[test]
fn a_file_and_json_hold_the_same() {
    let folder = Folder::new();
    let to = folder.0.join("out.csv");
    let path = to.to_string_lossy().into_owned();
    let text = table(&[&[], &[("hardware", "nobodys")]]);
    let silent = predict(&text, &["--to", &path]);
    assert_eq!((silent.code, silent.out.as_str()), (0, ""));
    let printed = predict(&text, &[]).out;
    assert_eq!(fs::read_to_string(&to).expect("the file"), printed);
    let json: serde_json::Value = serde_json::from_str(&predict(&text, &["--json"]).out).expect("JSON");
    assert_eq!((&json["placed"], &json["not_placed"]), (&1.into(), &1.into()));
    let first = &json["rows"][0];
    assert_eq!((&first["tp"], &first["mine"]), (&"8".into(), &"row, 0".into()));
    assert!(first["predicted_interactivity"].as_f64().expect("a number") > 0.0);
    assert!(json["rows"][1]["predicted_interactivity"].is_null());
}

#[test]
fn a_call_that_is_at_fault_says_the_mend() {
    let said = predict("hardware;model\nh100;x\n", &[]).bad_call();
    assert!(said.contains("the cells of a line are apart by commas"), "{said}");
    let said = predict("hardware,models,precision,isl,osl\n", &[]).bad_call();
    assert!(said.contains("no column `model`") && said.contains("it has `models`"), "{said}");
    let said = run(&["predict", "--from", "nowhere.csv"]).bad_call();
    assert!(said.contains("cannot read `nowhere.csv`: it does not exist"), "{said}");
    let said = predict("hardware,model,precision,isl,osl\nh100,x\n", &[]).bad_call();
    assert!(said.contains("line: 2"), "{said}");
    assert_eq!(predict(&format!("\u{feff}{}", table(&[&[]])), &[]).code, 0);
}
