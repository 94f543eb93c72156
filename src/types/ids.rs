//! Identifiers by what they identify, so that a customer's cannot be passed for a reseller's.

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The identifier as the service writes it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<String> for $name {
            fn from(id: String) -> Self {
                Self(id)
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(id.to_owned())
            }
        }

        impl From<&Self> for $name {
            fn from(id: &Self) -> Self {
                id.clone()
            }
        }

        $crate::types::given! { $name => $name::as_str }

        #[cfg(feature = "dynamic")]
        $crate::types::schema::described! { $name => {"type": "string"} }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::convert::Infallible;

            fn from_str(id: &str) -> Result<Self, Self::Err> {
                Ok(Self(id.to_owned()))
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }

        /// Ids compare and hash as their text does.
        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

#[cfg(feature = "tickets")]
pub(crate) use ids;

ids! {
    /// The account of a partner: a solution provider or a distributor. At most 64 characters.
    PartnerId;
    /// The account of a customer, which other calls name `domain_id`. At most 64 characters.
    CustomerId;
    /// A cloud reseller below a distributor, on the wire `indirect_partner_id`. At most 64 characters.
    ResellerId;
    /// A voucher that a customer holds, on the wire `coupon_id`.
    VoucherId;
    /// A quota from which vouchers are issued.
    QuotaId;
    /// An order of a customer.
    OrderId;
    /// A cloud resource of a customer.
    ResourceId;
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, HashMap};

    #[test]
    fn ids_have_the_traits_of_a_text() {
        let id: ResellerId = "r1".parse().unwrap();
        assert!(id == *"r1" && id == "r1" && id.as_ref() == "r1");
        assert_eq!(HashMap::from([(id.clone(), 1)]).get("r1"), Some(&1));
        assert_eq!(BTreeMap::from([(id.clone(), 1)]).get("r1"), Some(&1));
        assert_eq!(serde_json::to_string(&id).unwrap(), r#""r1""#);
        assert_eq!(serde_json::from_str::<ResellerId>(r#""r1""#).unwrap(), id);
        assert_eq!(String::from(id), "r1");
    }
}
