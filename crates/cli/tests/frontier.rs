//! Frontiers: no point betters another, and what tokens cost and draw follows from the rest.

mod common;

use common::{Folder, Run, program, run};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// A call of the command; words are apart by spaces.
fn frontier(call: &str) -> Run {
    run(&["frontier"].into_iter().chain(call.split_whitespace()).collect::<Vec<_>>())
}

/// The same in a folder with the files that calls read.
fn in_folder(folder: &Folder, call: &str) -> Run {
    program().current_dir(&folder.0).arg("frontier").args(call.split_whitespace()).output().expect("it starts").into()
}

#[track_caller]
fn json(run: Run) -> Value {
    serde_json::from_str(&run.good()).expect("JSON")
}

#[track_caller]
fn number(value: &Value, name: &str) -> f64 {
    value[name].as_f64().unwrap_or_else(|| panic!("`{name}` is {} in {value}", value[name]))
}

#[track_caller]
fn near(left: f64, right: f64) {
    assert!((left / right - 1.0).abs() < 1e-4, "{left} is not {right}");
}

/// The points of a call, checked to be a frontier.
#[track_caller]
fn points(document: &Value) -> Vec<Value> {
    let points = document["points"].as_array().expect("points").clone();
    assert!(points.len() > 10, "{} points", points.len());
    for pair in points.windows(2).filter(|pair| pair[0]["chip"] == pair[1]["chip"]) {
        assert!(number(&pair[0], "interactivity") >= number(&pair[1], "interactivity"));
        assert!(number(&pair[0], "throughput") <= number(&pair[1], "throughput"));
    }
    points
}

/// One figure of the model.
fn figure(name: &str) -> f64 {
    let document: Value = serde_json::from_str(&run(&["show", name, "--json"]).good()).expect("JSON");
    document["figures"][0]["value"].as_f64().expect("a figure")
}

#[test]
fn tokens_bear_what_the_hours_cost_and_draw() {
    let hour = figure("serving_hour_cost[chip = h100, tenure = owned, quarter = 2026Q4]");
    let rating = figure("nameplate_power[chip = h100]");
    let power = figure("all_in_power[chip = h100]") * figure("pue");
    for call in [
        "--chip h100 --model gpt_oss_120b --json",
        "--chip h100 --model gpt_oss_120b --json --cached 75% --disaggregated=either",
        "--chip h100 --model llama_3_1_70b --json --input 1k --cached 512",
    ] {
        let document = json(frontier(call));
        near(number(&document["curves"][0], "hour_cost"), hour);
        near(number(&document["curves"][0], "facility_power"), power);
        let [input, output, cached] = ["input", "output", "cached"].map(|name| number(&document, name));
        for point in points(&document) {
            let throughput = number(&point, "throughput");
            near(number(&point, "cost") * throughput * 3600.0 / 1e6, hour);
            near(throughput * output / (input + output), number(&point, "output_throughput"));
            near(number(&point, "throughput_per_megawatt"), throughput / power * 1e6);
            let kinds = [("fresh_cost", input - cached), ("cached_cost", cached), ("output_cost", output)];
            let request: f64 = kinds.iter().map(|(name, tokens)| number(&point, name) * tokens).sum();
            near(request / (input + output), number(&point, "cost"));
            assert!(kinds.iter().all(|(name, _)| number(&point, name) > 0.0), "{point}");
            near(number(&point, "token_energy") * (input + output), number(&point, "output_energy") * output);
            // An accelerator draws no more than its rating by its own sensors.
            let drawn = number(&point, "output_energy") * number(&point, "output_throughput");
            assert!(drawn <= rating * 1.0001, "{drawn}");
            assert!(number(&point, "throughput_low") < number(&point, "throughput_high"));
            assert!(number(&point, "interactivity_low") < number(&point, "interactivity_high"));
        }
    }
}

#[test]
fn what_is_cached_is_cheaper_and_what_costs_more_costs_in_proportion() {
    let of = |more: &str| points(&json(frontier(&format!("--chip b200 --model gpt_oss_120b --json {more}"))));
    let plain = of("");
    let middle = &plain[plain.len() / 2];
    assert!(number(middle, "cached_cost") < number(middle, "fresh_cost"), "{middle}");
    let most = |points: &[Value]| number(points.last().expect("a point"), "throughput");
    assert!(most(&of("--cached 80%")) > most(&plain));
    let dear = of("--hour-cost 10");
    let cheap = of("--hour-cost 2.5");
    for (dear, cheap) in dear.iter().zip(&cheap) {
        near(number(dear, "output_cost"), 4.0 * number(cheap, "output_cost"));
    }
}

#[test]
fn a_file_is_the_same_as_the_name_of_what_it_describes() {
    let folder = Folder::with_files();
    let named = points(&json(frontier("--chip h100 --model gpt_oss_120b --json")));
    let document = json(in_folder(&folder, "--chip h100 --model config.json --json"));
    assert_eq!(named, points(&document));
    let notes = document["curves"][0]["notes"].to_string();
    assert!(notes.contains("`config.json` has the layers of gpt_oss_120b, and is taken for it"), "{notes}");
    assert_eq!(
        named,
        points(&json(run(&["frontier", "--chip", "H100 SXM", "--model", "openai/gpt-oss-120b", "--json"])))
    );
}

#[test]
fn a_datasheet_stands_for_a_chip() {
    let folder = Folder::with_files();
    let sheet = r#"{"name": "my_chip", "vendor": "nvidia", "generation": "hopper", "memory": "80 GB",
        "dense_compute": {"bf16": "989 TFLOP/s", "fp8": "1979 TFLOP/s"}, "memory_bandwidth": "3.35 TB/s",
        "scale_up_bandwidth": "450 GB/s/chip", "scale_up_domain": 8, "scale_out_bandwidth": "50 GB/s",
        "nameplate_power": "0.7 kW"}"#;
    fs::write(folder.0.join("chip.json"), sheet).expect("a file");
    let of_csv = json(in_folder(&folder, "--chip chip.csv --model gpt_oss_120b --json"));
    let of_json = json(in_folder(&folder, "--chip chip.json --model gpt_oss_120b --json"));
    assert_eq!(points(&of_csv), points(&of_json));
    let first = &points(&of_csv)[0];
    assert_eq!(first["chip"], "my_chip");
    assert!(first["cost"].is_null() && first["output_cost"].is_null(), "{first}");
    let printed = in_folder(&folder, "--chip chip.csv --model gpt_oss_120b").good();
    let words = printed.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("What an hour of my_chip costs is not known; `--hour-cost` says it"), "{printed}");
    let priced = points(&json(in_folder(&folder, "--chip chip.csv --model gpt_oss_120b --hour-cost 2.50 --json")));
    near(number(&priced[3], "cost") * number(&priced[3], "throughput") * 3600.0 / 1e6, 2.5);
    // Half the bandwidth and arithmetic, and nothing is as fast.
    let slow = sheet.replace("3.35", "1.675").replace("989", "494.5").replace("1979", "989.5");
    fs::write(folder.0.join("slow.json"), slow).expect("a file");
    let slow = points(&json(in_folder(&folder, "--chip slow.json --model gpt_oss_120b --json")));
    let last = |points: &[Value]| number(points.last().expect("a point"), "throughput");
    assert!(last(&slow) < last(&points(&of_csv)));
}

#[test]
fn a_datasheet_that_is_at_fault_says_where_and_the_mend() {
    let folder = Folder::with_files();
    let good = fs::read_to_string(folder.0.join("chip.csv")).expect("the datasheet");
    for (old, new, what, help) in [
        ("memory,,80,GB\n", "", "it does not state `memory`", "GB/chip"),
        ("memory,,80,GB", "memory,,eighty,GB", "line 7: `memory` is `eighty`", "measures the same as GB/chip"),
        ("memory,,80,GB", "memory,,80,TB/s", "line 7: `memory` is in `TB/s`", "measured in GB/chip"),
        ("memory,,80,GB", "memory,,80,", "line 7: `memory` has no unit", "write one such as GB/chip"),
        ("memory,,80,GB", "memoir,,80,GB", "line 7: a datasheet has no `memoir`", "did you mean `memory`?"),
        ("compute,fp8", "compute,fp7", "line 6: `fp7` is no number format", "bf16, fp8"),
        ("name,precision,value,unit", "what,precision,value,unit", "names no column `name`", "columns name, precision"),
    ] {
        fs::write(folder.0.join("chip.csv"), good.replacen(old, new, 1)).expect("a file");
        let said = in_folder(&folder, "--chip chip.csv --model gpt_oss_120b").bad_call();
        assert!(said.contains(what) && said.contains(help), "{said}");
    }
    fs::write(folder.0.join("chip.json"), "{\"memory\": [80]}").expect("a file");
    let said = in_folder(&folder, "--chip chip.json --model gpt_oss_120b").bad_call();
    assert!(said.contains("`memory` is [80]") && said.contains("\"80 GB\""), "{said}");
}

#[test]
fn a_call_that_cannot_be_answered_says_why() {
    for (call, what, help) in [
        ("--chip h10 --model gpt_oss_120b", "there is no accelerator `h10`", "did you mean `h100`?"),
        ("--chip h100 --model gpt_oss_12b", "there is no language model `gpt_oss_12b`", "did you mean `gpt_oss_120b`?"),
        ("--chip h100 --model no.json", "cannot read `no.json`", ""),
        ("--chip h100 --model gpt_oss_120b --precision fp6", "no number format `fp6`", "did you mean `fp4`?"),
        ("--chip h100 --model gpt_oss_120b --engine vlm", "there is no engine `vlm`", "did you mean `vllm`?"),
        ("--chip h100 --model kimi_k2 --max-chips 4", "4 h100 do not hold kimi_k2", "--max-chips"),
        ("--chip h100 --model gpt_oss_120b --cached 8192", "leaves none to read", "`--cached` less"),
        ("--chip h100 --model gpt_oss_120b --cached 1.5x", "invalid value '1.5x'", "80%"),
        ("--chip h100 --model gpt_oss_120b --model mine", "no language model `mine`, nor a folder with sheets", ""),
        (
            "--chip h100 --model gpt_oss_120b --plot a.pdf",
            "`a.pdf` ends in no form of a drawing",
            "FILE.svg or FILE.png",
        ),
    ] {
        let said = frontier(call).bad_call();
        assert!(said.contains(what) && said.contains(help), "{said}");
    }
}

#[test]
fn model_is_a_folder_where_it_has_sheets() {
    let folder = Folder::new();
    let mine = folder.0.join("mine");
    let mine = mine.to_string_lossy();
    run(&["init", &mine]).good();
    let plain = frontier("--chip h100 --model gpt_oss_120b --csv").good();
    // A copy is checked, and may say so on standard error.
    let after = frontier(&format!("--chip h100 --model gpt_oss_120b --model {mine} --csv"));
    let before = run(&["--model", &mine, "frontier", "--chip", "h100", "--model-name", "gpt_oss_120b", "--csv"]);
    for copy in [after, before] {
        assert_eq!((copy.code, copy.out), (0, plain.clone()), "{}", copy.err);
    }
    // The folder's own figures are read.
    let table = Path::new(&*mine).join("frontier.csv");
    let text = fs::read_to_string(&table).expect("the table");
    fs::write(&table, text.replace("all_in_power[chip = {chip}]", "all_in_powers[chip = {chip}]")).expect("a file");
    let said = frontier(&format!("--chip h100 --model gpt_oss_120b --model {mine}")).bad_model();
    assert!(said.contains("`frontier.csv`, line 3: there is no variable `all_in_powers`"), "{said}");
    fs::write(&table, text.replace("tenure = owned, ", "")).expect("a file");
    let said = frontier(&format!("--chip h100 --model gpt_oss_120b --model {mine}")).bad_model();
    assert!(said.contains("is more than one figure"), "{said}");
}

#[test]
fn a_prediction_at_a_speed_is_on_the_frontier() {
    let document = json(frontier("--chip h200 --model gpt_oss_120b --engine vllm --precision fp4 --json"));
    let points = points(&document);
    let point = &points[points.len() / 2];
    let folder = Folder::new();
    // The lengths of runs are nominal: real ones are nine tenths on average.
    let [input, output] = [8192.0 / 0.9, 1024.0 / 0.9];
    let speed = number(point, "interactivity");
    let row = format!(
        "hardware,model,precision,framework,isl,osl,interactivity_tok_s_user\n\
         h200,gpt_oss_120b,fp4,vllm,{input},{output},{speed}\n"
    );
    let path = folder.0.join("row.csv");
    fs::write(&path, row).expect("a file");
    let printed = run(&["predict", "--frontier", "--from", &path.to_string_lossy()]).out;
    let mut reader = csv::Reader::from_reader(printed.as_bytes());
    let row: std::collections::BTreeMap<String, String> = reader.deserialize().next().expect("a row").expect("a row");
    let best: f64 = row["predicted_throughput_total_per_gpu"].parse().expect("a prediction");
    let ratio = best / number(point, "throughput");
    assert!((0.98..1.05).contains(&ratio), "{ratio}: {row:?} {point}");
}

#[test]
fn drawings_show_each_frontier() {
    let folder = Folder::with_files();
    let call = "--chip h100 --chip b200 --model deepseek_r1 --plot";
    let said = in_folder(&folder, &format!("{call} a.svg")).good();
    assert!(said.starts_with("a.svg: deepseek_r1: throughput against speed"), "{said}");
    let svg = fs::read_to_string(folder.0.join("a.svg")).expect("a drawing");
    assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"), "{svg}");
    for text in [
        "deepseek_r1: throughput against speed for a user",
        "8,192 tokens in and 1,024 out; shaded: four runs in five",
        "h100, fp8",
        "b200, fp4",
        "measured",
        "speed for a user, tok/s",
        "throughput for each accelerator, in and out, tok/s",
    ] {
        assert!(svg.contains(&format!(">{text}<")), "no `{text}`");
    }
    // Every element is closed.
    assert_eq!(svg.matches("<g").count(), svg.matches("</g>").count());
    assert_eq!(svg.matches("<text").count(), svg.matches("</text>").count());
    in_folder(&folder, &format!("{call} a.png")).good();
    let png = fs::read(folder.0.join("a.png")).expect("a drawing");
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n") && png.len() > 20_000, "{} bytes", png.len());
    // A drawing and figures together.
    let figures = in_folder(&folder, &format!("{call} b.svg --csv")).good();
    assert!(figures.starts_with("chip,model,input,output,cached,deployment,"), "{figures}");
}

#[test]
fn csv_and_json_hold_the_same_points() {
    let call = "--chip h200 --chip mi355x --model gpt_oss_120b";
    let document = json(frontier(&format!("{call} --json")));
    let points = document["points"].as_array().expect("points");
    let csv = frontier(&format!("{call} --csv")).good();
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let head: Vec<String> = reader.headers().expect("a head").iter().map(str::to_owned).collect();
    let keys: Vec<&String> = points[0].as_object().expect("a record").keys().collect();
    assert_eq!(head.iter().collect::<Vec<_>>(), keys);
    assert_eq!(reader.records().count(), points.len());
    let curves = document["curves"].as_array().expect("curves");
    assert_eq!(curves.iter().map(|curve| &curve["chip"]).collect::<Vec<_>>(), ["h200", "mi355x"]);
    let shown = frontier(call).good();
    assert!(shown.lines().filter(|line| line.starts_with("gpt_oss_120b on ")).count() == 2, "{shown}");
    let rows = shown.lines().filter(|line| line.starts_with("TP") || line.starts_with("DP")).count();
    assert!((20..=40).contains(&rows), "{rows} rows");
}
