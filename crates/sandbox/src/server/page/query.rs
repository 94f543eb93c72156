//! Query of a page.

use super::link::Link;

/// A view of the page with what it is about.
#[derive(Clone, Debug, Default)]
pub(super) struct Query {
    /// The name of the view; empty for the overview.
    pub(super) view: String,
    /// Id of one object of the view.
    pub(super) id: String,
    /// Only rows that have this in an id or a name.
    pub(super) find: String,
    /// The month of bills.
    pub(super) cycle: String,
    /// Number of rows before the page.
    pub(super) from: usize,
    /// Number of seconds after which the browser asks again; never for 0.
    pub(super) refresh: u32,
}

impl Query {
    pub(super) fn read(query: &str) -> Self {
        let mut read = Self::default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match name.as_ref() {
                "view" => read.view = value.into_owned(),
                "id" => read.id = value.into_owned(),
                "find" => read.find = value.trim().to_owned(),
                "cycle" => read.cycle = value.into_owned(),
                "from" => read.from = value.parse().unwrap_or(0),
                "refresh" => read.refresh = value.parse().unwrap_or(0).min(3600),
                _ => {}
            }
        }
        read
    }

    /// The same view from another row on.
    pub(super) fn at(&self, from: usize) -> Link {
        self.link(from, self.refresh)
    }

    /// The same page, which the browser asks for again after this many seconds.
    pub(super) fn refreshed(&self, seconds: u32) -> Link {
        self.link(self.from, seconds)
    }

    fn link(&self, from: usize, refresh: u32) -> Link {
        let number = |number: usize| if number == 0 { String::new() } else { number.to_string() };
        let refresh = number(refresh as usize);
        Link::to(
            &self.view,
            &[
                ("id", &self.id),
                ("find", &self.find),
                ("cycle", &self.cycle),
                ("from", &number(from)),
                ("refresh", &refresh),
            ],
        )
    }

    /// Whether one of these texts has what is searched for, whatever the case of its letters.
    pub(super) fn finds(&self, texts: &[&str]) -> bool {
        if self.find.is_empty() {
            return true;
        }
        let wanted = self.find.to_lowercase();
        texts.iter().any(|text| text.to_lowercase().contains(&wanted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_keeps_its_parts_in_links_and_odd_ones_are_harmless() {
        let query = Query::read("view=orders&find=+CS&from=200&refresh=5&colour=red&from=x");
        assert_eq!((query.from, query.refresh), (0, 5));
        assert_eq!(query.at(100).to_string(), "/?view=orders&find=CS&from=100&refresh=5");
        assert_eq!(query.refreshed(0).to_string(), "/?view=orders&find=CS");
        assert!(query.finds(&["x", "ocs"]) && !query.finds(&["x"]));
        assert_eq!(Query::read("refresh=99999").refresh, 3600);
    }
}
