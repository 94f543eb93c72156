//! Types that all ticket operations share: identifiers, the three common headers, and the readers of
//! responses.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned};

use crate::types::{Language, fields::FieldCodec, ids, open_enum::open_codes, plain::plain, response};

ids! {
    /// A ticket, such as `TT201801020526`; the service calls it `case_id` in paths and `incident_id` in fields.
    TicketId;
    /// An attachment that was uploaded, on the wire `accessory_id`.
    AttachmentId;
    /// Id of an engineer's request for access to hosts or accounts.
    AuthorizationId;
}

open_codes! {
    /// The site that a ticket belongs to, on the wire the header `X-Site`.
    pub enum SiteCode {
        /// The China site; what the service takes without the header.
        China = 0,
        /// The international site.
        International = 1,
    }
}

open_codes! {
    /// Yes or no, where the service writes a number.
    pub enum Flag {
        /// The condition is not met.
        No = 0,
        /// The condition is met.
        Yes = 1,
    }
}

impl Flag {
    /// Whether it is a yes.
    pub const fn is_yes(self) -> bool {
        matches!(self, Self::Yes)
    }
}

/// [`operation!`](crate::operation!) for a ticket operation: the same block, with what nearly all of them have in common.
/// Partners and customers call them for tickets of their own, on every site, with the three common headers.
macro_rules! ticket_operation {
    (
        $(#[doc = $doc:expr])*
        $method:ident $path:literal as $service:ident $($id:literal)? -> $output:ident { $($facts:tt)* }
        pub struct $name:ident {
            $(required { $($required:tt)* })?
            $(optional { $($optional:tt)* })?
            $(preset { $($preset:tt)* })?
            $(check $($check:tt)*)?
        }
    ) => {
        $crate::operation! {
            $(#[doc = $doc])*
            $method $path as $service $($id)? -> $output { sites(ALL), caller(Either), $($facts)* }
            pub struct $name {
                $(required { $($required)* })?
                optional {
                    $($($optional)*)?
                    /// The site of the ticket; the client fills in its own.
                    #[header("X-Site")]
                    site: crate::api::tickets::SiteCode,
                    /// The language of translated names such as those of ticket types; the client's own, otherwise
                    /// Chinese.
                    #[header("X-Language")]
                    #[with(crate::api::tickets::common::Tag)]
                    language: crate::types::Language,
                    /// The zone in which the response shows local times; the client's own, otherwise UTC+8.
                    #[header("X-Time-Zone")]
                    time_zone: crate::types::TimeZone,
                }
                $(preset { $($preset)* })?
                $(check $($check)*)?
            }
        }
    };
}

pub(super) use ticket_operation;

response! {
    /// A write that the service acknowledged without telling more.
    ///
    /// A response with a code that means failure never gets here: it is an error although it comes with HTTP
    /// 200.
    pub struct Done {
        /// The code, where the service named one for success; usually nothing.
        pub error_code: Option<String>,
        /// Message of the service about the error.
        pub error_msg: Option<String>,
    }
}

/// Output of a download that is sent like other operations: it has no fields. The bytes are read with
/// `Client::download`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Streamed {}

plain! { Streamed {} }

#[cfg(feature = "dynamic")]
crate::types::schema::described! { Streamed => {"type": "object"} }

/// A language by the tag of the ticket service, `zh-cn` where other services write `zh_CN`. Empty text means
/// no language.
pub(crate) struct Tag;

impl FieldCodec<Option<Language>> for Tag {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Language>, D::Error> {
        let tag = Option::<String>::deserialize(deserializer)?;
        Ok(tag.filter(|tag| !tag.is_empty()).map(|tag| Language::of_tag(&tag)))
    }

    fn write<S: Serializer>(language: &Option<Language>, serializer: S) -> Result<S::Ok, S::Error> {
        language.as_ref().map(Language::ticket_tag).serialize(serializer)
    }
}

impl FieldCodec<Language> for Tag {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Language, D::Error> {
        String::deserialize(deserializer).map(|tag| Language::of_tag(&tag))
    }

    fn write<S: Serializer>(language: &Language, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(language.ticket_tag())
    }
}

/// Codec of a field that is declared as one object and shown as a list: one row is written as declared,
/// several as a list.
pub(super) struct OneOrMany;

impl<T: Serialize + DeserializeOwned> FieldCodec<Vec<T>> for OneOrMany {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
        Vec::deserialize(deserializer)
    }

    fn write<S: Serializer>(list: &Vec<T>, serializer: S) -> Result<S::Ok, S::Error> {
        match list.as_slice() {
            [only] => only.serialize(serializer),
            list => list.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{Language, LocalTime, decode_str, decode_with_drift, fields::EmptyAsNone};

    response! {
        /// Row of the test.
        pub struct Row {
            #[name("X-Language")]
            #[with(Tag)]
            pub language: Option<Language>,
            #[with(EmptyAsNone)]
            pub at: Option<LocalTime>,
        }
    }

    #[test]
    fn languages_are_written_with_a_hyphen_and_read_either_way() {
        for (tag, language, written) in [
            ("zh-cn", Language::Chinese, "zh-cn"),
            ("en_US", Language::English, "en-us"),
            ("fr-fr", Language::from("fr-fr"), "fr-fr"),
        ] {
            let row: Row = decode_str(&format!(r#"{{"X-Language":"{tag}"}}"#)).unwrap();
            assert_eq!(row.language, Some(language));
            let json = serde_json::to_string(&row).unwrap();
            assert!(json.contains(&format!(r#""X-Language":"{written}""#)), "{json}");
        }
        assert_eq!(decode_str::<Row>(r#"{"X-Language":""}"#).unwrap().language, None);
    }

    #[test]
    fn what_is_no_time_reads_as_none_and_is_reported() {
        for (json, time) in [
            (r#"{"at":"2020-07-09 00:00:00"}"#, Some("2020-07-09 00:00:00")),
            (r#"{"at":"2019-05-22T03:30:52Z"}"#, Some("2019-05-22 03:30:52")),
            (r#"{"at":"test"}"#, None),
            (r#"{"at":1764008830551}"#, None),
            (r#"{"at":null}"#, None),
            ("{}", None),
        ] {
            let (row, drift) = decode_with_drift::<Row>(json.as_bytes()).unwrap();
            assert_eq!(row.at.map(|at| at.to_string()).as_deref(), time, "{json}");
            let says_something = !json.contains("null") && json.contains("at");
            assert_eq!(drift.len(), usize::from(time.is_none() && says_something), "{json}: {drift:?}");
        }
    }
}
