//! The report as one HTML file with charts in SVG.

use std::fmt::Write as _;

use super::{Section, exact, ordered, referred, sections, sentence, short, shown, text::share};
use crate::{Error, ExactSum, Outcome, Verdict};

/// Differences that are listed; the rest is counted.
const LISTED: usize = 500;

/// The width of a chart's bars in its own units.
const BAR: usize = 460;

/// Bars of a chart.
const BARS: usize = 12;

const STYLE: &str = "
:root{color-scheme:light dark;--ink:#1c2430;--soft:#5b6675;--line:#dfe4ea;--ground:#fff;--panel:#f6f8fa;--bar:#2f6fb3;\
--good:#1a7f4b;--warn:#a15c00;--bad:#b42318}
@media(prefers-color-scheme:dark){:root{--ink:#e6eaf0;--soft:#9aa5b4;--line:#313a46;--ground:#12161c;--panel:#1a2028;\
--bar:#5b9bdc;--good:#4cc38a;--warn:#e0a24a;--bad:#f2776b}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,-apple-system,\"Segoe UI\",\"Noto Sans\",\
\"Noto Sans SC\",sans-serif}
main{max-width:1080px;margin:0 auto;padding:32px 24px 64px}
h1{font-size:26px;margin:0 0 4px}h2{font-size:18px;margin:40px 0 12px}
p{margin:4px 0}.soft{color:var(--soft)}
.verdict{display:inline-block;margin-top:12px;padding:6px 14px;border-radius:6px;border:1px solid currentColor;font-weight:600}
.good{color:var(--good)}.warn{color:var(--warn)}.bad{color:var(--bad)}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(225px,1fr));gap:12px;margin-top:24px}
.card{background:var(--panel);border:1px solid var(--line);border-radius:8px;padding:12px 16px}
.card b{display:block;font-size:20px;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:6px 12px 6px 0;border-bottom:1px solid var(--line);vertical-align:top}
th{font-weight:600;color:var(--soft)}td.n,th.n{text-align:right;white-space:nowrap}
td.id{overflow-wrap:anywhere}
svg{display:block;width:100%;height:auto;max-width:860px}
svg text{fill:var(--ink);font-size:13px}svg .bar{fill:var(--bar)}svg .neg{fill:var(--bad)}svg .soft{fill:var(--soft)}
@media print{main{max-width:none;padding:0}.card,table,svg{break-inside:avoid}}
";

/// The report as HTML.
pub(crate) fn html(outcome: &Outcome) -> Result<String, Error> {
    let mut out = String::with_capacity(64 * 1024);
    let currency = escaped(outcome.totals().currency().unwrap_or_default());
    let (cycle, site) = (outcome.cycle(), escaped(&outcome.site().to_string()));
    let class = match outcome.verdict() {
        Verdict::Agrees => "good",
        Verdict::NotFinal => "warn",
        Verdict::Differs | Verdict::Incomplete => "bad",
    };
    // Writing into a String cannot fail.
    let _ = write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>Month end {cycle}</title><style>{STYLE}</style></head><body><main>\
         <h1>Month end {cycle}</h1>\
         <p class=\"soft\">Site {site}, closed at {}. Amounts in {currency}, rounded to cents here; files and \
         differences keep every digit.</p>\
         <p class=\"verdict {class}\">The month {}. {}</p>",
        outcome.closed_at(),
        outcome.verdict(),
        escaped(&sentence(outcome))
    );
    cards(&mut out, outcome, &currency)?;
    for section in sections(outcome)? {
        write_section(&mut out, &section)?;
    }
    differences(&mut out, outcome);
    invoices(&mut out, outcome)?;
    funding(&mut out, outcome)?;
    evidence(&mut out, outcome);
    out.push_str("</main></body></html>\n");
    Ok(out)
}

fn cards(out: &mut String, outcome: &Outcome, currency: &str) -> Result<(), Error> {
    let all = outcome.total();
    let cards = [
        ("Billed", &all.billed),
        ("Consumption", &all.consumption),
        ("Refunds", &all.refunds),
        ("Adjustments", &all.adjustments),
        ("List price", &all.list),
        ("Discounts", &all.discount),
    ];
    out.push_str("<div class=\"cards\">");
    // Files that state neither have no list price and no discounts, which is not zero.
    let stated = |name: &str, sum: &ExactSum| !matches!(name, "List price" | "Discounts") || !sum.is_zero();
    for (name, sum) in cards.into_iter().filter(|(name, sum)| stated(name, sum)) {
        let _ = write!(
            out,
            "<div class=\"card\"><span class=\"soft\">{name}</span><b>{} {currency}</b></div>",
            shown(sum)?
        );
    }
    let referred = referred(outcome)?;
    if !referred.is_zero() {
        let _ = write!(
            out,
            "<div class=\"card\"><span class=\"soft\">Billed to referral customers</span><b>{} {currency}</b></div>",
            shown(&referred)?
        );
    }
    let _ = write!(
        out,
        "<div class=\"card\"><span class=\"soft\">Charges</span><b>{}</b></div>\
         <div class=\"card\"><span class=\"soft\">Customers</span><b>{}</b></div></div>",
        super::grouped(&all.rows.to_string()),
        super::grouped(&outcome.completeness().customers_read.to_string())
    );
    Ok(())
}

fn write_section(out: &mut String, section: &Section) -> Result<(), Error> {
    let _ = write!(out, "<section><h2>{}</h2>", section.title);
    chart(out, section)?;
    out.push_str(
        "<details><summary class=\"soft\">As a table</summary><div class=\"scroll\"><table><thead><tr><th>Name</th>\
         <th class=\"n\">Charges</th><th class=\"n\">List price</th><th class=\"n\">Billed</th></tr></thead><tbody>",
    );
    for (name, sums) in &section.rows {
        let _ = write!(
            out,
            "<tr><td class=\"id\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
            escaped(short(name)),
            super::grouped(&sums.rows.to_string()),
            shown(&sums.list)?,
            shown(&sums.billed)?
        );
    }
    out.push_str("</tbody></table></div></details></section>");
    Ok(())
}

/// Bars of the largest rows.
fn chart(out: &mut String, section: &Section) -> Result<(), Error> {
    let rows: Vec<_> = section.rows.iter().take(BARS).collect();
    let size = |amount: huaweicloud_partner::types::Amount| amount.abs().as_decimal();
    let largest =
        rows.iter().filter_map(|(_, sums)| sums.billed.amount()).map(size).max().unwrap_or_default();
    let height = rows.len() * 28 + 8;
    let _ = write!(
        out,
        "<svg viewBox=\"0 0 860 {height}\" role=\"img\" aria-label=\"{}: billed amounts\">",
        section.title
    );
    for (place, (name, sums)) in rows.iter().enumerate() {
        let (y, amount) = (place * 28 + 4, sums.billed.amount().unwrap_or_default());
        let width = if largest.is_zero() { 0 } else { share(size(amount), largest, BAR).max(1) };
        let class = if amount.is_negative() { "neg" } else { "bar" };
        let _ = write!(
            out,
            "<text x=\"212\" y=\"{}\" text-anchor=\"end\">{}</text>\
             <rect class=\"{class}\" x=\"222\" y=\"{y}\" width=\"{width}\" height=\"20\" rx=\"3\"/>\
             <text class=\"soft\" x=\"{}\" y=\"{}\">{}</text>",
            y + 15,
            escaped(&clipped(short(name), 30)),
            222 + width + 8,
            y + 15,
            shown(&sums.billed)?
        );
    }
    out.push_str("</svg>");
    let hidden = section.rows.len().saturating_sub(BARS) + section.others.saturating_sub(1);
    if section.rows.len() > BARS {
        let place =
            if section.others > 0 { "the table has the next largest of them" } else { "the table has all" };
        let _ = write!(out, "<p class=\"soft\">{hidden} more; {place}.</p>");
    }
    Ok(())
}

fn invoices(out: &mut String, outcome: &Outcome) -> Result<(), Error> {
    let lines = outcome.invoice_lines();
    if lines.is_empty() {
        return Ok(());
    }
    out.push_str(
        "<section><h2>Own invoices</h2><div class=\"scroll\"><table><thead><tr><th>Reseller</th><th>Customer</th>\
         <th>Service</th><th class=\"n\">Charges</th><th class=\"n\">Cost</th><th class=\"n\">Price</th></tr></thead><tbody>",
    );
    for line in lines.iter().take(LISTED) {
        let _ = write!(
            out,
            "<tr><td class=\"id\">{}</td><td class=\"id\">{}</td><td>{}</td><td class=\"n\">{}</td>\
             <td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
            escaped(line.reseller.as_deref().unwrap_or("own customers")),
            escaped(&line.customer),
            escaped(short(line.service.as_deref().unwrap_or_default())),
            super::grouped(&line.charges.to_string()),
            exact(line.cost),
            exact(line.price)
        );
    }
    let (charges, cost, price) = super::invoiced(lines)?;
    let _ = write!(
        out,
        "<tr><td><b>All lines</b></td><td></td><td></td><td class=\"n\">{}</td><td class=\"n\">{}</td>\
         <td class=\"n\"><b>{}</b></td></tr></tbody></table></div>",
        super::grouped(&charges.to_string()),
        exact(cost),
        exact(price)
    );
    more(out, lines.len());
    if outcome.unpriced() > 0 {
        let _ = write!(out, "<p class=\"warn\">{} charges have no price.</p>", outcome.unpriced());
    }
    out.push_str("</section>");
    Ok(())
}

/// Says that there are more rows than a table shows.
fn more(out: &mut String, rows: usize) {
    if rows > LISTED {
        let _ = write!(out, "<p class=\"soft\">{} more.</p>", rows - LISTED);
    }
}

fn differences(out: &mut String, outcome: &Outcome) {
    let all = ordered(outcome.differences());
    out.push_str("<section><h2>Differences</h2>");
    if all.is_empty() {
        out.push_str("<p>None.</p></section>");
        return;
    }
    out.push_str(
        "<div class=\"scroll\"><table><thead><tr><th>Compared</th><th>Scope</th><th class=\"n\">Charged</th>\
         <th class=\"n\">Compared with</th><th class=\"n\">Difference</th><th>Cause</th></tr></thead><tbody>",
    );
    for difference in all.iter().take(LISTED) {
        let side = |money: &Option<huaweicloud_partner::types::Money>| {
            money.as_ref().map_or_else(|| "–".to_owned(), |money| exact(money.amount))
        };
        let _ = write!(
            out,
            "<tr><td>{}</td><td class=\"id\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td>",
            difference.check.title(),
            escaped(&difference.scope.to_string()),
            side(&difference.charged),
            side(&difference.compared),
            exact(difference.difference.amount)
        );
        for (cause, money) in &difference.causes {
            let class = if *cause == crate::reconcile::Cause::Unexplained { "bad" } else { "soft" };
            let _ = write!(out, "<p class=\"{class}\">{}: {}</p>", exact(money.amount), cause.explanation());
        }
        out.push_str("</td></tr>");
    }
    out.push_str("</tbody></table></div>");
    more(out, all.len());
    out.push_str("</section>");
}

fn funding(out: &mut String, outcome: &Outcome) -> Result<(), Error> {
    let rows = &outcome.reference().funding;
    if rows.is_empty() {
        return Ok(());
    }
    out.push_str(
        "<section><h2>Money granted during the month</h2><p class=\"soft\">Beside the charges, not compared with them: what \
         was paid may have been granted earlier.</p><div class=\"scroll\"><table><thead><tr><th>By</th><th>To</th>\
         <th class=\"n\">Granted</th><th class=\"n\">Taken back</th></tr></thead><tbody>",
    );
    for row in rows.iter().take(LISTED) {
        let _ = write!(
            out,
            "<tr><td class=\"id\">{}</td><td class=\"id\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
            escaped(row.reseller.as_deref().unwrap_or("the partner")),
            escaped(&row.receiver),
            shown(&row.granted)?,
            shown(&row.reclaimed)?
        );
    }
    out.push_str("</tbody></table></div>");
    more(out, rows.len());
    out.push_str("</section>");
    Ok(())
}

fn evidence(out: &mut String, outcome: &Outcome) {
    let found = outcome.completeness();
    let grouped = |number: u64| super::grouped(&number.to_string());
    let _ = write!(
        out,
        "<section><h2>Completeness</h2><p>{} of {} customers and {} of {} announced rows were read, \
         customers of {} resellers included.</p>",
        grouped(found.customers_read),
        grouped(found.customers_listed),
        grouped(found.rows),
        grouped(found.rows_announced),
        grouped(found.resellers)
    );
    for gap in &found.gaps {
        let _ = write!(out, "<p class=\"bad\">{}</p>", escaped(&gap.to_string()));
    }
    for file in outcome.statements() {
        let _ = write!(
            out,
            "<p class=\"soft\">{}: {} CSV files, {} rows, {} bad rows, {} values that could not be read</p>",
            escaped(&file.file),
            file.members.len(),
            grouped(file.rows),
            grouped(file.bad_rows),
            grouped(file.unreadable_values)
        );
        if !file.ignored_members.is_empty() {
            let _ = write!(
                out,
                "<p class=\"soft\">Not CSV, and left out: {}</p>",
                escaped(&file.ignored_members.join(", "))
            );
        }
    }
    out.push_str("</section>");
}

/// Text with the marks of HTML written out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

fn clipped(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut clipped: String = text.chars().take(most - 1).collect();
    clipped.push('…');
    clipped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_others_cannot_become_html() {
        assert_eq!(escaped("<script>'\"&"), "&lt;script&gt;&#39;&quot;&amp;");
        assert_eq!(clipped("abcdef", 4), "abc…");
    }
}
