//! A limit on the number of attempts that are under way at once.

use std::{
    collections::VecDeque,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

/// A number of places that are taken in the order in which they were asked for.
#[derive(Clone, Debug)]
pub(super) struct ConcurrencyLimit(Arc<Mutex<Places>>);

#[derive(Debug)]
struct Places {
    free: usize,
    /// The callers that wait, in their order.
    waiting: VecDeque<(u64, Waker)>,
    numbers: u64,
}

impl ConcurrencyLimit {
    pub(super) fn new(places: usize) -> Self {
        Self(Arc::new(Mutex::new(Places { free: places.max(1), waiting: VecDeque::new(), numbers: 0 })))
    }

    /// Waits for a place.
    pub(super) fn acquire(&self) -> Acquire {
        Acquire { limit: self.clone(), number: None }
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Places {
    fn wake_first(&self) {
        if self.free > 0
            && let Some((_, waker)) = self.waiting.front()
        {
            waker.wake_by_ref();
        }
    }
}

/// A place, which becomes free when this is dropped.
#[derive(Debug)]
pub(super) struct Place(ConcurrencyLimit);

impl Drop for Place {
    fn drop(&mut self) {
        let mut places = self.0.places();
        places.free += 1;
        places.wake_first();
    }
}

/// A wait for a place.
#[derive(Debug)]
pub(super) struct Acquire {
    limit: ConcurrencyLimit,
    /// The number of this in the queue, while it waits.
    number: Option<u64>,
}

impl Future for Acquire {
    type Output = Place;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Place> {
        let this = self.get_mut();
        let mut places = this.limit.places();
        let is_next = match (this.number, places.waiting.front()) {
            (_, None) => true,
            (Some(own), Some((first, _))) => own == *first,
            (None, Some(_)) => false,
        };
        if is_next && places.free > 0 {
            places.free -= 1;
            if this.number.take().is_some() {
                places.waiting.pop_front();
            }
            places.wake_first();
            drop(places);
            return Poll::Ready(Place(this.limit.clone()));
        }
        let waker = context.waker().clone();
        match this.number {
            Some(own) => {
                if let Some((_, kept)) = places.waiting.iter_mut().find(|(number, _)| *number == own) {
                    *kept = waker;
                }
            }
            None => {
                places.numbers += 1;
                let number = places.numbers;
                places.waiting.push_back((number, waker));
                drop(places);
                this.number = Some(number);
            }
        }
        Poll::Pending
    }
}

impl Drop for Acquire {
    fn drop(&mut self) {
        if let Some(own) = self.number {
            let mut places = self.limit.places();
            places.waiting.retain(|(number, _)| *number != own);
            places.wake_first();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    #[test]
    fn places_are_given_in_order_and_given_back() {
        let limit = ConcurrencyLimit::new(1);
        let first = limit.acquire().now_or_never().unwrap();
        let mut context = Context::from_waker(Waker::noop());
        let (mut second, mut third, mut fourth) = (limit.acquire(), limit.acquire(), limit.acquire());
        assert!(second.poll_unpin(&mut context).is_pending());
        assert!(third.poll_unpin(&mut context).is_pending());
        assert!(fourth.poll_unpin(&mut context).is_pending());
        drop(first);
        assert!(third.poll_unpin(&mut context).is_pending(), "the second comes first");
        drop(second);
        let Poll::Ready(place) = third.poll_unpin(&mut context) else { panic!("the second gave up") };
        assert!(fourth.poll_unpin(&mut context).is_pending());
        drop(place);
        assert!(limit.acquire().now_or_never().is_none(), "who comes later does not pass by");
        assert!(fourth.poll_unpin(&mut context).is_ready());
    }
}
