//! What has to be known about formats.

/// What an amount calls itself to the deserializer of responses, which then hands over the number's own text.
pub(super) const NUMBER: &str = "huaweicloud_partner::Number";

/// Whether a format with this error guesses a field's type from its text, so that a long amount would arrive as a float and
/// a code without its leading zeros. Among the usual formats only CSV does.
pub(super) fn guesses_types<E>() -> bool {
    std::any::type_name::<E>().starts_with("csv")
}

/// What a code calls itself to the deserializer of responses, which then calls `visit_seq` with one element, the code, and takes note
/// of an unknown code where a second element is asked for.
pub(super) const CODE: &str = "huaweicloud_partner::Code";

/// Whether a deserializer is the one of responses, known by its name so that the types it reads do not depend on it.
pub(super) fn is_response<D>() -> bool {
    std::any::type_name::<D>().starts_with("huaweicloud_partner::types::lenient::Lenient")
}
