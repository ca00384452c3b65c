//! How sheets are formatted: each `tests/format/<name>.tok` next to `<name>.formatted`. With `UPDATE=1`
//! in the environment the formatted texts are written anew.

use std::fs;
use std::path::Path;
use tokenomics_language::format;
use tokenomics_language::source::FileId;

#[test]
fn each_sheet_is_formatted_as_written_next_to_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/format");
    let mut count = 0;
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "tok") {
            continue;
        }
        count += 1;
        let text = fs::read_to_string(&path).expect("a sheet");
        let formatted = format(FileId(0), &text).unwrap_or_else(|faults| panic!("{}: {faults:?}", path.display()));
        let expected = path.with_extension("formatted");
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&expected, &formatted).expect("a place to write to");
        }
        assert_eq!(formatted, fs::read_to_string(&expected).unwrap_or_default(), "{}", path.display());
        assert_eq!(format(FileId(0), &formatted).as_ref(), Ok(&formatted), "{}", path.display());
    }
    assert!(count >= 6, "only {count} sheets");
}

#[test]
fn what_cannot_be_read_is_left_alone() {
    assert_eq!(format(FileId(0), "price : = 5 $\n").map_err(|faults| faults.len()), Err(1));
    assert_eq!(format(FileId(0), ""), Ok(String::new()));
    assert_eq!(format(FileId(0), "\u{feff}\r\n\r\n"), Ok(String::new()));
}
