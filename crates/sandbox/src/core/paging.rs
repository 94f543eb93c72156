//! Pages of lists.

/// Returns the number of rows, and those of one page, each made only if it is on the page.
pub(crate) fn page<R, T>(
    rows: impl IntoIterator<Item = R>,
    offset: Option<u32>,
    limit: Option<u32>,
    make: impl Fn(R) -> T,
) -> (Option<u64>, Vec<T>) {
    let begin = offset.unwrap_or(0) as usize;
    let end = begin.saturating_add(limit.unwrap_or(10) as usize);
    let (mut total, mut page) = (0, Vec::new());
    for row in rows {
        if (begin..end).contains(&total) {
            page.push(make(row));
        }
        total += 1;
    }
    (Some(total as u64), page)
}
