//! Addresses within the page.

use std::fmt::{self, Display};

/// An address within the page: a view with parameters.
#[derive(Clone, Debug)]
pub(super) struct Link(String);

impl Link {
    pub(super) fn to(view: &str, parameters: &[(&str, &str)]) -> Self {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        if !view.is_empty() {
            query.append_pair("view", view);
        }
        query.extend_pairs(parameters.iter().filter(|(_, value)| !value.is_empty()));
        let query = query.finish();
        Self(if query.is_empty() { "/".to_owned() } else { format!("/?{query}") })
    }
}

impl Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
