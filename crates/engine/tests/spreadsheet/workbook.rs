//! A workbook of formulas as a person writes them, evaluated by `IronCalc`.
//! The file `workbook.txt` says what its lines mean.

use ironcalc_base::Model;
use ironcalc_base::cell::CellValue;
use ironcalc_base::expressions::types::CellReferenceIndex;

/// A rectangle of cells of one sheet; rows and columns count from one.
#[derive(Clone, Copy, Debug)]
pub struct Range {
    sheet: u32,
    rows: (i32, i32),
    columns: (i32, i32),
}

impl Range {
    /// Reads `D5:M7` or `C10`.
    fn parse(sheet: u32, text: &str) -> Range {
        let (first, last) = text.split_once(':').unwrap_or((text, text));
        let corner = |text: &str| {
            let digits = text.find(|letter: char| letter.is_ascii_digit());
            let (letters, digits) = text.split_at(digits.unwrap_or_else(|| panic!("`{text}` is no cell")));
            let column = letters.bytes().fold(0, |column, letter| column * 26 + i32::from(letter - b'A') + 1);
            (digits.parse::<i32>().unwrap(), column)
        };
        let ((top, left), (bottom, right)) = (corner(first), corner(last));
        Range { sheet, rows: (top, bottom), columns: (left, right) }
    }

    /// Its cells, row by row.
    fn cells(self) -> impl Iterator<Item = CellReferenceIndex> {
        (self.rows.0..=self.rows.1).flat_map(move |row| {
            (self.columns.0..=self.columns.1).map(move |column| CellReferenceIndex { sheet: self.sheet, row, column })
        })
    }
}

/// A workbook that has been evaluated.
pub struct Workbook {
    model: Model<'static>,
    /// What stands where: the names of quantities with their ranges, in the order of the text.
    pub quantities: Vec<(String, Range)>,
}

impl Workbook {
    /// Enters every line of a text, then evaluates.
    pub fn read(text: &str) -> Workbook {
        let mut book = Workbook { model: Model::new_empty("book", "en", "UTC", "en").unwrap(), quantities: Vec::new() };
        let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        // Formulas may look into later sheets, so the sheets come first.
        for name in lines.clone().filter_map(|line| line.strip_prefix("sheet ")) {
            book.model.add_sheet(name).unwrap();
        }
        let mut sheet = 0;
        for line in lines {
            let (first, rest) = line.trim().split_once(' ').unwrap_or_else(|| panic!("half a line: {line}"));
            let rest = rest.trim();
            if first == "sheet" {
                sheet += 1;
            } else if line.starts_with(' ') {
                book.fill(Range::parse(sheet, first), rest);
            } else {
                book.quantities.push((first.to_owned(), Range::parse(sheet, rest)));
            }
        }
        book.model.evaluate();
        book
    }

    /// Enters the content in the first cell and drags it over the range.
    fn fill(&mut self, range: Range, content: &str) {
        let Some(first) = range.cells().next() else { return };
        for cell in range.cells() {
            let shifted = self.model.extend_copied_value(content, &first, &cell).unwrap();
            self.model.set_user_input(cell.sheet, cell.row, cell.column, shifted).unwrap();
        }
    }

    /// The numbers of a range, row by row; nothing where a cell is empty.
    pub fn values(&self, range: Range) -> Vec<Option<f64>> {
        let value = |cell: CellReferenceIndex| match self
            .model
            .get_cell_value_by_index(cell.sheet, cell.row, cell.column)
            .unwrap()
        {
            CellValue::Number(number) => Some(number),
            CellValue::None => None,
            CellValue::String(text) if text.is_empty() => None,
            other => panic!("{other:?} is no number, in row {} column {}", cell.row, cell.column),
        };
        range.cells().map(value).collect()
    }
}
