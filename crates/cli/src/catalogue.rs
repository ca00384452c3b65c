//! The chips, models, engines and constants of a model, as the throughput library has them.

use crate::failure::Failure;
use crate::load::NATIVES;
use tokenomics_engine::{Evaluation, Wants};
use tokenomics_language::Model;
use tokenomics_language::Native;
use tokenomics_language::model::{Definition, VariableId};
use tokenomics_throughput::catalogue::{Catalogue, plain};
use tokenomics_throughput::native::{self, ChipsNeeded};
use tokenomics_throughput::row;

/// The table of other names, by path from the root of a model.
const NAMES: &str = "data/benchmark_names.csv";

/// The catalogue of a model: what its native for the chips that a model needs reads.
///
/// # Errors
/// A model that does not declare that native, or whose table of other names cannot be read.
pub fn of(model: &Model) -> Result<Catalogue, Failure> {
    let inputs = inputs(model)?;
    let wants: Wants = inputs.iter().copied().collect();
    let evaluation = Evaluation::of(model, &NATIVES, &wants);
    let signatures: Vec<_> = inputs.iter().map(|input| model.signature(*input)).collect();
    let cells: Vec<_> = inputs.iter().filter_map(|input| evaluation.variable(*input)).collect();
    let mut catalogue = native::catalogue(&signatures, &cells);
    if let Some(file) = model.sources.find(NAMES) {
        let text = &model.sources.file(file).text;
        let (_, rows) = row::read(text).map_err(|what| Failure::Model(format!("error: `{NAMES}`: {what}\n")))?;
        for row in rows {
            if let (Some(alias), Some(member)) = (row.text("alias"), row.text("member")) {
                catalogue.aliases.insert(plain(alias), member.to_owned());
            }
        }
    }
    Ok(catalogue)
}

/// What that native reads, in its order.
///
/// # Errors
/// A model that does not declare it.
pub fn inputs(model: &Model) -> Result<Vec<VariableId>, Failure> {
    let name = ChipsNeeded.name();
    let lacks = || {
        Failure::call(format!("this model has no `native {name}`, from whose inputs chips and models are taken"))
            .help("see tokens/serving.tok in what `tokenomics init` writes")
    };
    let id = model.variable(name).ok_or_else(lacks)?;
    match &model.variables[id.index()].definition {
        Definition::Native { inputs, .. } => Ok(inputs.clone()),
        _ => Err(lacks()),
    }
}
