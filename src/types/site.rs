//! The sites of Huawei Cloud.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::Currency;

/// A site of Huawei Cloud. An account belongs to one site; a call to another is refused with `CBC.0156`.
///
/// Displayed, parsed and serialised as `china`, `international` or `europe`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Site {
    /// The China site; amounts are in yuan.
    China,
    /// The international site; amounts are in US dollars.
    International,
    /// The European site; amounts are in euros.
    Europe,
}

impl Site {
    /// All three sites.
    pub const ALL: [Self; 3] = [Self::China, Self::International, Self::Europe];

    /// The site's name in lower case, such as `china`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::China => "china",
            Self::International => "international",
            Self::Europe => "europe",
        }
    }

    /// The site's name as a phrase for messages, such as `the China site`.
    pub const fn description(self) -> &'static str {
        match self {
            Self::China => "the China site",
            Self::International => "the international site",
            Self::Europe => "the European site",
        }
    }

    /// The currency in which the site charges.
    pub const fn currency(self) -> Currency {
        match self {
            Self::China => Currency::Cny,
            Self::International => Currency::Usd,
            Self::Europe => Currency::Eur,
        }
    }
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The error of a text that names no [`Site`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown site {0:?}, expected china, international or europe")]
pub struct ParseSiteError(String);

impl FromStr for Site {
    type Err = ParseSiteError;

    fn from_str(text: &str) -> Result<Self, ParseSiteError> {
        let named = Self::ALL.into_iter().find(|site| text.eq_ignore_ascii_case(site.as_str()));
        named.ok_or_else(|| ParseSiteError(text.to_owned()))
    }
}

impl Serialize for Site {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Site {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_is_displayed_parsed_and_serialised_by_the_same_name() {
        for site in Site::ALL {
            assert_eq!(site.to_string().parse(), Ok(site));
            let json = serde_json::to_string(&site).unwrap();
            assert_eq!(serde_json::from_str::<Site>(&json).unwrap(), site);
        }
        assert!("mars".parse::<Site>().is_err());
        assert_eq!(Site::Europe.currency(), Currency::Eur);
    }
}
