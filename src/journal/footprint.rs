//! Features of a write that its record shows: book, query, kind, target and amount.

use std::fmt;

use crate::{
    operation::Leg,
    types::{
        Site,
        plain::{plain, transparent},
    },
};

/// The books in which a write appears: site, account, and the reseller on whose behalf it is made.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Book {
    /// Site of the account.
    pub site: Site,
    /// The account: its id where the credentials name it, otherwise the access key id.
    pub account: String,
    /// The reseller on whose behalf the write is made.
    pub indirect_partner_id: Option<String>,
}

plain! { Book { site, account, indirect_partner_id [sparse] } }

impl Book {
    /// The books of an account, or of a reseller of that account.
    pub fn new(site: Site, account: impl Into<String>, indirect_partner_id: Option<String>) -> Self {
        let indirect_partner_id = indirect_partner_id.filter(|id| !id.is_empty());
        Self { site, account: account.into(), indirect_partner_id }
    }
}

impl fmt::Display for Book {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.site, self.account)?;
        match &self.indirect_partner_id {
            Some(reseller) => write!(f, "/{reseller}"),
            None => Ok(()),
        }
    }
}

/// The key of a gate: everything by which a record of one write could be taken for that of another.
///
/// Two operations that leave the same record have the same footprint. Targets are compared without case and blanks at the
/// ends, because a record may show them otherwise than the request.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Footprint(String);

transparent! { Footprint(String) }

impl Footprint {
    /// The footprint of a leg in a book, asked for with a query.
    pub fn of(book: &Book, query: &str, leg: &Leg) -> Self {
        let target = if leg.target_in_record { leg.target.trim().to_lowercase() } else { String::new() };
        let parts = (book.to_string(), query, &leg.kind, target, leg.amount.as_deref().unwrap_or(""));
        Self(serde_json::to_string(&parts).unwrap_or_default())
    }

    /// The footprint as text, equal for equal footprints.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Footprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn book() -> Book {
        Book::new(Site::China, "d1", None)
    }

    #[test]
    fn equal_amounts_have_one_footprint_however_they_are_written() {
        let of = |amount: &str| {
            Footprint::of(&book(), "bss.Q", &Leg::new("r1", "K").with_amount(amount.parse().unwrap()))
        };
        assert_eq!(of("100"), of("100.00"));
        assert_eq!(of("100.5"), of("100.50"));
        assert_ne!(of("100"), of("100.01"));
    }

    #[test]
    fn targets_that_a_record_could_confuse_have_one_footprint() {
        let of = |target: &str| Footprint::of(&book(), "bss.Q", &Leg::new(target, "K"));
        assert_eq!(of("R1"), of(" r1 "));
        assert_ne!(of("r1"), of("r2"));
    }

    #[test]
    fn books_of_resellers_are_apart() {
        let leg = Leg::new("c1", "K");
        let reseller = Book::new(Site::China, "d1", Some("r1".into()));
        assert_ne!(Footprint::of(&book(), "bss.Q", &leg), Footprint::of(&reseller, "bss.Q", &leg));
        assert_eq!(Book::new(Site::China, "d1", Some(String::new())), book());
    }
}
