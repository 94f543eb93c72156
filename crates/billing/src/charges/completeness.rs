//! The evidence that nothing is missing.

use std::fmt;

use huaweicloud_partner::types::{CustomerId, ResellerId};
use serde::{Deserialize, Serialize};

/// Evidence of completeness: what was listed, read and announced, and what could not be read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Completeness {
    /// Customers that the service listed.
    pub customers_listed: u64,
    /// Customers whose charges were read to the end.
    pub customers_read: u64,
    /// Resellers whose customers are among them.
    pub resellers: u64,
    /// Rows that came.
    pub rows: u64,
    /// Rows that the service said there are.
    pub rows_announced: u64,
    /// Rows that came for a second time, by their id, and were left out.
    pub duplicates: u64,
    /// Gaps that could not be read.
    pub gaps: Vec<Gap>,
    /// True when customers were listed again after the last one was read and no new one was there.
    pub listed_again: bool,
}

impl Completeness {
    /// True when every listed customer was read to its end, as many rows came as were announced, and nothing is known to
    /// be missing.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.gaps.is_empty()
            && self.customers_read == self.customers_listed
            && self.rows + self.duplicates == self.rows_announced
            && self.listed_again
    }
}

impl fmt::Display for Completeness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} of {} customers ({} resellers), {} of {} rows",
            self.customers_read, self.customers_listed, self.resellers, self.rows, self.rows_announced
        )?;
        for gap in &self.gaps {
            write!(f, "; {gap}")?;
        }
        Ok(())
    }
}

/// A part of the month that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Gap {
    /// The resellers could not be listed, so their customers are missing.
    Resellers {
        /// Response of the service.
        reason: String,
    },
    /// The customers of a reseller could not be listed.
    CustomersOf {
        /// The reseller whose customers are missing.
        reseller: ResellerId,
        /// Response of the service.
        reason: String,
    },
    /// The charges of a customer could not be read.
    Charges {
        /// The customer whose charges are missing.
        customer: CustomerId,
        /// The reseller it belonged to.
        reseller: Option<ResellerId>,
        /// Response of the service.
        reason: String,
    },
    /// Rows of a statement file that could not be read.
    BadRows {
        /// Path of the file.
        file: String,
        /// Number of rows.
        rows: u64,
        /// The first of them, with its line and reason.
        first: String,
    },
    /// Members that seem to be missing in a statement file.
    MissingMembers {
        /// Path of the file.
        file: String,
        /// Missing serial numbers.
        serials: Vec<u64>,
    },
    /// The figures to compare charges with could not be read.
    Figures {
        /// The reseller whose month sums they are; `None` for the partner's own figures.
        reseller: Option<ResellerId>,
        /// Response of the service.
        reason: String,
    },
    /// Rows without an amount to be paid.
    WithoutAmount {
        /// Number of rows.
        rows: u64,
        /// The first of them.
        first: String,
    },
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Resellers { reason } => {
                write!(f, "resellers could not be listed, their customers are missing: {reason}")
            }
            Self::CustomersOf { reseller, reason } => {
                write!(f, "customers of reseller {reseller} could not be listed: {reason}")
            }
            Self::Charges { customer, reseller: None, reason } => {
                write!(f, "charges of customer {customer} are missing: {reason}")
            }
            Self::Charges { customer, reseller: Some(reseller), reason } => {
                write!(f, "charges of customer {customer} of reseller {reseller} are missing: {reason}")
            }
            Self::BadRows { file, rows, first } => {
                write!(f, "{rows} rows of {file} cannot be read, first {first}")
            }
            Self::MissingMembers { file, serials } => {
                write!(f, "members of {file} seem to be missing: {serials:?}")
            }
            Self::Figures { reseller: None, reason } => {
                write!(f, "charges are not compared, the partner's own figures could not be read: {reason}")
            }
            Self::Figures { reseller: Some(reseller), reason } => {
                write!(
                    f,
                    "charges of reseller {reseller} are not compared, its month sums could not be read: {reason}"
                )
            }
            Self::WithoutAmount { rows, first } => {
                write!(f, "{rows} rows have no amount to be paid, first {first}")
            }
        }
    }
}
