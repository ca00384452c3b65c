//! Draws, and what becomes of them.

mod common;

use common::{assert_draws_agree_with_evaluations, model, near, sheet, sheet_with, variable};
use tokenomics_engine::{Cells, Evaluation, Quantiles, Simulation, Summary, Want, Wants, tornado};
use tokenomics_finance::{InternalRateOfReturn, Payback};
use tokenomics_language::native::Signature;
use tokenomics_language::{Model, Native};
use tokenomics_market::native::{Clears, Made, Part, Plans, Rations};

/// Every kind of formula, reached by uncertain inputs.
const EVERYTHING: &str = r#"
quarters 2024Q1 to 2025Q4
dim vintage like quarter
dim chip = a, b, c, d
dim vendor = x, y
dim maker = m, idle
map chip to vendor = a: y, b: x, c: y, d: y
map chip to maker = a: m, b: m, c: m, d: m
input price[chip] : $/chip = a: 1 $/chip, b: 2 $/chip, c: 3 $/chip, d: 4 $/chip ~ times 0.5 to 3 each chip assume "a test"
input tilt : 1 = 0 ~ -1 to 2 assume "a test"
input growth : 1 = 1.1 ~ 0.9 to 1.3 with tilt 0.7 assume "a test"
input margin[vendor] : 1 = x: 0.5, y: 0.7 ~ times 0.8 to 1.2 assume "a test"
partial input reported[quarter] : $ = 2024Q1: 100 $, 2024Q2: 110 $ ~ times 0.9 to 1.1 assume "a test"

partial input listed[quarter] : $ = 2024Q1: 100 $, 2024Q2: 110 $, 2025Q1: 7 $ assume "a test"

spending[quarter] : $ = reported otherwise prev(spending, 0 $) * growth
partial known_twice[quarter] : $ = reported * 2
since[quarter] : 1 = (quarter - 2024Q1) / 1 qtr
volume[chip, quarter] : chip = spending / price * exp(-since * 0.1) * margin[vendor = chip]
revenue[quarter, chip] : $ = volume * price + prev(volume, 3 chip) * prev(price * spending, 0 $^2/chip) / 1 $
total[quarter] : $ = sum(revenue over chip)
by_vendor[vendor, quarter] : $ = sum(revenue over chip by vendor)
mean_revenue[quarter] : $ = mean(revenue over chip)
range[quarter] : $ = max(revenue over chip) - min(revenue over chip) + mean(revenue over chip)
share[chip, quarter] : 1 = revenue / sum(revenue over chip)
dear[quarter] : 1 = count(price > 2.5 $/chip over chip) + 0 * since
entire : $ = sum(revenue over chip, quarter)
chosen[chip] : 1 = if price > 2 $/chip then ln(price / 1 $/chip) else tilt ^ 3
certain_choice[chip, quarter] : $ = if since > 3 then total else spending * 2
age[vintage, quarter] : 1 = (quarter - vintage) / 1 qtr
fleet[vintage, quarter] : chip
  = if age >= 0 then volume[chip = b, quarter = vintage] * 0.9 ^ age else 0 chip
in_use[quarter] : chip = sum(fleet over vintage)
budget[quarter] : $ = prev(sum(spent over chip), 6 $) * tilt + growth * 2 $
spent[chip, quarter] : $ = clamp(budget / 4, -5 $, 5 $) + prev(prev(budget, 1 $), 2 $)
by_clause[vendor, quarter] : $
  x = by_clause[vendor = y] * growth
  y = total + prev(total, 0 $)
scaled[chip, quarter] : 1 = growth * tilt - sqrt(growth)
least_of_three[chip] : $/chip = min(price, 2 $/chip, price[chip = a] * 3)
curve : 1 = logistic(tilt) + abs(tilt)
payment[chip] : $/chip/yr = price * annuity(growth * 0.1 1/yr, 3 yr)
shifted[chip, quarter] : $ = if price > 2 $/chip then prev(spending + 1 $, 0 $) else prev(spending, 5 $)
by_maker[maker] : $/chip = sum(price over chip by maker)
known_quarters[vendor] : 1
  x = tilt
  y = count(listed over quarter)
broken[chip] : 1 = 1 / (price[chip = a] - price) * 1 $/chip
"#;

#[test]
fn every_draw_is_an_evaluation_of_what_was_drawn() {
    assert_draws_agree_with_evaluations(&sheet(EVERYTHING), &[]);
}

/// A native that works quarter by quarter: each member's part of an amount, by weight, where the amount may be
/// what an earlier quarter's parts came to.
struct Shared;

impl Native for Shared {
    fn name(&self) -> &'static str {
        "shared"
    }
    fn summary(&self) -> &'static str {
        "an amount shared by weight"
    }
    fn each_quarter(&self) -> bool {
        true
    }
    fn accepts(&self, result: &Signature<'_>, inputs: &[Signature<'_>]) -> Result<(), String> {
        let dimensions = |signature: &Signature<'_>| {
            signature.dimensions.iter().map(|dimension| dimension.name.to_owned()).collect::<Vec<_>>()
        };
        let fits =
            dimensions(result) == ["chip"] && dimensions(&inputs[0]) == ["chip"] && dimensions(&inputs[1]).is_empty();
        if fits { Ok(()) } else { Err("weights by chip, and an amount".to_owned()) }
    }
    fn evaluate(&self, _: &Signature<'_>, _: &[Signature<'_>], cells: &[Cells<'_>]) -> Vec<Option<f64>> {
        let total: f64 = cells[0].values.iter().sum();
        cells[0].values.iter().map(|weight| Some(cells[1].values[0] * weight / total)).collect()
    }
}

/// A recursion that passes through a native: what is shared grows by what last quarter's parts earn.
const SHARED: &str = r#"
quarters 2024Q1 to 2025Q4
dim chip = a, b
input weight[chip] : 1 = a: 1, b: 3 ~ times 0.5 to 2 each chip assume "a test"
input yield[chip] : 1 = a: 0, b: 0.5 assume "a test"
input spoiled[quarter] : 1 = 2024Q1: 0, 2025Q4: 0 ~ -0.1 to 0.1 interpolate linear assume "a test"
native shared[chip, quarter] : $ from weight, amount
amount[quarter] : $ = prev(amount + earned, 16 $) * (1 - spoiled)
earned[quarter] : $ = sum(shared * yield over chip)
late[quarter] : $ = shared[chip = b, quarter = 2025Q4] + 0 * amount
"#;

#[test]
fn a_recursion_may_pass_through_a_native_that_works_quarter_by_quarter() {
    let model = sheet_with(SHARED, &[&Shared]);
    let evaluation = Evaluation::of(&model, &[&Shared], &Wants::everything(&model));
    let amounts = evaluation.variable(variable(&model, "amount")).unwrap().values;
    // Three quarters of the amount go to b and yield a half: it grows by 3/8 a quarter.
    let expected = std::iter::successors(Some(16.0), |amount| Some(amount * 1.375));
    for (quarter, (amount, expected)) in amounts.iter().zip(expected).enumerate() {
        assert!((amount / expected - 1.0).abs() < 1e-14, "quarter {quarter}: {amount} for {expected}");
    }
    assert_draws_agree_with_evaluations(&model, &[&Shared]);
}

/// The same over the model this project ships.
#[test]
fn every_draw_of_the_shipped_model_is_an_evaluation() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../model");
    let mut texts = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "tok" || end == "csv") {
                let name = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
                texts.push((name, std::fs::read_to_string(path).unwrap()));
            }
        }
    }
    let absent = STEADY.map(Absent);
    let mut natives: Vec<&dyn Native> = vec![&InternalRateOfReturn, &Payback];
    natives.extend(MARKET);
    natives.extend(absent.iter().map(|native| native as &dyn Native));
    assert_draws_agree_with_evaluations(&model(texts, &natives), &natives);
}

/// The natives of the shipped model's markets.
const MARKET: [&dyn Native; 12] = [
    &Clears(Part::Allocation),
    &Clears(Part::Served),
    &Clears(Part::Price),
    &Clears(Part::Rent),
    &Clears(Part::ResourceRent),
    &Clears(Part::Shortfall),
    &Rations::Served,
    &Rations::TurnedAway,
    &Rations::Loss,
    &Rations::Queue,
    &Plans(Made::Units),
    &Plans(Made::ResourceWorth),
];

/// The natives of the shipped model that draws leave alone, so that no evaluation at drawn inputs agrees with them.
const STEADY: [&str; 9] = [
    "chips_needed",
    "throughput",
    "throughput_low",
    "throughput_high",
    "reading_share",
    "serving_power",
    "deployment_chips",
    "first_token_wait",
    "relief_gain",
];

/// A native that finds nothing.
struct Absent(&'static str);

impl Native for Absent {
    fn name(&self) -> &'static str {
        self.0
    }
    fn summary(&self) -> &'static str {
        "nothing"
    }
    fn may_lack(&self) -> bool {
        true
    }
    fn accepts(&self, _: &Signature<'_>, _: &[Signature<'_>]) -> Result<(), String> {
        Ok(())
    }
    fn evaluate(&self, _: &Signature<'_>, _: &[Signature<'_>], _: &[Cells<'_>]) -> Vec<Option<f64>> {
        Vec::new()
    }
}

fn summary(model: &Model, wants: &[&str], draws: usize, seed: u64) -> Summary {
    let wants: Wants = wants.iter().map(|name| variable(model, name)).collect();
    let simulation = Simulation::new(model, &[], &wants, seed);
    let blocks =
        (0..Simulation::blocks(draws)).map(|block| simulation.run(block, draws - block * Simulation::LANES)).collect();
    simulation.summarise(blocks)
}

fn only(summary: &Summary, want: usize) -> Quantiles {
    summary.cells[want][0].unwrap()
}

#[test]
fn a_spread_comes_back_as_its_percentiles() {
    let model = sheet(
        r#"
input positive : $ = 10 $ ~ 8 $ to 20 $ assume "a test"
input signed : 1 = 1 ~ -1 to 2 assume "a test"
"#,
    );
    let summary = summary(&model, &["positive", "signed"], 100_000, 1);
    assert_eq!(summary.draws, 100_000);
    let (positive, signed) = (only(&summary, 0), only(&summary, 1));
    for (found, expected) in [(positive.p5, 8.0), (positive.p50, 10.0), (positive.p95, 20.0)] {
        assert!((found / expected - 1.0).abs() < 0.02, "{found} for {expected}");
    }
    for (found, expected) in [(signed.p5, -1.0), (signed.p50, 1.0), (signed.p95, 2.0)] {
        assert!((found - expected).abs() < 0.03, "{found} for {expected}");
    }
    // The mean of two half-normals with sides 2/1.645 and 1/1.645: 1 + (1 - 2)/1.645 * 0.3989.
    assert!((signed.mean - (1.0 - 0.398_94 / 1.644_85)).abs() < 0.01);
    assert!(!positive.certain && positive.not_finite == 0);
}

#[test]
fn ranks_are_correlated_as_asked() {
    let model = sheet(
        r#"
input first : 1 = 1 ~ 0.5 to 2 assume "a test"
input second : 1 = 1 ~ 0.9 to 5 with first -0.6 assume "a test"
"#,
    );
    let wants = Wants::everything(&model);
    let simulation = Simulation::new(&model, &[], &wants, 3);
    let (mut first, mut second) = (Vec::new(), Vec::new());
    for block in (0..80).map(|block| simulation.run(block, 256)) {
        first.extend(simulation.values(&block, 0, 0).unwrap());
        second.extend(simulation.values(&block, 1, 0).unwrap());
    }
    let ranks = |values: &[f64]| {
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
        let mut ranks = vec![0.0; values.len()];
        order.iter().enumerate().for_each(|(rank, index)| ranks[*index] = rank as f64);
        ranks
    };
    let (first, second) = (ranks(&first), ranks(&second));
    let count = first.len() as f64;
    let squares: f64 = first.iter().zip(&second).map(|(a, b)| (a - b) * (a - b)).sum();
    let spearman = 1.0 - 6.0 * squares / (count * (count * count - 1.0));
    assert!((spearman + 0.6).abs() < 0.02, "{spearman}");
}

#[test]
fn a_new_input_moves_no_other_and_another_seed_moves_all() {
    let one = "input size[kind] : 1 = a: 1, b: 1 ~ times 0.5 to 2 each kind assume \"a test\"\ndim kind = a, b\n";
    let two = format!("input another : 1 = 1 ~ 0.5 to 2 assume \"a test\"\n{one}");
    let (one, two) = (sheet(one), sheet(&two));
    let before = summary(&one, &["size"], 1000, 1);
    assert_eq!(before, summary(&two, &["size"], 1000, 1));
    assert_ne!(before, summary(&one, &["size"], 1000, 2));
    assert_ne!(before.cells[0][0], before.cells[0][1]);
}

#[test]
fn blocks_may_run_on_threads() {
    let model = sheet("input size : 1 = 1 ~ 0.5 to 2 assume \"a test\"\n");
    let wants = Wants::everything(&model);
    let simulation = Simulation::new(&model, &[], &wants, 1);
    let blocks = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..4)
            .map(|block| {
                scope.spawn({
                    let simulation = &simulation;
                    move || simulation.run(block, 256)
                })
            })
            .collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    assert_eq!(simulation.summarise(blocks), summary(&model, &["size"], 1024, 1));
    assert_eq!(simulation.outputs(), 1);
}

#[test]
fn the_order_of_blocks_does_not_matter() {
    let model = sheet("input size : 1 = 1 ~ 0.5 to 2 assume \"a test\"\n");
    let wants = Wants::everything(&model);
    let simulation = Simulation::new(&model, &[], &wants, 1);
    let run = |blocks: &[usize]| simulation.summarise(blocks.iter().map(|block| simulation.run(*block, 200)).collect());
    assert_eq!(run(&[0, 1, 2]), run(&[2, 0, 1]));
}

#[test]
fn picks_ask_for_a_part_and_certain_cells_say_so() {
    let model = sheet(
        r#"
dim kind = a, b, c
dim place = p, q
input size[kind] : 1 = a: 1, b: 2, c: 3 ~ times 0.5 to 2 assume "a test"
input known[place] : 1 = p: 10, q: 20 assume "a test"
both[kind, place] : 1 = size * known
"#,
    );
    let (kind, place) = (model.dimension("kind").unwrap(), model.dimension("place").unwrap());
    let both = variable(&model, "both");
    let part = Want { variable: both, picks: vec![(kind, 1)] };
    let wants: Wants = [part, both.into(), variable(&model, "known").into()].into_iter().collect();
    let simulation = Simulation::new(&model, &[], &wants, 1);
    let summary = simulation.summarise(vec![simulation.run(0, 256)]);
    assert_eq!(summary.cells[0].len(), 2);
    assert_eq!(summary.cells[0][..], summary.cells[1][2..4]);
    assert!(near(summary.cells[2][1].unwrap().p5, 20.0));
    assert!(summary.cells[2][1].unwrap().certain);
    let none: Wants = [Want { variable: both, picks: vec![(kind, 0), (place, 1)] }].into_iter().collect();
    let one = Simulation::new(&model, &[], &none, 1);
    assert_eq!(one.summarise(vec![one.run(0, 256)]).cells[0][0], summary.cells[1][1]);
}

#[test]
fn draws_that_are_no_number_are_counted_and_left_out() {
    let model = sheet(
        r#"
input size : 1 = 1 ~ -1 to 3 assume "a test"
root : 1 = sqrt(size)
"#,
    );
    let quantiles = only(&summary(&model, &["root"], 10_000, 1), 0);
    // Below zero is 1.645/2 standard deviations below the median: 20.5 % of draws.
    assert!((quantiles.not_finite as f64 / 10_000.0 - 0.205).abs() < 0.02);
    assert!(quantiles.p5 > 0.0);
}

#[test]
fn a_tornado_moves_one_input_at_a_time() {
    let model = sheet(
        r#"
dim kind = a, b
input price : 1 = 10 ~ 9 to 12 assume "a test"
input volume[kind] : 1 = a: 1, b: 5 ~ times 0.5 to 2 each kind assume "a test"
input idle : 1 = 1 ~ 0.5 to 2 assume "a test"
revenue[kind] : 1 = price * volume
total : 1 = sum(revenue over kind) + 0 * idle
unmoved : 1 = 3
"#,
    );
    let result = tornado(&model, &[], variable(&model, "total"), 0);
    assert!(near(result.base, 60.0));
    let swings: Vec<_> = result.swings.iter().map(|swing| (swing.input, swing.member)).collect();
    let (price, volume) = (variable(&model, "price"), variable(&model, "volume"));
    assert_eq!(swings, [(volume, Some(1)), (price, None), (volume, Some(0))]);
    for (swing, (low, high)) in result.swings.iter().zip([(35.0, 110.0), (54.0, 72.0), (55.0, 70.0)]) {
        assert!((swing.low - low).abs() < 1e-9 && (swing.high - high).abs() < 1e-9);
    }
    assert!(tornado(&model, &[], variable(&model, "unmoved"), 0).swings.is_empty());
    assert!(tornado(&model, &[], variable(&model, "total"), 9).base.is_nan());
}

#[test]
fn a_wanted_expression_is_summarised_after_the_variables() {
    let model = sheet(
        r#"
dim kind = a, b
input size[kind] : 1 = a: 1, b: 2 ~ times 0.5 to 2 each kind assume "a test"
average : 1 = mean(size over kind)
check same mean(size over kind) = average
"#,
    );
    let mut wants: Wants = [variable(&model, "average")].into_iter().collect();
    wants.expressions.push(model.checks[0].value);
    let simulation = Simulation::new(&model, &[], &wants, 1);
    let summary = simulation.summarise(vec![simulation.run(0, 256)]);
    assert_eq!(summary.cells[0], summary.cells[1]);
}

/// Adds to each cell the one before, and lacks where there is none before.
struct Pairs;

impl Native for Pairs {
    fn name(&self) -> &'static str {
        "pairs"
    }
    fn summary(&self) -> &'static str {
        "neighbours added"
    }
    fn accepts(&self, _: &Signature<'_>, _: &[Signature<'_>]) -> Result<(), String> {
        Ok(())
    }
    fn evaluate(&self, _: &Signature<'_>, _: &[Signature<'_>], cells: &[Cells<'_>]) -> Vec<Option<f64>> {
        let added = cells[0].values.windows(2).map(|pair| Some(pair[0] + pair[1] * cells[1].values[0]));
        std::iter::once(None).chain(added).collect()
    }
}

#[test]
fn natives_are_called_in_every_draw() {
    let text = r#"
dim kind = a, b, c
input size[kind] : 1 = a: 1, b: 2, c: 4 ~ times 0.5 to 2 each kind assume "a test"
input weight : 1 = 10 assume "a test"
input sure[kind] : 1 = a: 1, b: 2, c: 4 assume "a test"
partial native pairs[kind] : 1 from size, weight
partial after[kind] : 1 = pairs * size
filled[kind] : 1 = after otherwise size
"#;
    let natives: [&dyn Native; 1] = [&Pairs];
    let model = sheet_with(text, &natives);
    assert_eq!(common::values_with(&model, "pairs", &natives), [None, Some(21.0), Some(42.0)]);
    assert_draws_agree_with_evaluations(&model, &natives);
}

/// The same, computed once.
struct SteadyPairs;

impl Native for SteadyPairs {
    fn name(&self) -> &'static str {
        Pairs.name()
    }
    fn summary(&self) -> &'static str {
        Pairs.summary()
    }
    fn steady(&self) -> bool {
        true
    }
    fn accepts(&self, result: &Signature<'_>, inputs: &[Signature<'_>]) -> Result<(), String> {
        Pairs.accepts(result, inputs)
    }
    fn evaluate(&self, result: &Signature<'_>, inputs: &[Signature<'_>], cells: &[Cells<'_>]) -> Vec<Option<f64>> {
        Pairs.evaluate(result, inputs, cells)
    }
}

#[test]
fn a_steady_native_keeps_its_median_in_every_draw() {
    let text = r#"
dim kind = a, b, c
input size[kind] : 1 = a: 1, b: 2, c: 4 ~ times 0.5 to 2 each kind assume "a test"
input weight : 1 = 10 assume "a test"
input error : 1 = 1 ~ times 0.5 to 2 assume "a test"
partial native pairs[kind] : 1 from size, weight
partial after[kind] : 1 = pairs * error
"#;
    let natives: [&dyn Native; 1] = [&SteadyPairs];
    let model = sheet_with(text, &natives);
    let wants = Wants::everything(&model);
    let simulation = Simulation::new(&model, &natives, &wants, 1);
    let block = simulation.run(0, Simulation::LANES);
    let position = |name: &str| {
        let named = |want: &tokenomics_engine::Want| model.variables[want.variable.index()].name == name;
        wants.variables.iter().position(named).unwrap()
    };
    let pairs = simulation.values(&block, position("pairs"), 1).unwrap();
    assert!(pairs.iter().all(|value| (value - 21.0).abs() < 1e-9), "{pairs:?}");
    let error = simulation.values(&block, position("error"), 0).unwrap();
    let after = simulation.values(&block, position("after"), 1).unwrap();
    assert!(error.iter().zip(&after).all(|(error, after)| (after / error - 21.0).abs() < 1e-9));
    assert!(error.windows(2).any(|pair| (pair[0] - pair[1]).abs() > 1e-3));
}

#[test]
fn percentiles_of_few_draws_are_interpolated() {
    let model = sheet("input size : 1 = 10 ~ 5 to 20 assume \"a test\"\n");
    let wants = Wants::everything(&model);
    let simulation = Simulation::new(&model, &[], &wants, 1);
    for lanes in 1..=3 {
        let block = simulation.run(0, lanes);
        let mut sorted = simulation.values(&block, 0, 0).unwrap();
        sorted.sort_by(f64::total_cmp);
        let quantiles = only(&simulation.summarise(vec![block]), 0);
        // With n draws the percentile q is at position q (n - 1) among them.
        let at = |share: f64| match lanes {
            1 => sorted[0],
            2 => sorted[0] + (sorted[1] - sorted[0]) * share,
            _ if share < 0.5 => sorted[0] + (sorted[1] - sorted[0]) * 2.0 * share,
            _ => sorted[1] + (sorted[2] - sorted[1]) * (2.0 * share - 1.0),
        };
        assert!(near(quantiles.p5, at(0.05)) && near(quantiles.p50, at(0.5)) && near(quantiles.p95, at(0.95)));
        assert!(near(quantiles.mean, sorted.iter().sum::<f64>() / lanes as f64));
    }
}
