//! Number formats of weights, activations and caches.

use std::fmt;

/// A number format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    /// Sixteen bits: bfloat16 or half precision.
    Bf16,
    /// Eight-bit floating point.
    Fp8,
    /// Four-bit floating point with a scale for each block.
    Fp4,
    /// Eight-bit integers.
    Int8,
    /// Four-bit integers with a scale for each group; multiplied in sixteen bits.
    Int4,
}

/// The scale of a block of four-bit numbers, spread over the block: one byte for sixteen of them.
const BLOCK_SCALE: f64 = 1.0 / 16.0;

impl Format {
    /// All formats.
    pub const ALL: [Format; 5] = [Format::Bf16, Format::Fp8, Format::Fp4, Format::Int8, Format::Int4];

    /// Bytes of one number, block scales counted.
    #[must_use]
    pub fn bytes(self) -> f64 {
        match self {
            Format::Bf16 => 2.0,
            Format::Fp8 | Format::Int8 => 1.0,
            Format::Fp4 | Format::Int4 => 0.5 + BLOCK_SCALE,
        }
    }

    /// Bits of one number, block scales not counted.
    #[must_use]
    pub fn bits(self) -> f64 {
        match self {
            Format::Bf16 => 16.0,
            Format::Fp8 | Format::Int8 => 8.0,
            Format::Fp4 | Format::Int4 => 4.0,
        }
    }

    /// Its name in tables and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Format::Bf16 => "bf16",
            Format::Fp8 => "fp8",
            Format::Fp4 => "fp4",
            Format::Int8 => "int8",
            Format::Int4 => "int4",
        }
    }

    /// The format of a name, in any of the ways it is commonly written.
    #[must_use]
    pub fn parse(text: &str) -> Option<Format> {
        match text.to_ascii_lowercase().as_str() {
            "bf16" | "fp16" | "bfloat16" | "float16" | "half" => Some(Format::Bf16),
            "fp8" | "f8" | "float8" => Some(Format::Fp8),
            "fp4" | "nvfp4" | "mxfp4" | "f4" => Some(Format::Fp4),
            "int8" | "w8a8" => Some(Format::Int8),
            "int4" | "w4a16" | "awq" | "gptq" => Some(Format::Int4),
            _ => None,
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
