//! Rules 4, 5 and 7: dimensions, partial values, reductions and picks.

use crate::support::{accepted, accepted_with, body, expression, order, refused, values, variable, varies};
use tokenomics_language::Options;
use tokenomics_language::model::{Definition, Node, Pick, Reduction};
use tokenomics_language::native::{Cells, Native, Signature};

const CHIPS: &str = "dim chip = h100, b200, mi300\ndim vendor = nvidia, amd\ndim region = us, eu\n\
                     map chip to vendor = h100: nvidia, b200: nvidia, mi300: amd\n\
                     input price[chip] : $ = h100: 1 $, b200: 2 $, mi300: 3 $ assume \"why\"\n\
                     input rent[chip, region] : $ = 4 $ assume \"why\"\ninput rate : $ = 5 $ assume \"why\"\n\
                     input margin[vendor] : $ = 6 $ assume \"why\"\n\
                     partial input quoted[chip] : $ = h100: 7 $ assume \"why\"\n";

fn chips(lines: &str) -> String {
    format!("{CHIPS}{lines}\n")
}

#[test]
fn dimensions_broadcast_by_name() {
    let model = accepted(&chips("x[region, chip] : $ = price + rent * 2 + rate"));
    assert_eq!(varies(&model, body(&model, "x")), ["chip", "region"]);
    assert_eq!(model.shape(model.variable("x").unwrap()), [2, 3]);
    accepted(&chips("x[chip] : $ = rate"));
    refused(&chips("x[chip] : $ = rent"), "`x` does not vary by `region`, and its formula does");
    refused(&chips("x : $ = price"), "`x` does not vary by `chip`");
}

#[test]
fn keyed_figures_go_to_their_members_and_to_every_cell_of_other_dimensions() {
    let model = accepted(
        "dim chip = h100, b200\ndim region = us, eu, asia\n\
         input rent[chip, region] : $ = eu: 2 $, us: 1 $, asia: 3 $ assume \"why\"\n\
         input price[chip, region] : $ = b200: 9 $, h100: 8 $ assume \"why\"\n",
    );
    let row = [Some(1.0), Some(2.0), Some(3.0)];
    assert_eq!(values(&model, "rent"), [row, row].concat());
    assert_eq!(values(&model, "price"), [[Some(8.0); 3], [Some(9.0); 3]].concat());
}

#[test]
fn a_missing_cell_is_an_error_unless_the_input_says_otherwise_or_is_partial() {
    let sheet = |head: &str, tail: &str| {
        format!("dim chip = a, b, c\n{head}input price[chip] : $ = b: 2 ${tail} assume \"why\"\n")
    };
    refused(&sheet("", ""), "`price` has no figure for [chip = a], [chip = c]");
    assert_eq!(values(&accepted(&sheet("", " otherwise 9 $")), "price"), [Some(9.0), Some(2.0), Some(9.0)]);
    assert_eq!(values(&accepted(&sheet("partial ", "")), "price"), [None, Some(2.0), None]);
    refused(&sheet("partial ", " otherwise 9 $"), "`price` is partial and has an `otherwise`");
}

#[test]
fn what_reads_a_partial_value_is_partial_until_otherwise_fills_it() {
    for reads in [
        "2 * quoted",
        "if rate > 1 $ then price else quoted",
        "max(quoted, price)",
        "if quoted > 1 $ then price else rate",
    ] {
        accepted(&chips(&format!("partial x[chip] : $ = {reads}")));
        refused(&chips(&format!("x[chip] : $ = {reads}")), "`x` may lack cells, because `quoted` may");
        accepted(&chips(&format!("x[chip] : $ = ({reads}) otherwise price")));
    }
    refused(&chips("x : $ = sum(quoted over chip)"), "`x` may lack cells, because `quoted` may");
    refused(&chips("x : $ = quoted[chip = h100]"), "`x` may lack cells");
    refused(&chips("x[chip] : $ = quoted otherwise quoted"), "`x` may lack cells");
    refused(&chips("x[chip] : $ = price otherwise 5 $"), "`otherwise` is never reached");
    refused(&chips("partial x[chip] : $ = 2 * price"), "declared `partial`, and nothing it reads may lack cells");
}

#[test]
fn the_seam_between_history_and_forecast_is_whole() {
    let text = "quarters 2024Q1 to 2024Q4\n\
                partial input reported[quarter] : $ = 2024Q1: 5 $, 2024Q2: 6 $ assume \"why\"\n\
                capex[quarter] : $ = reported otherwise prev(capex, 0 $) * 1.1\n";
    let model = accepted(text);
    assert!(!body(&model, "capex").partial);
    assert!(matches!(body(&model, "capex").node, Node::Otherwise(..)));
    assert_eq!(order(&model), [(vec!["reported".to_owned()], false), (vec!["capex".to_owned()], true)]);
}

#[test]
fn a_partial_formula_may_leave_out_members() {
    accepted(&chips("partial x[chip] : $\n  h100 = 5 $"));
    refused(&chips("x[chip] : $\n  h100 = 5 $"), "`x` has no clause for `b200` and `mi300`");
}

#[test]
fn a_reduction_needs_its_dimension() {
    let model = accepted(&chips("x[region] : $ = sum(rent over chip)\ny : $ = mean(rent over chip, region)"));
    assert_eq!(varies(&model, body(&model, "x")), ["region"]);
    assert!(varies(&model, body(&model, "y")).is_empty());
    refused(&chips("x : $ = sum(rate over chip)"), "a reduction over `chip` of a value that does not vary by it");
    refused(&chips("x[chip] : $ = sum(price over region)"), "a reduction over `region`");
    refused(&chips("x : $ = sum(price over chip, chip)"), "`chip` is reduced twice");
}

#[test]
fn a_grouped_reduction_goes_through_a_total_map() {
    let model = accepted(&chips("x[vendor] : $ = max(price over chip by vendor)"));
    let Node::Reduce { reduction, over, .. } = &body(&model, "x").node else { panic!("no reduction") };
    assert_eq!(*reduction, Reduction::Maximum);
    let map = over[0].1.expect("a map");
    assert_eq!(model.maps[map.index()].targets, [0, 0, 1]);
    assert_eq!(varies(&model, body(&model, "x")), ["vendor"]);
    refused(&chips("x[region] : $ = sum(price over chip by region)"), "there is no map from `chip` to `region`");
    refused("dim chip = a, b\ndim vendor = x\nmap chip to vendor = a: x\n", "the map leaves out `b`");
    let both = "input cost[chip, vendor] : $ = 5 $ assume \"why\"\nx[vendor] : $ = sum(cost over chip by vendor)";
    refused(&chips(both), "a grouping by `vendor` of a value that already varies by it");
    let freed = "input cost[chip, vendor] : $ = 5 $ assume \"why\"\nx[vendor] : $ = sum(sum(cost over vendor) over chip by vendor)";
    accepted(&chips(freed));
}

#[test]
fn only_sums_and_counts_of_nothing_have_a_value() {
    let empty = "dim maker = x, y\nmap vendor to maker = nvidia: x, amd: x\n";
    accepted(&chips(&format!("{empty}a[maker] : $ = sum(margin over vendor by maker)")));
    accepted(&chips(&format!("{empty}a[maker] : 1 = count(margin > 1 $ over vendor by maker)")));
    refused(
        &chips(&format!("{empty}a[maker] : $ = mean(margin over vendor by maker)")),
        "the `mean` by `maker` has nothing for `y`",
    );
}

#[test]
fn count_takes_comparisons_and_partial_values() {
    let model = accepted(&chips("a : 1 = count(price > 1 $ over chip)\nb : 1 = count(quoted over chip)"));
    let reduction = |name: &str| match body(&model, name).node {
        Node::Reduce { reduction, .. } => reduction,
        ref other => panic!("no reduction: {other:?}"),
    };
    assert_eq!(reduction("a"), Reduction::CountTrue);
    assert_eq!(reduction("b"), Reduction::CountPresent);
    assert!(!body(&model, "b").partial);
    refused(&chips("a : 1 = count(price over chip)"), "`count` of a value that has every cell");
    refused(&chips("a : 1 = sum(price > 1 $ over chip)"), "`sum` of a comparison");
}

#[test]
fn comparisons_stand_in_conditions_and_counts_only() {
    refused(&chips("x[chip] : 1 = price > 1 $"), "its formula is a comparison");
    refused(&chips("x[chip] : 1 = (price > 1 $) * 2"), "`*` between a comparison and an amount");
    refused(&chips("x[chip] : 1 = if price then 1 else 0"), "the condition of `if` is an amount");
}

#[test]
fn picks_take_a_member_follow_a_map_or_go_along_a_like_dimension() {
    let lines = "dim other like chip\na : $ = price[chip = b200]\nb[chip] : $ = margin[vendor = chip]\n\
                 c[other] : $ = price[chip = other]\nd[region] : $ = rent[chip = mi300]\n\
                 e[chip, other] : $ = price - price[chip = other]";
    let model = accepted(&chips(lines));
    let picked = |name: &str| match &body(&model, name).node {
        Node::Load { picks, .. } => picks[0].1,
        other => panic!("no load: {other:?}"),
    };
    assert_eq!(picked("a"), Pick::Member(1));
    let Pick::Through(map) = picked("b") else { panic!("no map") };
    assert_eq!(model.maps[map.index()].targets, [0, 0, 1]);
    assert_eq!(picked("c"), Pick::Along(model.dimension("other").unwrap()));
    assert_eq!(picked("d"), Pick::Member(2));
    assert_eq!(varies(&model, body(&model, "b")), ["chip"]);
    assert_eq!(varies(&model, body(&model, "c")), ["other"]);
    assert_eq!(varies(&model, body(&model, "d")), ["region"]);
    assert_eq!(varies(&model, body(&model, "e")), ["chip", "other"]);
    refused(&chips("x : $ = price[region = us]"), "`price` does not vary by `region`");
    refused(&chips("x[region] : $ = price[chip = region]"), "there is no way from `region` to `chip`");
    refused(&chips("x[vendor] : $ = price[chip = vendor]"), "there is no way from `vendor` to `chip`");
    refused(&chips("x[chip] : $ = price[chip = chip]"), "`chip` is picked by itself");
}

#[test]
fn clauses_give_each_member_its_formula_and_may_read_one_another() {
    let model = accepted(&chips(
        "x[chip] : $\n  b200 = 2 * x[chip = h100]\n  h100 = 1 $\n  mi300 = x[chip = b200] + x[chip = h100]",
    ));
    let Definition::Formula(clauses) = &variable(&model, "x").definition else { panic!("no formula") };
    let chip = model.dimension("chip").unwrap();
    let members: Vec<_> = clauses.iter().map(|clause| clause.member).collect();
    assert_eq!(members, [Some((chip, 1)), Some((chip, 0)), Some((chip, 2))]);
    let x = model.variable("x").unwrap();
    let rules: Vec<u32> = model
        .order
        .iter()
        .flat_map(|group| &group.rules)
        .filter(|rule| rule.variable == x)
        .map(|rule| rule.clause)
        .collect();
    assert_eq!(rules, [1, 0, 2]);
    assert!(model.order.iter().all(|group| !group.recursive && group.rules.len() == 1));
    refused(&chips("x[chip] : $\n  h100 = x[chip = b200]\n  b200 = x[chip = h100]\n  mi300 = 1 $"), "x → x");
}

#[test]
fn a_dimension_like_another_shares_its_members_and_family() {
    let model = accepted(&chips("dim other like third\ndim third like chip"));
    let dimension = |name: &str| &model.dimensions[model.dimension(name).unwrap().index()];
    assert_eq!(dimension("other").members, dimension("chip").members);
    assert_eq!(dimension("other").family, model.dimension("chip").unwrap());
    assert_eq!(dimension("chip").family, model.dimension("chip").unwrap());
    refused(&chips("dim a like b"), "there is no dimension `b`");
}

#[test]
fn dimensions_and_maps_come_from_tables_by_column() {
    let model = accepted(
        "=== sheet.tok\ndim chip from data/chips.csv\ndim vendor from data/chips.csv\nmap chip to vendor from data/chips.csv\n\
         === data/chips.csv\nchip,vendor\nh100,nvidia\nb200,nvidia\nmi300,amd\n",
    );
    let members = |name: &str| model.dimensions[model.dimension(name).unwrap().index()].members.clone();
    assert_eq!(members("chip"), ["h100", "b200", "mi300"]);
    assert_eq!(members("vendor"), ["nvidia", "amd"]);
    assert_eq!(model.maps[0].targets, [0, 0, 1]);
}

#[test]
fn a_member_stands_once_in_the_first_column_of_its_table() {
    let sheet = "=== sheet.tok\ndim chip from data/chips.csv\n=== data/chips.csv\n";
    accepted(&format!("{sheet}vendor,chip\nnvidia,h100\nnvidia,h100\n"));
    refused(
        &format!("{sheet}chip,vendor\nh100,nvidia\nb200,nvidia\nh100,amd\n"),
        "`h100` has two rows in `data/chips.csv`",
    );
}

#[test]
fn a_quote_encloses_a_cell() {
    let sheet = "=== sheet.tok\ndim chip from data/chips.csv\n=== data/chips.csv\nchip,note\n";
    accepted(&format!("{sheet}h100,\"a, b\"\nb200,\"says \"\"hi\"\"\"\n\"mi300\",\"two\nlines\" \ntpu,5\" wide\n"));
    refused(&format!("{sheet}h100,\"a, b\nb200,c\n"), "this quote is not closed");
    refused(&format!("{sheet}h100,\"a\nb200,\"c, d\"\n"), "the quote opened on line 2 closes on line 3, amid a cell");
}

#[test]
fn faults_of_what_everything_hangs_on_stand_alone() {
    let rest = "input price[chip] : $ = 5 $ assume \"why\"\ntotal : $ = sum(price over chip)\nodd : hr = total\n";
    for (text, why) in [
        ("dim chip = a, a\n", "the member `a` of `chip` is listed twice"),
        ("dim chip = a\nunit day = 24 hr\nunit day = 24 hr\n", "the unit `day` is declared twice"),
        ("dim chip = a\ndim vendor = x\nmap chip to vendor = a x\n", "between the two members of a pair"),
        ("dim chip = a\ndim chip = b\n", "`chip` is declared twice"),
        ("", "there is no dimension `chip`"),
    ] {
        let files = format!("=== sheet.tok\n{text}{rest}=== units.tok\nunit $\nunit s\nunit hr = 3600 s\n");
        refused(&files, why);
    }
}

struct Total;

impl Native for Total {
    fn name(&self) -> &'static str {
        "total"
    }

    fn summary(&self) -> &'static str {
        "a total"
    }

    fn accepts(&self, result: &Signature<'_>, inputs: &[Signature<'_>]) -> Result<(), String> {
        let fits = inputs.iter().all(|input| input.unit.powers == result.unit.powers)
            && inputs[0].dimensions.iter().map(|dimension| dimension.name).eq(["chip"])
            && inputs[0].dimensions[0].members.len() == 3;
        if fits { Ok(()) } else { Err("it takes amounts of one unit by chip".to_owned()) }
    }

    fn evaluate(&self, _: &Signature<'_>, _: &[Signature<'_>], cells: &[Cells<'_>]) -> Vec<Option<f64>> {
        vec![Some(cells[0].values.iter().sum())]
    }
}

#[test]
fn a_native_is_asked_whether_it_can_compute_this() {
    let options = Options { natives: &[&Total], ..Options::default() };
    let model = accepted_with(&chips("native total : $ from price\ny : $ = 2 * total"), &options);
    let Definition::Native { inputs, .. } = &variable(&model, "total").definition else { panic!("no native") };
    assert_eq!(inputs, &[model.variable("price").unwrap()]);
    let names: Vec<String> = order(&model).into_iter().flat_map(|(names, _)| names).collect();
    let at = |name: &str| names.iter().position(|other| other == name).unwrap();
    assert!(at("price") < at("total") && at("total") < at("y"));
    let why = |text: &str| crate::support::read(&chips(text), &options).expect_err("a fault").diagnostics.remove(0);
    let fault = why("native total : $ from rent");
    assert_eq!(fault.what, "the algorithm `total` cannot compute this");
    assert_eq!(fault.help.as_deref(), Some("it takes amounts of one unit by chip"));
    assert_eq!(why("native totals : $ from price").what, "there is no algorithm `totals`");
    assert_eq!(why("native total : $ from quoted").what, "`total` may lack cells, because `quoted` may");
    accepted_with(&chips("partial native total : $ from quoted"), &options);
}

#[test]
fn a_node_comes_after_the_nodes_it_reads() {
    let model = accepted(&chips("x : $ = sum(price + rate * 2 over chip)"));
    let Node::Reduce { body: inner, .. } = &body(&model, "x").node else { panic!("no reduction") };
    let Node::Apply(_, parts) = &expression(&model, *inner).node else { panic!("no sum") };
    assert!(parts.iter().all(|part| part < inner));
}
