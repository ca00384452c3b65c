//! The internal rate of return and the payback as sheets declare them.

use crate::{internal_rate_of_return, payback};
use tokenomics_language::calendar::YEAR;
use tokenomics_language::model::DimensionId;
use tokenomics_language::native::{Cells, Native, Signature};
use tokenomics_language::unit::Powers;

/// All natives of this crate.
pub static NATIVES: &[&dyn Native] = &[&InternalRateOfReturn, &Payback];

/// `native internal_rate_of_return[…] : %/yr from cash_flow, elapsed`
///
/// The first input is cash by a dimension along which time passes, and by any others; the second is
/// how much time has passed at each member of that dimension. The result varies by the others. It is
/// compounded yearly, in years of 8,760 hours; a cell lacks where a figure lacks or there is no rate.
/// See [`internal_rate_of_return`] for streams with several rates.
#[derive(Clone, Copy, Debug, Default)]
pub struct InternalRateOfReturn;

impl Native for InternalRateOfReturn {
    fn name(&self) -> &'static str {
        "internal_rate_of_return"
    }

    fn summary(&self) -> &'static str {
        "the yearly rate at which a stream of cash is worth nothing in sum"
    }

    fn may_lack(&self) -> bool {
        true
    }

    fn accepts(&self, result: &Signature<'_>, inputs: &[Signature<'_>]) -> Result<(), String> {
        let elapsed = stream(result, inputs)?;
        if result.unit.powers != Powers::pure().over(&elapsed.unit.powers) || elapsed.unit.powers.is_pure() {
            return Err(format!(
                "the result is in {}, and a rate over `{}`, in {}, is in 1/{2}, such as %/yr",
                result.unit.text, elapsed.name, elapsed.unit.text
            ));
        }
        Ok(())
    }

    fn evaluate(&self, result: &Signature<'_>, inputs: &[Signature<'_>], cells: &[Cells<'_>]) -> Vec<Option<f64>> {
        each_stream(result, inputs, cells, |flows, years| internal_rate_of_return(flows, years).map(|rate| rate / YEAR))
    }
}

/// `native payback[…] : yr from cash_flow, elapsed`
///
/// Of the same two inputs: the time until the cash received equals the cash paid, undiscounted. A cell
/// lacks where a figure lacks or the cash paid never comes back.
#[derive(Clone, Copy, Debug, Default)]
pub struct Payback;

impl Native for Payback {
    fn name(&self) -> &'static str {
        "payback"
    }

    fn summary(&self) -> &'static str {
        "the time until a stream of cash has returned what was paid"
    }

    fn may_lack(&self) -> bool {
        true
    }

    fn accepts(&self, result: &Signature<'_>, inputs: &[Signature<'_>]) -> Result<(), String> {
        let elapsed = stream(result, inputs)?;
        if result.unit.powers != elapsed.unit.powers {
            return Err(format!(
                "the result is in {}, and `{}` in {}",
                result.unit.text, elapsed.name, elapsed.unit.text
            ));
        }
        Ok(())
    }

    fn evaluate(&self, result: &Signature<'_>, inputs: &[Signature<'_>], cells: &[Cells<'_>]) -> Vec<Option<f64>> {
        each_stream(result, inputs, cells, |flows, years| payback(flows, years).map(|years| years * YEAR))
    }
}

/// Whether two inputs are cash along a dimension and the time along it, and the result varies by the
/// other dimensions of the cash. Returns the signature of the time.
fn stream<'a, 'm>(result: &Signature<'_>, inputs: &'a [Signature<'m>]) -> Result<&'a Signature<'m>, String> {
    let [cash, elapsed] = inputs else {
        return Err(format!("it reads two inputs, the cash and the time elapsed, and is given {}", inputs.len()));
    };
    let [time] = elapsed.dimensions[..] else {
        let has = list(elapsed);
        return Err(format!("`{}` must vary by one dimension, along which time passes; it has {has}", elapsed.name));
    };
    if !cash.dimensions.iter().any(|dimension| dimension.id == time.id) {
        return Err(format!("`{}` must vary by `{}`, as `{}` does", cash.name, time.name, elapsed.name));
    }
    let expected: Vec<_> = cash.dimensions.iter().filter(|dimension| dimension.id != time.id).collect();
    let same = expected.len() == result.dimensions.len()
        && expected.iter().all(|dimension| result.dimensions.iter().any(|other| other.id == dimension.id));
    if !same {
        let names: Vec<&str> = expected.iter().map(|dimension| dimension.name).collect();
        let expected = if names.is_empty() { "no dimension".to_owned() } else { format!("[{}]", names.join(", ")) };
        return Err(format!(
            "the result has {}, and `{}` less `{}` has {expected}",
            list(result),
            cash.name,
            time.name
        ));
    }
    Ok(elapsed)
}

/// What a function makes of each stream of cash, given with the years elapsed.
fn each_stream(
    result: &Signature<'_>,
    inputs: &[Signature<'_>],
    cells: &[Cells<'_>],
    worth: impl Fn(&[f64], &[f64]) -> Option<f64>,
) -> Vec<Option<f64>> {
    let ([cash, elapsed], [cash_cells, elapsed_cells]) = (inputs, cells) else { return Vec::new() };
    let Some(time) = elapsed.dimensions.first() else { return Vec::new() };
    let strides = strides(cash);
    let stride =
        |id: DimensionId| strides.iter().find(|(dimension, _)| *dimension == id).map_or(0, |(_, stride)| *stride);
    let years: Vec<f64> = elapsed_cells.values.iter().map(|seconds| seconds / YEAR).collect();
    let mut flows = vec![0.0; years.len()];
    let count = result.dimensions.iter().map(|dimension| dimension.members.len()).product();
    let rate = |cell: usize| {
        let mut left = cell;
        let mut base = 0;
        for dimension in result.dimensions.iter().rev() {
            base += left % dimension.members.len() * stride(dimension.id);
            left /= dimension.members.len();
        }
        for (period, flow) in flows.iter_mut().enumerate() {
            let source = base + period * stride(time.id);
            if !cash_cells.present[source] || !elapsed_cells.present[period] {
                return None;
            }
            *flow = cash_cells.values[source];
        }
        worth(&flows, &years)
    };
    (0..count).map(rate).collect()
}

/// How far apart two neighbours along each dimension are stored.
fn strides(signature: &Signature<'_>) -> Vec<(DimensionId, usize)> {
    let mut stride = 1;
    let mut strides = Vec::new();
    for dimension in signature.dimensions.iter().rev() {
        strides.push((dimension.id, stride));
        stride *= dimension.members.len();
    }
    strides
}

fn list(signature: &Signature<'_>) -> String {
    let names: Vec<&str> = signature.dimensions.iter().map(|dimension| dimension.name).collect();
    if names.is_empty() { "no dimension".to_owned() } else { format!("[{}]", names.join(", ")) }
}
