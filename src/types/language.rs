//! The language of names and messages.

use super::open_enum::open_enum;

open_enum! {
    /// The language in which the service names things, on the wire the header `X-Language`.
    ///
    /// Only some operations look at it. The China site takes Chinese by default; case does not matter to the service.
    pub enum Language {
        /// Simplified Chinese.
        Chinese = "zh_CN",
        /// English.
        English = "en_US",
    }
}
