//! Operations whose response is one page of a list.

use std::borrow::Cow;

use super::Operation;
use crate::types::{Given, plain::variants};

/// Operation that returns a list page by page.
pub trait Paged: Operation + Clone {
    /// Type of one row.
    type Item: Send;

    /// The rows of a page.
    fn items(output: &Self::Output) -> &[Self::Item];

    /// The rows of a page, taken out of it.
    fn into_items(output: Self::Output) -> Vec<Self::Item>;

    /// Returns the number of rows of the whole list, if the page states it.
    fn total(output: &Self::Output) -> Option<u64>;

    /// The marker of the page after this one, for lists read by marker.
    fn next_marker(output: &Self::Output) -> Option<String> {
        let _ = output;
        None
    }

    /// Returns the key that distinguishes a row from all others of the list, such as its id; `None` where
    /// rows have none. A row whose key came with an earlier page counts as the same row, so the key must be
    /// unique in the list.
    fn row_key(item: &Self::Item) -> Option<Cow<'_, str>> {
        let _ = item;
        None
    }

    /// The page size that was asked for.
    fn page_size(&self) -> Option<u32>;

    /// Returns the position at which the request begins to read, if it states one.
    fn position(&self) -> Option<Position>;

    /// The same request for another page.
    #[must_use]
    fn at(self, position: &Position, page_size: u32) -> Self;
}

/// Position in a list at which a page begins. It can be stored, and reading continued from it later.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Position {
    /// Position after this number of rows.
    Row(u32),
    /// At the page of this number, from 1.
    Page(u32),
    /// At the beginning, or where this marker says.
    Marker(Option<String>),
}

variants! { Position { Row() = "row", Page() = "page", Marker() = "marker" } }

/// The key that a field of a row is; none where it is empty.
#[doc(hidden)]
pub fn key_of(field: &impl Given) -> Option<Cow<'_, str>> {
    field.text().filter(|key| !key.trim().is_empty()).map(Cow::Borrowed)
}

/// Implements [`Paged`] for a request with the usual two fields.
///
/// `paged!(ListResellers => resellers: Reseller, total count)` for `offset` and `limit`, counted in rows or pages as
/// META says; `total` names the field of the response and may be wrapped in `Option`.
/// `paged!(marker ListSpecs => specs: Spec, next |page| …)` for lists read by marker.
#[doc(hidden)]
#[macro_export]
macro_rules! __paged_impl {
    ($request:ty => $items:ident: $item:ty, total $total:ident) => {
        $crate::__paged_impl!($request => $items: $item, total $total, offset, limit);
    };
    ($request:ty => $items:ident: $item:ty, total $total:ident, $offset:ident, $limit:ident $(, key $key:ident)?) => {
        impl $crate::operation::Paged for $request {
            type Item = $item;

            #[inline]
            fn items(output: &Self::Output) -> &[Self::Item] {
                &output.$items
            }

            #[inline]
            fn into_items(output: Self::Output) -> Vec<Self::Item> {
                output.$items
            }

            #[inline]
            fn total(output: &Self::Output) -> Option<u64> {
                output.$total.into()
            }

            $(
                #[inline]
                fn row_key(item: &Self::Item) -> Option<::std::borrow::Cow<'_, str>> {
                    $crate::operation::key_of(&item.$key)
                }
            )?

            #[inline]
            fn page_size(&self) -> Option<u32> {
                self.$limit.into()
            }

            #[inline]
            fn position(&self) -> Option<$crate::operation::Position> {
                let offset: Option<u32> = self.$offset.into();
                match <Self as $crate::operation::Operation>::META.paging.map(|paging| paging.style) {
                    Some($crate::operation::PagingStyle::Pages) => offset.map($crate::operation::Position::Page),
                    _ => offset.map($crate::operation::Position::Row),
                }
            }

            #[inline]
            fn at(mut self, position: &$crate::operation::Position, page_size: u32) -> Self {
                if let $crate::operation::Position::Row(offset) | $crate::operation::Position::Page(offset) = position {
                    self.$offset = (*offset).into();
                }
                self.$limit = page_size.into();
                self
            }
        }
    };
    (marker $request:ty => $items:ident: $item:ty, next $next:expr) => {
        impl $crate::operation::Paged for $request {
            type Item = $item;

            #[inline]
            fn items(output: &Self::Output) -> &[Self::Item] {
                &output.$items
            }

            #[inline]
            fn into_items(output: Self::Output) -> Vec<Self::Item> {
                output.$items
            }

            #[inline]
            fn total(_output: &Self::Output) -> Option<u64> {
                None
            }

            #[inline]
            fn next_marker(output: &Self::Output) -> Option<String> {
                let next: fn(&Self::Output) -> Option<String> = $next;
                next(output)
            }

            #[inline]
            fn page_size(&self) -> Option<u32> {
                self.limit
            }

            #[inline]
            fn position(&self) -> Option<$crate::operation::Position> {
                self.marker.clone().map(|marker| $crate::operation::Position::Marker(Some(marker)))
            }

            #[inline]
            fn at(mut self, position: &$crate::operation::Position, page_size: u32) -> Self {
                if let $crate::operation::Position::Marker(marker) = position {
                    self.marker = marker.clone();
                }
                self.limit = Some(page_size);
                self
            }
        }
    };
}
