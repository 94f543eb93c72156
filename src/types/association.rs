//! Association of a customer with a partner.

use super::open_enum::open_enum;

open_enum! {
    /// Type of a customer's association with a partner, which decides who pays Huawei Cloud.
    pub enum AssociationType {
        /// Referral (顾问销售): the customer pays Huawei Cloud, or the partner pays for single orders. China and
        /// international.
        Referral = "1",
        /// Resale (代售): the partner grants money that the customer spends, and invoices the customer. China.
        Resale = "2",
        /// Reseller model (转售): the partner is billed, a budget limits the customer. International.
        ResellerModel = "3",
    }
}

impl AssociationType {
    /// True when the customer pays the partner: [`Resale`](Self::Resale) on the China site,
    /// [`ResellerModel`](Self::ResellerModel) on the others.
    pub const fn is_resale(&self) -> bool {
        matches!(self, Self::Resale | Self::ResellerModel)
    }
}

/// Reads and writes an association type by its name (`referral`, `resale`, `reseller_model`) in place of the code
/// that the API uses. For records that people read and write; the codes are understood as well.
#[cfg(feature = "workflows")]
pub(crate) mod by_name {
    use std::borrow::Cow;

    use serde::{Deserialize as _, Deserializer, Serializer, de};

    use super::AssociationType;

    const NAMES: [(&str, AssociationType); 3] = [
        ("referral", AssociationType::Referral),
        ("resale", AssociationType::Resale),
        ("reseller_model", AssociationType::ResellerModel),
    ];

    /// The name of a known type, the code of an unknown one.
    pub(crate) fn name(value: &AssociationType) -> &str {
        NAMES.iter().find(|(_, known)| known == value).map_or(value.as_str(), |(name, _)| name)
    }

    pub(crate) fn serialize<S: Serializer>(
        value: &AssociationType,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(name(value))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<AssociationType, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        let named = NAMES.iter().find(|(name, value)| *name == text || value.as_str() == text);
        named
            .map(|(_, value)| value.clone())
            .ok_or_else(|| de::Error::unknown_variant(&text, &["referral", "resale", "reseller_model"]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "workflows")]
    #[test]
    fn a_record_writes_the_name_and_reads_name_or_code() {
        #[derive(serde::Serialize, serde::Deserialize)]
        struct Form {
            #[serde(with = "by_name")]
            kind: AssociationType,
        }
        for (text, wanted) in
            [("referral", "referral"), ("2", "resale"), ("reseller_model", "reseller_model")]
        {
            let form: Form = serde_json::from_value(serde_json::json!({ "kind": text })).unwrap();
            assert_eq!(serde_json::to_value(&form).unwrap()["kind"], wanted);
        }
        assert!(serde_json::from_str::<Form>(r#"{"kind":"friendship"}"#).is_err());
    }

    #[test]
    fn the_customer_pays_the_partner_in_both_resale_models() {
        assert!(AssociationType::Resale.is_resale() && AssociationType::ResellerModel.is_resale());
        assert!(!AssociationType::Referral.is_resale() && !AssociationType::from("9").is_resale());
    }
}
