//! Any bytes as a sheet: read, formatted, checked, and what is wrong with them written out.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tokenomics_language::source::FileId;
use tokenomics_language::{Options, Sources, format, load};

const UNITS: &str = "unit $\nunit s si\nunit hr = 3600 s\nunit yr = 8760 hr\nunit qtr = 0.25 yr\nunit chip\nunit % = 0.01 1\n";
const SOURCES: &str = "key,publisher,title,date,url,licence\nacme,Acme,Report,2025,,facts\n";

fuzz_target!(|text: &str| {
    if let Ok(once) = format(FileId(0), text) {
        let twice = format(FileId(0), &once).expect("what is formatted can be read");
        assert_eq!(once, twice);
    }
    let sources = Sources::from_pairs([("sheet.tok", text), ("units.tok", UNITS), ("data/sources.csv", SOURCES)]);
    if let Err(faults) = load(sources, &Options::default()) {
        assert!(!faults.diagnostics.is_empty());
        for fault in faults.diagnostics.iter().take(10) {
            let _ = fault.render(&faults.sources, true);
        }
    }
});
