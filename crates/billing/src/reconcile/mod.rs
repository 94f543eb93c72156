//! Figures compared with each other.

/// A difference.
#[derive(Debug)]
pub struct Difference;
