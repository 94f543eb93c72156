//! Kinds of accounts.

use std::fmt;

/// Kind of the account that credentials belong to, where the caller states it.
///
/// With it, an operation that this kind may not call is refused before anything is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IdentityKind {
    /// A first-tier distributor, which has resellers.
    Distributor,
    /// A cloud solution provider.
    SolutionProvider,
    /// Account of a customer.
    Customer,
    /// The master account of an enterprise, which is a customer with member accounts.
    EnterpriseMaster,
}

impl fmt::Display for IdentityKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Distributor => "a distributor",
            Self::SolutionProvider => "a solution provider",
            Self::Customer => "a customer",
            Self::EnterpriseMaster => "the master account of an enterprise",
        })
    }
}
