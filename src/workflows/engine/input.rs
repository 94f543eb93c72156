//! Events as programs hand them to a store.

use super::{Actor, Event, LoggedEvent, Site};
use crate::types::UtcTime;

/// An event for a record store, with what the store cannot know by itself.
///
/// An event alone is enough: the time is the present one, the actor and the site are those of the store. A
/// [`LoggedEvent`] brings its own time and actor.
///
/// ```
/// use huaweicloud_partner::opportunities::HoEvent;
/// use huaweicloud_partner::types::Site;
/// use huaweicloud_partner::workflow::{Actor, NewEvent, Role};
///
/// let by_reviewer = NewEvent::new(HoEvent::Deliver)
///     .at("2026-03-02T02:00:00Z".parse()?)
///     .by(Actor::new(Role::PartnerAdministrator, "Li Lei"))
///     .site(Site::International);
/// # let _ = by_reviewer;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct NewEvent<E> {
    pub(super) event: E,
    pub(super) at: Option<UtcTime>,
    pub(super) by: Option<Actor>,
    pub(super) site: Option<Site>,
}

impl<E> NewEvent<E> {
    /// An event with the store's time, actor and site.
    pub const fn new(event: E) -> Self {
        Self { event, at: None, by: None, site: None }
    }

    /// The same event at a time, which may be earlier than when it is recorded.
    #[must_use]
    pub fn at(self, at: UtcTime) -> Self {
        Self { at: Some(at), ..self }
    }

    /// The same event by an actor.
    #[must_use]
    pub fn by(self, by: Actor) -> Self {
        Self { by: Some(by), ..self }
    }

    /// The same event for the rules of a site. Only the event that opens a record decides about it.
    #[must_use]
    pub fn site(self, site: Site) -> Self {
        Self { site: Some(site), ..self }
    }
}

impl<E: Event> From<E> for NewEvent<E> {
    fn from(event: E) -> Self {
        Self::new(event)
    }
}

impl<E> From<LoggedEvent<E>> for NewEvent<E> {
    fn from(LoggedEvent { at, by, event }: LoggedEvent<E>) -> Self {
        Self { event, at: Some(at), by: Some(by), site: None }
    }
}
