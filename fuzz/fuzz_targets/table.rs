//! Any bytes as a table of figures, of members, of pairs and of sources.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tokenomics_language::calendar::Date;
use tokenomics_language::{Options, Sources, load};

const SHEET: &str = "quarters 2024Q1 to 2025Q4\nunit $\nunit s\ndim chip = a, b\ndim rack from data/t.csv\nmap rack to chip from data/t.csv\n\
    partial input a : $ from data/t.csv\npartial input b[chip] : $ from data/t.csv\n\
    partial input c[quarter] : $/s from data/t.csv interpolate spread\npartial input d[quarter, chip] : 1 from data/t.csv interpolate log\n\
    partial input e[rack] : $ from data/t.csv\n";
const SOURCES: &str = "key,publisher,title,date,url,licence\nx,Acme,Report,2025,,facts\n";

fuzz_target!(|text: &str| {
    let figures = Sources::from_pairs([("sheet.tok", SHEET), ("data/t.csv", text), ("data/sources.csv", SOURCES)]);
    let published = Sources::from_pairs([("sheet.tok", "unit $\nx : $ = 5 $\n"), ("data/sources.csv", text)]);
    for sources in [figures, published] {
        let options = Options { as_of: Date::parse("2025-06"), ..Options::default() };
        if let Err(faults) = load(sources, &options) {
            assert!(!faults.diagnostics.is_empty());
            for fault in faults.diagnostics.iter().take(10) {
                let _ = fault.render(&faults.sources, false);
            }
        }
    }
});
