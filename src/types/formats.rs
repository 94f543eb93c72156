//! Knowledge about formats.

/// Name by which an amount identifies itself to the deserializer of responses, which then hands over the
/// number's own text.
pub(super) const NUMBER: &str = "huaweicloud_partner::Number";

/// Whether a format guesses a field's type from its text, so that a long amount would arrive as a float and a code without
/// its leading zeros. Among the usual formats only CSV does. What serde has buffered, for a flattened struct, is past that: it
/// is a value of the type that was guessed.
pub(super) fn guesses_types<'de, D: serde::Deserializer<'de>>() -> bool {
    let name = std::any::type_name::<D>();
    std::any::type_name::<D::Error>().starts_with("csv") && !name.trim_start_matches('&').starts_with("serde")
}

/// Name by which a code identifies itself to the deserializer of responses, which then calls `visit_seq` with
/// one element, the code, and records an unknown code if a second element is requested.
pub(crate) const CODE: &str = "huaweicloud_partner::Code";

/// Whether a deserializer is the one of responses, known by its name so that the types it reads do not depend on it.
pub(crate) fn is_response<D>() -> bool {
    std::any::type_name::<D>().starts_with("huaweicloud_partner::types::lenient::Lenient")
}

/// The hint of a [`MapAccess`](serde::de::MapAccess) that can go on after a value that could not be read: the next value that is asked for
/// stands for the one that failed.
pub(super) const CAN_GO_ON: usize = usize::MAX;
