//! The native in a sheet.

use tokenomics_engine::{Evaluation, Wants};
use tokenomics_finance::InternalRateOfReturn;
use tokenomics_language::{Model, Native, Options, Sources, load};

const SHEET: &str = "
unit $
unit s
unit yr = 31536000 s
unit % = 0.01 1
dim project = a, b, c
dim period = now, next, last
partial input cash_now[project] : $ = a: -100 $, b: 100 $, c: -100 $ assume \"a test\"
partial input cash_later[project] : $ = a: 60 $, b: 60 $ assume \"a test\"
input elapsed[period] : yr = now: 0 yr, next: 1 yr, last: 2 yr assume \"a test\"
partial cash[period, project] : $ = if elapsed > 0 yr then cash_later else cash_now
";

fn read(native: &str) -> Result<Model, String> {
    let sources = Sources::from_pairs([("sheet.tok", format!("{SHEET}{native}"))]);
    let natives: [&dyn Native; 1] = [&InternalRateOfReturn];
    load(sources, &Options { natives: &natives, ..Options::default() })
        .map_err(|faults| faults.diagnostics.iter().map(|fault| fault.render(&faults.sources, false)).collect())
}

#[test]
fn a_rate_for_each_project() {
    let model = read("partial native internal_rate_of_return[project] : %/yr from cash, elapsed\n").unwrap();
    let natives: [&dyn Native; 1] = [&InternalRateOfReturn];
    let rate = model.variable("internal_rate_of_return").unwrap();
    let evaluation = Evaluation::of(&model, &natives, &[rate].into_iter().collect::<Wants>());
    let cells = evaluation.variable(rate).unwrap();
    // In base units: a second. The second project never pays; the third has figures that lack.
    assert!((cells.values[0] * 31_536_000.0 - 0.130_662_386_291_807_5).abs() < 1e-12);
    assert_eq!(cells.present, [true, false, false]);
}

#[test]
fn a_wrong_declaration_says_what_is_wrong() {
    for (native, what) in [
        ("[project] : %/yr from cash", "two inputs"),
        ("[project] : %/yr from cash, cash", "must vary by one dimension"),
        ("[period] : %/yr from cash, elapsed", "`cash` less `period` has [project]"),
        ("[project] : % from cash, elapsed", "such as %/yr"),
    ] {
        let fault = read(&format!("partial native internal_rate_of_return{native}\n")).unwrap_err();
        assert!(fault.contains(what), "{fault}");
    }
}
