//! Registration of customers.

/// Number of accounts that one mobile number may serve; the real figure is not documented.
pub(crate) const ACCOUNTS_PER_NUMBER: usize = 5;
