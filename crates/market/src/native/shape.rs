//! What natives take: which dimensions and units their inputs have.

use tokenomics_language::native::Signature;
use tokenomics_language::unit::Powers;

/// What an input or a result is.
pub(super) struct Wanted<'a> {
    /// In words.
    pub what: &'a str,
    /// The names of its dimensions, in order.
    pub dimensions: Vec<&'a str>,
    /// Its unit, up to scale.
    pub powers: Powers,
    /// That unit in words.
    pub unit: String,
}

/// Whether a signature is what is wanted; `place` says which it is.
pub(super) fn fits(signature: &Signature<'_>, wanted: &Wanted<'_>, place: &str) -> Result<(), String> {
    let has: Vec<&str> = signature.dimensions.iter().map(|dimension| dimension.name).collect();
    if has != wanted.dimensions {
        return Err(format!(
            "{place}, `{}`, is {}: it varies by [{}] beside the quarter, and not by [{}]",
            signature.name,
            wanted.what,
            wanted.dimensions.join(", "),
            has.join(", ")
        ));
    }
    if signature.unit.powers != wanted.powers {
        return Err(format!(
            "{place}, `{}`, is {}: its unit is {}, and not {}",
            signature.name, wanted.what, wanted.unit, signature.unit.text
        ));
    }
    Ok(())
}

/// As many inputs as there should be.
pub(super) fn count(inputs: &[Signature<'_>], wanted: &[&str]) -> Result<(), String> {
    if inputs.len() == wanted.len() {
        return Ok(());
    }
    Err(format!("it reads {} inputs, and is given {}: {}", wanted.len(), inputs.len(), wanted.join(", ")))
}

/// The only dimension of an input.
pub(super) fn axis<'a>(input: &Signature<'a>, what: &str) -> Result<&'a str, String> {
    match input.dimensions[..] {
        [dimension] => Ok(dimension.name),
        _ => Err(format!("`{}` is {what}: it varies by one dimension beside the quarter", input.name)),
    }
}

/// The first dimension of an input that has two.
pub(super) fn first_axis<'a>(input: &Signature<'a>, what: &str) -> Result<&'a str, String> {
    match input.dimensions[..] {
        [dimension, _] => Ok(dimension.name),
        _ => Err(format!("`{}` is {what}: it varies by two dimensions beside the quarter", input.name)),
    }
}
