//! Knowledge about formats other than JSON.

/// Whether a format with this error guesses a field's type from its text, so that a long amount would arrive as a float and
/// a code without its leading zeros. Among the usual formats only CSV does.
pub(super) fn guesses_types<E>() -> bool {
    std::any::type_name::<E>().starts_with("csv")
}
