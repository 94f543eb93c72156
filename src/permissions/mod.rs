//! Least privilege: the permission items that an operator account of a partner needs for a list of operations.
//!
//! ```
//! use huaweicloud_partner::{
//!     operation::Operation as _,
//!     partners::ShowBalances,
//!     permissions::Permissions,
//!     resellers::{AllocateToReseller, ListResellers},
//! };
//!
//! let permissions = Permissions::of([ListResellers::META, ShowBalances::META, AllocateToReseller::META]);
//! println!("{permissions}");
//! println!("{}", serde_json::to_string_pretty(&permissions).unwrap());
//! assert!(!permissions.items().is_empty());
//! ```

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::{Serialize, Serializer, ser::SerializeStruct as _};

use crate::{auth::IdentityKind, error::Error, operation::OperationMeta, registry};

/// The permission items of a list of operations.
///
/// Displays as text for a person who sets up the account, and serialises as JSON with the members `items`, `operations`,
/// `open` and `customer_only`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permissions {
    /// The items of which each operation needs one, by the name of the operation.
    operations: BTreeMap<&'static str, &'static [&'static str]>,
    open: BTreeSet<&'static str>,
    customer_only: BTreeSet<&'static str>,
}

impl Permissions {
    /// The permission items of these operations.
    pub fn of(operations: impl IntoIterator<Item = &'static OperationMeta>) -> Self {
        let mut found =
            Self { operations: BTreeMap::new(), open: BTreeSet::new(), customer_only: BTreeSet::new() };
        for meta in operations {
            let by_partner = meta.caller.admits(IdentityKind::Distributor)
                || meta.caller.admits(IdentityKind::SolutionProvider);
            if !by_partner {
                found.customer_only.insert(meta.name);
            } else if meta.permissions.is_empty() {
                found.open.insert(meta.name);
            } else {
                found.operations.insert(meta.name, meta.permissions);
            }
        }
        found
    }

    /// The permission items of operations by their qualified names, such as `bss.ListIndirectPartners`.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) for a name that no operation has.
    pub fn of_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, Error> {
        let metas: Result<Vec<_>, Error> =
            names.into_iter().map(|name| registry::get(name).map(|entry| entry.meta)).collect();
        Ok(Self::of(metas?))
    }

    /// The items to grant: those that an operation cannot do without, and for operations with several alternatives those
    /// that serve the most operations. None of them can be left out. Sorted.
    #[inline] // compiled only where it is used
    pub fn items(&self) -> BTreeSet<&'static str> {
        let mut granted: BTreeSet<&str> =
            self.operations.values().filter_map(|items| <[_; 1]>::try_from(*items).ok()).flatten().collect();
        loop {
            let mut served: BTreeMap<&str, usize> = BTreeMap::new();
            for items in self.operations.values().filter(|items| !serves(&granted, items)) {
                items.iter().for_each(|item| *served.entry(item).or_default() += 1);
            }
            // Of equals the first by name, so that the choice is the same every time.
            let Some((item, _)) = served.into_iter().rev().max_by_key(|(_, count)| *count) else { break };
            granted.insert(item);
        }
        for item in granted.clone() {
            granted.remove(item);
            if !self.operations.values().all(|items| serves(&granted, items)) {
                granted.insert(item);
            }
        }
        granted
    }

    /// The operations with the items of which each needs one.
    pub fn operations(&self) -> impl Iterator<Item = (&'static str, &'static [&'static str])> + '_ {
        self.operations.iter().map(|(name, items)| (*name, *items))
    }

    /// The operations that are documented without a permission item: every operator account may call them.
    pub fn open(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.open.iter().copied()
    }

    /// The operations that only customers call: no permission item of a partner's account helps there.
    pub fn customer_only(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.customer_only.iter().copied()
    }
}

fn serves(granted: &BTreeSet<&str>, items: &[&str]) -> bool {
    items.iter().any(|item| granted.contains(item))
}

impl fmt::Display for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let granted = self.items();
        writeln!(f, "Permission items to grant: {}", granted.len())?;
        for item in &granted {
            let serving: Vec<_> = self
                .operations
                .iter()
                .filter(|(_, items)| items.contains(item))
                .map(|(name, _)| *name)
                .collect();
            writeln!(f, "  {item}: {}", serving.join(", "))?;
        }
        for (title, names) in [
            ("Open to every operator account", &self.open),
            ("Called by customers only, with their own credentials", &self.customer_only),
        ] {
            if !names.is_empty() {
                writeln!(f, "{title}: {}", names.iter().copied().collect::<Vec<_>>().join(", "))?;
            }
        }
        Ok(())
    }
}

impl Serialize for Permissions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Permissions", 4)?;
        out.serialize_field("items", &self.items())?;
        out.serialize_field("operations", &self.operations)?;
        out.serialize_field("open", &self.open)?;
        out.serialize_field("customer_only", &self.customer_only)?;
        out.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_items_of_a_list_of_operations_are_those_of_their_documentation() {
        let names = [
            "bss.UpdateCustomerAccountAmount",
            "bss.ListCustomersBalancesDetail",
            "bss.ListPartnerBalances",
            "bss.ListPartnerAdjustRecords",
            "bss.PayOrders",
        ];
        let permissions = Permissions::of_names(names).unwrap();
        // One item serves the transfer and both balances, which have alternatives.
        assert_eq!(
            permissions.items().into_iter().collect::<Vec<_>>(),
            ["BPC_ITEM_FINANCE_040100", "BPC_ITEM_SUBCUSTSERV_010103"]
        );
        assert_eq!(permissions.customer_only().collect::<Vec<_>>(), ["bss.PayOrders"]);
        let text = permissions.to_string();
        assert!(
            text.starts_with("Permission items to grant: 2\n  BPC_ITEM_FINANCE_040100: bss.ListPartnerAdj")
        );
        let json = serde_json::to_value(&permissions).unwrap();
        assert_eq!(
            json["items"],
            serde_json::json!(["BPC_ITEM_FINANCE_040100", "BPC_ITEM_SUBCUSTSERV_010103"])
        );
        assert_eq!(json["operations"]["bss.ListPartnerAdjustRecords"][0], "BPC_ITEM_FINANCE_040100");
        assert_eq!(
            Permissions::of_names(["bss.Nothing"]).unwrap_err().kind(),
            crate::ErrorKind::InvalidInput
        );
    }

    #[test]
    fn every_operation_is_served_and_no_item_is_superfluous() {
        let all = Permissions::of(registry::all().map(|entry| entry.meta));
        let items = all.items();
        assert!(all.operations().all(|(_, needs)| serves(&items, needs)));
        for item in &items {
            let mut fewer = items.clone();
            fewer.remove(item);
            assert!(!all.operations().all(|(_, needs)| serves(&fewer, needs)), "{item}");
        }
        assert_eq!(Permissions::of([]).items(), BTreeSet::new());

        // Every operation stands in the text and in the JSON.
        let (text, json) = (all.to_string(), serde_json::to_value(&all).unwrap());
        let listed = |part: &str, name: &str| json[part].as_array().unwrap().iter().any(|one| one == name);
        for entry in registry::all() {
            let name = entry.meta.name;
            assert!(text.contains(name), "{name}");
            let ways =
                [json["operations"].get(name).is_some(), listed("open", name), listed("customer_only", name)];
            assert_eq!(ways.into_iter().filter(|way| *way).count(), 1, "{name}");
        }
    }
}
