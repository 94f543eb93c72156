//! The language of names and messages.

use super::open_enum::open_enum;

open_enum! {
    /// The language in which the service names things, on the wire the header `X-Language`.
    ///
    /// Only some operations look at it. The China site takes Chinese by default; case does not matter to the service.
    pub enum Language {
        /// Simplified Chinese language.
        Chinese = "zh_CN",
        /// English as the language of names.
        English = "en_US",
    }
}

impl Language {
    /// The tag as the ticket service writes it, such as `zh-cn`; a language that this version does not know as it is.
    pub(crate) fn ticket_tag(&self) -> &str {
        match self {
            Self::Chinese => "zh-cn",
            Self::English => "en-us",
            Self::Other(tag) => tag,
        }
    }

    /// The language of a tag in either service's writing.
    #[cfg(feature = "tickets")]
    pub(crate) fn of_tag(tag: &str) -> Self {
        match tag.to_ascii_lowercase().replace('_', "-").as_str() {
            "zh-cn" => Self::Chinese,
            "en-us" => Self::English,
            _ => Self::from(tag),
        }
    }
}
