//! Enterprise projects, of which there is one here.

/// Enterprise project of everything: resources of the sandbox are in the default one.
pub(crate) const DEFAULT_PROJECT: &str = "0";

/// The name of that project.
pub(crate) const DEFAULT_PROJECT_NAME: &str = "default";
