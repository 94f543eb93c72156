//! Lists as iterators.

use std::sync::Arc;

use futures_util::StreamExt as _;

use super::Executor;
use crate::{
    client::{self, ListCursor, Response},
    error::Error,
    operation::Paged,
};

macro_rules! list {
    ($(#[$docs:meta])* $name:ident, $item:ty) => {
        $(#[$docs])*
        #[derive(Debug)]
        #[must_use = "iterators do nothing unless consumed"]
        pub struct $name<O: Paged> {
            executor: Arc<Executor>,
            stream: client::$name<O>,
        }

        impl<O: Paged> $name<O> {
            pub(super) fn new(executor: Arc<Executor>, stream: client::$name<O>) -> Self {
                Self { executor, stream }
            }

            /// Continues to the end of a list that changes while it is read, as
            /// [`client::Pages::allow_changes`] does.
            pub fn allow_changes(mut self) -> Self {
                self.stream = self.stream.allow_changes();
                self
            }

            /// Begins at the position of an earlier iterator or stream, from its `cursor`.
            pub fn resume(mut self, cursor: ListCursor) -> Self {
                self.stream = self.stream.resume(cursor);
                self
            }

            /// Returns the position after what was delivered, to be stored and resumed from.
            pub fn cursor(&self) -> ListCursor {
                self.stream.cursor()
            }
        }

        impl<O: Paged> Iterator for $name<O> {
            type Item = Result<$item, Error>;

            fn next(&mut self) -> Option<Self::Item> {
                self.executor.block_on(self.stream.next())
            }
        }
    };
}

list! {
    /// The rows of a list, as an iterator. Created by [`Client::items`](super::Client::items); see
    /// [`client::Items`] for how it reads.
    Items, O::Item
}

list! {
    /// The pages of a list, as an iterator. Created by [`Client::pages`](super::Client::pages); see
    /// [`client::Pages`] for how it reads.
    Pages, Response<O::Output>
}
