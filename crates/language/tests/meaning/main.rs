//! The rules of meaning of `docs/language.md`, each with what it admits and what it refuses. What is
//! expected is worked out by hand from the page.

#![allow(clippy::float_cmp)] // what is expected is exact: it is worked out by hand

#[path = "../support/mod.rs"]
mod support;

mod dimensions;
mod fills;
mod history;
mod judgements;
mod names;
mod origins;
mod scenarios;
mod time;
mod units;
