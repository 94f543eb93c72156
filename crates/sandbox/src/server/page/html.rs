//! The parts that pages are made of. Text never becomes markup.

use std::fmt::{self, Display, Write as _};

use super::{link::Link, query::Query};
use huaweicloud_partner::types::Amount;

/// The number of rows of one table.
pub(super) const ROWS: usize = 100;

/// The colour of a badge.
#[derive(Clone, Copy, Debug)]
pub(super) enum Tone {
    Good,
    Waiting,
    Bad,
    Plain,
}

impl Tone {
    const fn class(self) -> &'static str {
        match self {
            Self::Good => "badge good",
            Self::Waiting => "badge waiting",
            Self::Bad => "badge bad",
            Self::Plain => "badge",
        }
    }
}

/// Content of one cell of a table.
#[derive(Clone, Debug)]
pub(super) enum Cell {
    Text(String),
    Code(String),
    Number(String),
    Time(String),
    Link(Link, String),
    Badge(Tone, String),
}

impl Cell {
    pub(super) fn text(text: impl Display) -> Self {
        Self::Text(text.to_string())
    }

    pub(super) fn code(text: impl Display) -> Self {
        Self::Code(text.to_string())
    }

    pub(super) fn number(number: impl Display) -> Self {
        Self::Number(number.to_string())
    }

    /// An amount with at least two decimals, and no more than it has.
    pub(super) fn amount(amount: Amount) -> Self {
        let text = amount.to_string();
        let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
        Self::Number(format!("{whole}.{:0<2}", decimals.trim_end_matches('0')))
    }

    /// A link to an account; nothing where none is named.
    pub(super) fn account(id: &str) -> Self {
        Self::to("account", id)
    }

    /// A link to one thing of a view, by its id; nothing where there is none.
    pub(super) fn to(view: &str, id: &str) -> Self {
        if id.is_empty() {
            Self::Text(String::new())
        } else {
            Self::Link(Link::to(view, &[("id", id)]), id.to_owned())
        }
    }

    /// A time as a person reads it, in UTC.
    pub(super) fn time(time: impl Display) -> Self {
        Self::Time(readable(time))
    }

    pub(super) fn when(time: Option<impl Display>) -> Self {
        Self::Time(time.map(readable).unwrap_or_default())
    }

    fn is_empty(&self) -> bool {
        let (Self::Text(text)
        | Self::Code(text)
        | Self::Number(text)
        | Self::Time(text)
        | Self::Link(_, text)
        | Self::Badge(_, text)) = self;
        text.is_empty()
    }
}

/// A time without the marks that only programs need.
pub(super) fn readable(time: impl Display) -> String {
    time.to_string().replace('T', " ").trim_end_matches('Z').to_owned()
}

/// The rows of one page of a table, and how many there are in all.
pub(super) struct Listed {
    rows: Vec<Vec<Cell>>,
    total: usize,
}

impl Listed {
    /// The rows of the page that a query asks for; only these are made.
    pub(super) fn of<R>(
        query: &Query,
        rows: impl IntoIterator<Item = R>,
        make: impl FnMut(R) -> Vec<Cell>,
    ) -> Self {
        Self::part(query.from, ROWS, rows, make)
    }

    /// The first rows.
    pub(super) fn first<R>(
        most: usize,
        rows: impl IntoIterator<Item = R>,
        make: impl FnMut(R) -> Vec<Cell>,
    ) -> Self {
        Self::part(0, most, rows, make)
    }

    /// Rows that were counted and cut elsewhere.
    pub(super) fn whole(rows: Vec<Vec<Cell>>, total: usize) -> Self {
        Self { rows, total }
    }

    fn part<R>(
        from: usize,
        most: usize,
        all: impl IntoIterator<Item = R>,
        mut make: impl FnMut(R) -> Vec<Cell>,
    ) -> Self {
        let wanted = from..from.saturating_add(most);
        let (mut total, mut rows) = (0, Vec::new());
        for row in all {
            if wanted.contains(&total) {
                rows.push(make(row));
            }
            total += 1;
        }
        Self { rows, total }
    }
}

/// A page that is being written.
#[derive(Debug, Default)]
pub(super) struct Html(String);

impl Html {
    /// Markup of the program's own.
    pub(super) fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Text, whatever is in it.
    pub(super) fn text(&mut self, text: impl Display) -> &mut Self {
        // Writing to a string does not fail.
        let _ = write!(Escaping(&mut self.0), "{text}");
        self
    }

    pub(super) fn link(&mut self, to: &Link, text: impl Display) -> &mut Self {
        self.raw("<a href=\"").text(to).raw("\">").text(text).raw("</a>")
    }

    pub(super) fn heading(&mut self, id: &'static str, text: impl Display) -> &mut Self {
        self.raw("<h2 id=\"").raw(id).raw("\">").text(text).raw("</h2>")
    }

    pub(super) fn note(&mut self, text: impl Display) -> &mut Self {
        self.raw("<p class=\"note\">").text(text).raw("</p>")
    }

    /// Text in lines, as it is.
    pub(super) fn block(&mut self, text: impl Display) -> &mut Self {
        self.raw("<pre>").text(text).raw("</pre>")
    }

    fn cell(&mut self, cell: &Cell) {
        match cell {
            Cell::Text(text) => self.raw("<td>").text(text),
            Cell::Code(text) => self.raw("<td><code>").text(text).raw("</code>"),
            Cell::Number(text) => self.raw("<td class=\"n\">").text(text),
            Cell::Time(text) => self.raw("<td class=\"t\">").text(text),
            Cell::Link(to, text) => self.raw("<td><code>").link(to, text).raw("</code>"),
            Cell::Badge(tone, text) => {
                self.raw("<td><span class=\"").raw(tone.class()).raw("\">").text(text).raw("</span>")
            }
        };
    }

    /// A table, with what is said in place of one without rows.
    pub(super) fn table(
        &mut self,
        columns: &[&'static str],
        listed: &Listed,
        none: &'static str,
    ) -> &mut Self {
        if listed.rows.is_empty() && listed.total == 0 {
            return self.raw("<p class=\"none\">").raw(none).raw("</p>");
        }
        self.raw("<div class=\"table\"><table><thead><tr>");
        for (index, column) in columns.iter().enumerate() {
            let numbers = listed.rows.first().and_then(|row| row.get(index));
            let open = if matches!(numbers, Some(Cell::Number(_))) { "<th class=\"n\">" } else { "<th>" };
            self.raw(open).raw(column);
        }
        self.raw("<tbody>");
        for row in &listed.rows {
            self.raw("<tr>");
            row.iter().for_each(|cell| self.cell(cell));
        }
        self.raw("</table></div>")
    }

    /// Links to the pages before and after, where not all rows are on one.
    pub(super) fn pages(&mut self, query: &Query, listed: &Listed) -> &mut Self {
        if listed.total <= ROWS && query.from == 0 {
            return self;
        }
        let last = query.from.saturating_add(listed.rows.len());
        self.raw("<p class=\"pages\">");
        if query.from > 0 {
            self.link(&query.at(query.from.saturating_sub(ROWS)), "Previous").raw(" ");
        }
        self.text(format!("{} to {last} of {}", query.from.saturating_add(1).min(last), listed.total));
        if last < listed.total {
            self.raw(" ").link(&query.at(last), "Next");
        }
        self.raw("</p>")
    }

    /// The first rows of a view with a link to all of them.
    pub(super) fn more(&mut self, listed: &Listed, all: &Link) -> &mut Self {
        if listed.total > listed.rows.len() {
            self.raw("<p class=\"pages\">").link(all, format!("All {}", listed.total)).raw("</p>");
        }
        self
    }

    /// Names with values; those without a value are left out.
    pub(super) fn facts(&mut self, facts: &[(&'static str, Cell)]) -> &mut Self {
        self.raw("<div class=\"table\"><table class=\"facts\">");
        for (name, value) in facts.iter().filter(|(_, value)| !value.is_empty()) {
            self.raw("<tr><th>").raw(name);
            match value {
                // Alone in its column, a number stands beside its name.
                Cell::Number(number) => drop(self.raw("<td>").text(number)),
                other => self.cell(other),
            }
        }
        self.raw("</table></div>")
    }

    /// A field that filters the rows of a view.
    pub(super) fn search(&mut self, view: &'static str, query: &Query) -> &mut Self {
        self.raw("<form class=\"search\" action=\"/\"><input type=\"hidden\" name=\"view\" value=\"")
            .raw(view)
            .raw("\"><input type=\"search\" name=\"find\" placeholder=\"Find an id or a name\" value=\"")
            .text(&query.find)
            .raw("\"><button>Find</button></form>")
    }

    pub(super) fn finish(self) -> String {
        self.0
    }
}

/// Writes text into markup.
struct Escaping<'h>(&'h mut String);

impl fmt::Write for Escaping<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for c in text.chars() {
            match c {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                c => self.0.push(c),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_two_decimals_or_as_many_as_they_need() {
        for (amount, shown) in [("5", "5.00"), ("5.4", "5.40"), ("0.000", "0.00"), ("-2.0160", "-2.016")] {
            let cell = Cell::amount(amount.parse().unwrap());
            assert!(matches!(&cell, Cell::Number(text) if text == shown), "{cell:?}");
        }
    }

    #[test]
    fn text_and_links_cannot_become_markup() {
        let mut html = Html::default();
        let link = Link::to("account", &[("id", "a\"&<b>' c"), ("find", "")]);
        html.link(&link, "<i>&");
        assert_eq!(html.finish(), "<a href=\"/?view=account&amp;id=a%22%26%3Cb%3E%27+c\">&lt;i&gt;&amp;</a>");
    }
}
