//! Views of arguments' values for the constraints of a declaration.

use super::{Personal, Secret};

/// A text or a code as an argument. Absent values have no text and count as documented.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not text, so `len`, `form`, `filled`, `one_of`, `known` and `each` cannot constrain it",
    note = "numbers have `range`, amounts have `money`, lists have `count`"
)]
pub trait Given {
    /// The text, where there is one.
    fn text(&self) -> Option<&str>;

    /// False for a code that this version does not know.
    fn is_documented(&self) -> bool {
        true
    }
}

/// Implements [`Given`] by a function to the text.
macro_rules! given {
    ($($name:ty => $get:expr),* $(,)?) => {$(
        impl $crate::types::Given for $name {
            #[inline]
            fn text(&self) -> Option<&str> {
                let get: fn(&Self) -> &str = $get;
                Some(get(self))
            }
        }
    )*};
}

pub(crate) use given;

given! {
    String => String::as_str,
    &str => |text| text,
    Personal => Personal::expose,
    Secret => Secret::expose,
}

impl<T: Given> Given for Option<T> {
    fn text(&self) -> Option<&str> {
        self.as_ref().and_then(Given::text)
    }

    fn is_documented(&self) -> bool {
        self.as_ref().is_none_or(Given::is_documented)
    }
}

impl<T: Given> Given for Vec<T> {
    fn text(&self) -> Option<&str> {
        None
    }

    fn is_documented(&self) -> bool {
        self.iter().all(Given::is_documented)
    }
}
