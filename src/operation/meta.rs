//! The table of protocol facts of one operation.

use std::fmt;

use super::ParameterPlace;
use crate::types::{IdentityKind, Site, plain::words};

/// Facts about one operation, as the service documents them.
///
/// Built as a constant, facts in the order in which a reader asks for them:
///
/// ```
/// use huaweicloud_partner::operation::{Caller, OperationMeta, Paging, Sites};
///
/// const META: &OperationMeta = &OperationMeta::post("bss.ListIndirectPartners", "/v2/partners/indirect-partners/query")
///     .read()
///     .sites(Sites::CHINA.and(Sites::INTERNATIONAL))
///     .caller(Caller::Distributor)
///     .paging(Paging::rows(100, "indirect_partners"));
/// assert_eq!(META.id(), "ListIndirectPartners");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OperationMeta {
    /// Service and official id, such as `bss.ListIndirectPartners`: the name under which the registry holds it.
    pub name: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// The path, with parameters in braces. They leave the body.
    pub path: &'static str,
    /// Parameters that travel in the query although the operation has a body. Without a body, all do.
    pub query: &'static [&'static str],
    /// Parameters that travel as headers.
    pub headers: &'static [&'static str],
    /// Kind of the body.
    pub body: BodyKind,
    /// The sites that offer it.
    pub sites: Sites,
    /// Callers that may send the operation.
    pub caller: Caller,
    /// Effect of a repeat.
    pub idempotency: Idempotency,
    /// Paging of the list, if the operation returns one.
    pub paging: Option<Paging>,
    /// Rate limit of the operation.
    pub rate_limit: RateLimit,
    /// Permission items of which a partner's operator account needs one.
    pub permissions: &'static [&'static str],
    /// Fields that a response must hold to count as a success. Every write has them, and reads of balances
    /// and budgets, whose response is one list without pages; lists with pages name theirs in `paging`.
    pub success: Option<SuccessProof>,
    /// Ids that every row of the list that proves a success has: without them it does not say what was done.
    pub outcome_ids: &'static [&'static str],
    /// Way to find out whether a write was executed when its response was lost.
    pub outcome: OutcomeProof,
    /// Operation to call instead on sites that do not offer this one, if there is one.
    pub alternative: Option<&'static str>,
    /// The address of its documentation page.
    pub doc: &'static str,
}

/// An HTTP method that the service uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // the words are HTTP's own
pub enum Method {
    Get,
    Post,
    Put,
    Delete,
}

/// Kind of the body of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BodyKind {
    /// No body; parameters that are neither in the path nor in a header travel in the query.
    None,
    /// A JSON object, `{}` when there is nothing to say.
    Json,
    /// A multipart form.
    Multipart,
}

/// A service with an endpoint of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Service {
    /// Business support: everything but tickets.
    Business,
    /// Service for tickets.
    Tickets,
}

/// A set of sites.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sites(u8);

/// Callers whose credentials an operation accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Caller {
    /// A partner: a solution provider or a distributor.
    Partner,
    /// A distributor only.
    Distributor,
    /// A customer only, with its own keys or a token that it granted.
    Customer,
    /// The master account of an enterprise.
    EnterpriseMaster,
    /// A partner or a customer.
    Either,
}

/// Effect of executing the same request twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Idempotency {
    /// The operation only reads. May be repeated.
    ReadOnly,
    /// The same state as after the first. May be repeated.
    Idempotent,
    /// The service matches the repeat by a key in the request and refuses it. May be repeated with the same key.
    Keyed,
    /// The operation is executed twice. Repeated only where the first certainly did not happen.
    None,
}

words! { Idempotency { ReadOnly, Idempotent, Keyed, None } }

impl Idempotency {
    /// The word as it is stored.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::ReadOnly => "read_only",
            Self::Idempotent => "idempotent",
            Self::Keyed => "keyed",
            Self::None => "none",
        }
    }
}

/// Fields that a response with a success status must hold to prove that a write was executed, or that a read
/// found something.
///
/// A response without the proof is neither a success nor a refusal: a write may have been executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SuccessProof {
    /// This field of the response, present and neither null nor empty. The number 0 counts as present.
    Field(&'static str),
    /// At least one of these fields, present and not empty: a batch that reports its items in one of several lists.
    AnyOf(&'static [&'static str]),
    /// Either no content or this list of the items that failed; it may be empty, and then all succeeded.
    Failures(&'static str),
    /// Of a read: this list, which may be empty. A response without it does not mean that there are no rows.
    List(&'static str),
    /// Of a read: at least one of these lists, which may be empty.
    Lists([&'static str; 2]),
    /// No content: status 204, or a body without any field.
    Empty,
    /// No content, or an object with nothing but a code that means success and a message.
    Acknowledged,
}

/// Way in which an unknown outcome of a write can be resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OutcomeProof {
    /// Each execution leaves a record of its own, which this query lists.
    Records(&'static str),
    /// The state of the object tells, which this query shows. Who brought it about cannot be seen.
    State(&'static str),
    /// The key in this field of the request: a repeat with the same key is refused where the first request arrived.
    Key(&'static str),
    /// The service offers no proof.
    Nothing,
}

/// Paging of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Paging {
    /// Kind of the position.
    pub style: PagingStyle,
    /// The most rows that one page may have.
    pub largest: u32,
    /// The wire name of the list in the response.
    pub list: &'static str,
    /// The wire name of a second list, of which a page has one or the other.
    pub other_list: Option<&'static str>,
}

/// Kind of the position of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PagingStyle {
    /// The number of rows before the page, from 0.
    Rows,
    /// The number of the page, from 1.
    Pages,
    /// A marker that the page before gave.
    Marker,
}

/// Calls per time, counted by the service per source address, operation and account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RateLimit {
    /// Number of calls, at least one.
    pub calls: u32,
    /// Length of the window in seconds, at least one.
    pub seconds: u32,
}

impl OperationMeta {
    /// A `GET`: reads, no body.
    pub const fn get(name: &'static str, path: &'static str) -> Self {
        Self::new(Method::Get, name, path).no_body().idempotency(Idempotency::ReadOnly)
    }

    /// A `POST` with a JSON body; happens once unless said otherwise.
    pub const fn post(name: &'static str, path: &'static str) -> Self {
        Self::new(Method::Post, name, path)
    }

    /// A `PUT` with a JSON body; happens once unless said otherwise.
    pub const fn put(name: &'static str, path: &'static str) -> Self {
        Self::new(Method::Put, name, path)
    }

    /// A `DELETE` without a body; happens once unless said otherwise.
    pub const fn delete(name: &'static str, path: &'static str) -> Self {
        Self::new(Method::Delete, name, path).no_body()
    }

    const fn new(method: Method, name: &'static str, path: &'static str) -> Self {
        Self {
            name,
            method,
            path,
            query: &[],
            headers: &[],
            body: BodyKind::Json,
            sites: Sites::CHINA,
            caller: Caller::Partner,
            idempotency: Idempotency::None,
            paging: None,
            rate_limit: RateLimit::per_second(10),
            permissions: &[],
            success: None,
            outcome_ids: &[],
            outcome: OutcomeProof::Nothing,
            alternative: None,
            doc: "",
        }
    }

    /// Has no body.
    pub const fn no_body(mut self) -> Self {
        self.body = BodyKind::None;
        self
    }

    /// Has this kind of body.
    pub const fn body(mut self, body: BodyKind) -> Self {
        self.body = body;
        self
    }

    /// Sends these parameters in the query although there is a body.
    pub const fn query(mut self, names: &'static [&'static str]) -> Self {
        self.query = names;
        self
    }

    /// Sends these parameters as headers.
    pub const fn headers(mut self, names: &'static [&'static str]) -> Self {
        self.headers = names;
        self
    }

    /// Sets the sites that offer it; the China site alone unless set.
    pub const fn sites(mut self, sites: Sites) -> Self {
        self.sites = sites;
        self
    }

    /// Sets the callers that may send it; a partner unless set.
    pub const fn caller(mut self, caller: Caller) -> Self {
        self.caller = caller;
        self
    }

    /// Marks the operation as a read.
    pub const fn read(self) -> Self {
        self.idempotency(Idempotency::ReadOnly)
    }

    /// Sets the effect of a repeat.
    pub const fn idempotency(mut self, idempotency: Idempotency) -> Self {
        self.idempotency = idempotency;
        self
    }

    /// Declares that the operation returns a list with this paging.
    pub const fn paging(mut self, paging: Paging) -> Self {
        self.paging = Some(paging);
        self
    }

    /// Sets the rate limit; ten calls per second unless set.
    pub const fn rate_limit(mut self, rate_limit: RateLimit) -> Self {
        self.rate_limit = rate_limit;
        self
    }

    /// An operator account needs one of these permission items.
    pub const fn permissions(mut self, items: &'static [&'static str]) -> Self {
        self.permissions = items;
        self
    }

    /// A response counts as a success only with this proof.
    pub const fn success(mut self, proof: SuccessProof) -> Self {
        self.success = Some(proof);
        self
    }

    /// Declares [`SuccessProof::Field`] as the proof.
    pub const fn success_field(self, name: &'static str) -> Self {
        self.success(SuccessProof::Field(name))
    }

    /// Declares [`SuccessProof::AnyOf`] as the proof.
    pub const fn success_any(self, names: &'static [&'static str]) -> Self {
        self.success(SuccessProof::AnyOf(names))
    }

    /// Declares [`SuccessProof::Failures`] as the proof.
    pub const fn success_failures(self, list: &'static str) -> Self {
        self.success(SuccessProof::Failures(list))
    }

    /// A response of this read counts as a success only with this list, which may be empty.
    pub const fn success_list(self, list: &'static str) -> Self {
        self.success(SuccessProof::List(list))
    }

    /// A response of this read counts as a success only with one of these lists, which may be empty.
    pub const fn success_lists(self, one: &'static str, other: &'static str) -> Self {
        self.success(SuccessProof::Lists([one, other]))
    }

    /// Declares [`SuccessProof::Empty`] as the proof.
    pub const fn success_empty(self) -> Self {
        self.success(SuccessProof::Empty)
    }

    /// Declares [`SuccessProof::Acknowledged`] as the proof.
    pub const fn success_acknowledged(self) -> Self {
        self.success(SuccessProof::Acknowledged)
    }

    /// Declares the ids that every row of the list that proves a success has.
    pub const fn outcome_ids(mut self, ids: &'static [&'static str]) -> Self {
        self.outcome_ids = ids;
        self
    }

    /// An unknown outcome of this write is resolved in this way.
    pub const fn outcome(mut self, proof: OutcomeProof) -> Self {
        self.outcome = proof;
        self
    }

    /// Declares [`OutcomeProof::Records`] with this query.
    pub const fn records(self, query: &'static str) -> Self {
        self.outcome(OutcomeProof::Records(query))
    }

    /// Declares [`OutcomeProof::State`] with this query.
    pub const fn state(self, query: &'static str) -> Self {
        self.outcome(OutcomeProof::State(query))
    }

    /// Declares that the service recognises a repeat by the key in this field of the request:
    /// [`Idempotency::Keyed`] with [`OutcomeProof::Key`].
    pub const fn keyed(self, field: &'static str) -> Self {
        self.idempotency(Idempotency::Keyed).outcome(OutcomeProof::Key(field))
    }

    /// Returns the field of the request that holds the key by which the service recognises a repeat, if there is one.
    pub const fn key_field(&self) -> Option<&'static str> {
        match self.outcome {
            OutcomeProof::Key(field) => Some(field),
            _ => None,
        }
    }

    /// Names the operation to call instead on sites that do not offer this one.
    pub const fn alternative(mut self, instead: &'static str) -> Self {
        self.alternative = Some(instead);
        self
    }

    /// Documented at this address.
    pub const fn doc(mut self, address: &'static str) -> Self {
        self.doc = address;
        self
    }

    /// Returns the place of the parameter with this wire name.
    pub fn place(&self, parameter: &str) -> ParameterPlace {
        let in_path = |segment: &str| {
            segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) == Some(parameter)
        };
        if self.path.split('/').any(in_path) {
            ParameterPlace::Path
        } else if self.headers.contains(&parameter) {
            ParameterPlace::Header
        } else if self.body == BodyKind::None || self.query.contains(&parameter) {
            ParameterPlace::Query
        } else {
            ParameterPlace::Body
        }
    }

    /// Whether the operation changes anything: everything but [`Idempotency::ReadOnly`].
    pub const fn is_write(&self) -> bool {
        !matches!(self.idempotency, Idempotency::ReadOnly)
    }

    /// The official id, such as `ListIndirectPartners`.
    pub fn id(&self) -> &'static str {
        self.name.split_once('.').map_or(self.name, |(_, id)| id)
    }

    /// The service that offers it.
    pub fn service(&self) -> Service {
        if self.name.starts_with("osm.") { Service::Tickets } else { Service::Business }
    }
}

impl OutcomeProof {
    /// The query that shows the records or the state, where there is one.
    pub const fn query(self) -> Option<&'static str> {
        match self {
            Self::Records(query) | Self::State(query) => Some(query),
            Self::Key(_) | Self::Nothing => None,
        }
    }
}

impl Method {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }

    /// The method of an HTTP request, where the service uses it.
    pub fn read(method: &http::Method) -> Option<Self> {
        [Self::Get, Self::Post, Self::Put, Self::Delete]
            .into_iter()
            .find(|known| known.as_str() == method.as_str())
    }
}

impl From<Method> for http::Method {
    fn from(method: Method) -> Self {
        match method {
            Method::Get => Self::GET,
            Method::Post => Self::POST,
            Method::Put => Self::PUT,
            Method::Delete => Self::DELETE,
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Business => "bss",
            Self::Tickets => "osm",
        })
    }
}

impl Sites {
    /// The China site.
    pub const CHINA: Self = Self(1);
    /// The international site.
    pub const INTERNATIONAL: Self = Self(2);
    /// The European site.
    pub const EUROPE: Self = Self(4);
    /// The international and the European site, which run the same service.
    pub const OUTSIDE_CHINA: Self = Self(6);
    /// All three sites.
    pub const ALL: Self = Self(7);

    /// Both sets together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether a site is in the set.
    pub const fn contains(self, site: Site) -> bool {
        let bit = match site {
            Site::China => 1,
            Site::International => 2,
            Site::Europe => 4,
        };
        self.0 & bit != 0
    }

    /// The sites in the set.
    pub fn iter(self) -> impl Iterator<Item = Site> {
        [Site::China, Site::International, Site::Europe].into_iter().filter(move |site| self.contains(*site))
    }
}

impl fmt::Debug for Sites {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl fmt::Display for Sites {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, site) in self.iter().enumerate() {
            write!(f, "{}{}", if index == 0 { "" } else { ", " }, site.description())?;
        }
        Ok(())
    }
}

impl Caller {
    /// Whether an account of this kind may call.
    pub const fn admits(self, kind: IdentityKind) -> bool {
        match self {
            Self::Partner => matches!(kind, IdentityKind::Distributor | IdentityKind::SolutionProvider),
            Self::Distributor => matches!(kind, IdentityKind::Distributor),
            Self::Customer => matches!(kind, IdentityKind::Customer | IdentityKind::EnterpriseMaster),
            Self::EnterpriseMaster => matches!(kind, IdentityKind::EnterpriseMaster),
            Self::Either => true,
        }
    }
}

impl fmt::Display for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Partner => "a solution provider or distributor",
            Self::Distributor => "a distributor",
            Self::Customer => "the customer itself",
            Self::EnterpriseMaster => "the master account of an enterprise",
            Self::Either => "a partner or a customer",
        })
    }
}

impl Paging {
    /// The position counts rows from 0.
    pub const fn rows(largest: u32, list: &'static str) -> Self {
        Self { style: PagingStyle::Rows, largest, list, other_list: None }
    }

    /// The position counts pages from 1.
    pub const fn pages(largest: u32, list: &'static str) -> Self {
        Self { style: PagingStyle::Pages, largest, list, other_list: None }
    }

    /// The position is a marker.
    pub const fn marker(largest: u32, list: &'static str) -> Self {
        Self { style: PagingStyle::Marker, largest, list, other_list: None }
    }
}

impl Paging {
    /// A page has the rows either in its list or in this one.
    #[must_use]
    pub const fn or_list(mut self, list: &'static str) -> Self {
        self.other_list = Some(list);
        self
    }
}

impl RateLimit {
    /// Allows this number of calls in each second.
    pub const fn per_second(calls: u32) -> Self {
        Self { calls, seconds: 1 }
    }
}
