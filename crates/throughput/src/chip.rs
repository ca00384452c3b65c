//! What an accelerator can do by its datasheet.

use crate::Format;

/// An accelerator.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chip {
    /// Dense arithmetic at its peak by [`Format`], in FLOP/s; absent where the chip does not multiply it.
    pub arithmetic: [Option<f64>; Format::ALL.len()],
    /// Usable memory, in bytes.
    pub memory: f64,
    /// Peak rate of reading that memory, in B/s.
    pub memory_bandwidth: f64,
    /// Fast links between the chips of a domain, in B/s and one direction; absent for a chip alone.
    pub scale_up_bandwidth: Option<f64>,
    /// Chips of that domain.
    pub scale_up_domain: f64,
    /// Links beyond it, in B/s and one direction; absent where there are none.
    pub scale_out_bandwidth: Option<f64>,
    /// Nameplate power, in W.
    pub power: Option<f64>,
}

impl Chip {
    /// Arithmetic for numbers of a format, in FLOP/s: what the chip does not multiply it widens first,
    /// to eight bits and then to sixteen.
    #[must_use]
    pub fn arithmetic(&self, format: Format) -> Option<f64> {
        let wider: &[Format] = match format {
            Format::Fp4 => &[Format::Fp4, Format::Fp8, Format::Bf16],
            Format::Fp8 => &[Format::Fp8, Format::Bf16],
            Format::Int8 => &[Format::Int8, Format::Bf16],
            Format::Int4 | Format::Bf16 => &[Format::Bf16],
        };
        let known = wider.iter().find_map(|format| self.arithmetic[*format as usize]);
        // A chip whose sheet states only a narrow format multiplies sixteen bits at half the rate of eight,
        // and eight at half that of four.
        known.or_else(|| {
            let narrower = [(Format::Fp8, 0.5), (Format::Fp4, 0.25)];
            narrower.iter().find_map(|(format, share)| Some(self.arithmetic[*format as usize]? * share))
        })
    }
}
