//! Identifiers by what they identify, so that a customer's cannot be passed for a reseller's.

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl std::fmt::Debug for $name {
            /// The identifier, unless it is a text that no identifier is.
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                $crate::types::shape::show_id(stringify!($name), &self.0, f)
            }
        }

        impl $name {
            /// The identifier as the service writes it.
            #[inline]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        $crate::types::plain::transparent! { $name(String) }

        impl From<String> for $name {
            #[inline]
            fn from(id: String) -> Self {
                Self(id)
            }
        }

        impl From<&str> for $name {
            #[inline]
            fn from(id: &str) -> Self {
                Self(id.to_owned())
            }
        }

        impl From<$name> for String {
            #[inline]
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl From<&$name> for String {
            #[inline]
            fn from(id: &$name) -> Self {
                id.0.clone()
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::convert::Infallible;

            #[inline]
            fn from_str(id: &str) -> Result<Self, Self::Err> {
                Ok(id.into())
            }
        }

        /// Ids compare and hash as their text does.
        impl std::borrow::Borrow<str> for $name {
            #[inline]
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl PartialEq<str> for $name {
            #[inline]
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }

        impl PartialEq<&str> for $name {
            #[inline]
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }

        impl PartialEq<String> for $name {
            #[inline]
            fn eq(&self, other: &String) -> bool {
                self.0 == *other
            }
        }

        impl PartialEq<$name> for str {
            #[inline]
            fn eq(&self, other: &$name) -> bool {
                self == other.0
            }
        }

        impl PartialEq<$name> for &str {
            #[inline]
            fn eq(&self, other: &$name) -> bool {
                *self == other.0
            }
        }

        impl PartialEq<$name> for String {
            #[inline]
            fn eq(&self, other: &$name) -> bool {
                *self == other.0
            }
        }

        impl From<&Self> for $name {
            #[inline]
            fn from(id: &Self) -> Self {
                id.clone()
            }
        }

        $crate::types::given! { $name => $name::as_str }

        #[cfg(feature = "dynamic")]
        $crate::types::schema::described! { $name => {"type": "string"} }

        impl AsRef<str> for $name {
            #[inline]
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            #[inline]
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
    fn ids_compare_parse_and_look_up_like_the_text_that_they_are() {
        let id = CustomerId::from("c1");
        let owned = "c1".to_owned();
        assert!(id == "c1" && id == *"c1" && id == owned);
        assert!("c1" == id);
        assert!(*"c1" == id && owned == id && id != "c2");
        assert_eq!("c1".parse(), Ok(id.clone()));
        assert_eq!((String::from(&id), String::from(id.clone())), ("c1".to_owned(), "c1".to_owned()));
        assert_eq!(HashMap::from([(id.clone(), 1)]).get("c1"), Some(&1));
        assert_eq!(BTreeMap::from([(id.clone(), 1)]).get("c1"), Some(&1));
        let json = serde_json::to_string(&id).unwrap();
        assert_eq!((json.as_str(), serde_json::from_str(&json).unwrap()), ("\"c1\"", id));
    }
}
