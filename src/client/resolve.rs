//! Placeholder.

/// Options.
#[derive(Clone, Copy, Debug)]
pub struct ResolveOptions {}
