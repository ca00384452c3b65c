//! The call of `plot`.

// The comments on arguments are the help texts of the program, where brackets stand for themselves.
#![allow(rustdoc::broken_intra_doc_links)]

use super::{draws, quarter};
use crate::report::Kind;
use clap::Args;
use std::path::PathBuf;
use tokenomics_language::calendar::Quarter;

/// What the help of `plot` says below its options.
pub const PLOT: &str = "\
Known is what was published of a quarter that had begun by then; what is computed is known as far
as the nearest figures over quarters that it is computed from. Picks are as in `show`. In the
terminal there are lines alone.";

const OVER_QUARTERS: &str = "Over quarters";
const OF_MEMBERS: &str = "Of members";

/// What to draw, and how.
#[derive(Args, Clone, Debug)]
pub struct Plot {
    /// What to draw: NAME[picks]; one line a cell.
    #[arg(required = true, value_name = "NAME[picks]")]
    pub names: Vec<String>,
    /// Draw into this file, FILE.svg or FILE.png; without it, in the terminal.
    #[arg(long, value_name = "FILE")]
    pub to: Option<PathBuf>,
    /// The kind of drawing.
    #[arg(long, value_enum, default_value_t = Kind::Lines, value_name = "KIND")]
    pub kind: Kind,
    /// The first quarter drawn.
    #[arg(long, value_name = "QUARTER", value_parser = quarter)]
    pub from: Option<Quarter>,
    /// The last quarter drawn.
    #[arg(long, value_name = "QUARTER", value_parser = quarter)]
    pub until: Option<Quarter>,
    /// Keep so many of the largest lines, rows or bands.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u8).range(1..))]
    pub top: Option<u8>,
    /// Draw areas one upon another, the smaller ones gathered; or the bars of a row end to end.
    #[arg(long, conflicts_with = "log")]
    pub stacked: bool,
    /// Equal ways upward are equal ratios.
    #[arg(long)]
    pub log: bool,
    /// What is drawn over quarters.
    #[command(flatten)]
    pub quarters: OverQuarters,
    /// What is drawn of members.
    #[command(flatten)]
    pub members: OfMembers,
}

/// Options of what is drawn over quarters.
#[derive(Args, Clone, Debug)]
pub struct OverQuarters {
    /// Sum to one line a member of this dimension; `quarter` sums everything.
    #[arg(long, value_name = "DIMENSION", help_heading = OVER_QUARTERS)]
    pub by: Option<String>,
    /// Say that what is computed is known as far as this figure is.
    #[arg(long, value_name = "NAME", help_heading = OVER_QUARTERS)]
    pub known_by: Option<String>,
    /// Draw no bands.
    #[arg(long, help_heading = OVER_QUARTERS)]
    pub no_bands: bool,
    /// How many draws the bands are from.
    #[arg(long, default_value_t = 1_000, value_name = "NUMBER", value_parser = draws, help_heading = OVER_QUARTERS)]
    pub draws: usize,
    /// The start of the random numbers; the same seed gives the same bands.
    #[arg(long, default_value_t = 1, value_name = "NUMBER", help_heading = OVER_QUARTERS)]
    pub seed: u64,
}

/// Options of what is drawn of members.
#[derive(Args, Clone, Debug)]
pub struct OfMembers {
    /// The dimension along the axis of curves; the last one left open if none is said.
    #[arg(long, value_name = "DIMENSION", help_heading = OF_MEMBERS)]
    pub over: Option<String>,
    /// The figure that gives each member its place along the axis of curves.
    #[arg(long, value_name = "NAME", help_heading = OF_MEMBERS)]
    pub at: Option<String>,
    /// Equal ways along the axis of curves are equal ratios.
    #[arg(long, help_heading = OF_MEMBERS)]
    pub log_across: bool,
    /// Bands of a sankey lead from one side to the other; else those of one name are one.
    #[arg(long, help_heading = OF_MEMBERS)]
    pub two_sided: bool,
}
