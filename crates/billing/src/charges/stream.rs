//! The stream of charges and its cursor.

use std::{
    collections::{HashSet, VecDeque},
    pin::Pin,
    task::{Context, Poll},
};

use futures_core::Stream;
use futures_util::future::poll_fn;
use huaweicloud_partner::{
    Client, ErrorKind,
    bills::{CustomerCharge, CustomerChargePage, ListCustomerCharges},
    client::{ListCursor, Pages},
    types::{CustomerId, ResellerId},
};
use serde::{Deserialize, Serialize};

use super::{ChargePlan, Completeness, Gap};
use crate::Error;

/// Customers whose first page is fetched before it is asked for.
const CUSTOMERS_AHEAD: usize = 3;

/// Pages of one customer that are fetched before they are asked for.
const PAGES_AHEAD: usize = 2;

/// Number of times that the list of one customer is read again because it changed.
const ATTEMPTS: u32 = 4;

/// Number of times that customers are listed again because new ones appeared.
const LISTINGS: u32 = 3;

/// Position in a stream of charges: small, and valid in another process together with its [`ChargePlan`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChargeCursor {
    /// The customer that is read, as an index into the plan.
    customer: usize,
    /// The owner that is asked for, as an index into the customer's owners.
    owner: usize,
    /// The page to be read next; `None` for the first.
    page: Option<ListCursor>,
    /// Rows of the customer so far: (delivered, announced by finished lists, doubled).
    current: (u64, u64, u64),
    /// Rows of finished customers.
    finished: (u64, u64, u64),
    /// Customers whose charges were refused.
    gaps: Vec<Gap>,
    listed_again: bool,
    listings: u32,
}

impl ChargeCursor {
    /// Returns the number of finished customers.
    #[must_use]
    pub fn customers_finished(&self) -> usize {
        self.customer
    }

    /// Makes the stream list customers once more after the last one.
    pub(crate) fn list_once_more(&mut self) {
        self.listed_again = false;
        self.listings = 0;
    }

    /// Returns the number of delivered rows.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.finished.0 + self.current.0
    }
}

/// Charges of one customer, one page.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ChargePage {
    /// The customer that was charged.
    pub customer_id: CustomerId,
    /// The reseller through which the customer belonged to the partner.
    pub indirect_partner_id: Option<ResellerId>,
    /// True for the first page of a customer. Rows of this customer that came before must be discarded: its list changed
    /// while it was read, or reading resumed in the middle of a customer that moved between resellers.
    pub begins_customer: bool,
    /// The ISO code of the currency of all amounts.
    pub currency: Option<String>,
    /// The charges. May be empty.
    pub charges: Vec<CustomerCharge>,
}

/// A list that is being read.
struct Reader {
    customer: usize,
    owner: usize,
    pages: Pages<ListCustomerCharges>,
    /// The first page, where it came before it was asked for.
    ready: Option<Page>,
}

/// A page, an error, or the end of a list.
type Page = Option<Result<CustomerChargePage, huaweicloud_partner::Error>>;

/// All charges of a month, page by page, customer by customer. See the [module](super).
///
/// The pages of a customer and the first pages of the next customers are fetched ahead, within the client's rate limits.
pub struct ChargeStream {
    client: Client,
    plan: ChargePlan,
    cursor: ChargeCursor,
    readers: VecDeque<Reader>,
    /// Row ids of the current customer, where it has several owners.
    seen: HashSet<String>,
    attempts: u32,
    begins: bool,
    refusal: Option<huaweicloud_partner::Error>,
}

impl std::fmt::Debug for ChargeStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChargeStream").field("cursor", &self.cursor).finish_non_exhaustive()
    }
}

impl ChargeStream {
    /// The charges of a plan, from the first.
    #[must_use]
    pub fn new(client: &Client, plan: ChargePlan) -> Self {
        Self::resume(client, plan, ChargeCursor::default())
    }

    /// The charges of a plan from where a cursor stands.
    #[must_use]
    pub fn resume(client: &Client, plan: ChargePlan, mut cursor: ChargeCursor) -> Self {
        let owners = plan.customers.get(cursor.customer).map_or(0, |customer| customer.owners.len());
        if owners > 1 {
            // The ids of its rows so far are not known any more.
            cursor.restart_customer();
        }
        let begins = cursor.owner == 0 && cursor.page.is_none();
        Self {
            client: client.clone(),
            plan,
            cursor,
            readers: VecDeque::new(),
            seen: HashSet::new(),
            attempts: 0,
            begins,
            refusal: None,
        }
    }

    /// Returns the position behind the page that was delivered last.
    #[must_use]
    pub fn cursor(&self) -> &ChargeCursor {
        &self.cursor
    }

    /// The customers. They become more where some are found by listing again.
    #[must_use]
    pub fn plan(&self) -> &ChargePlan {
        &self.plan
    }

    /// Returns the evidence of what was listed and read so far.
    #[must_use]
    pub fn completeness(&self) -> Completeness {
        let refused = self.cursor.gaps.len() as u64;
        let (finished, current) = (self.cursor.finished, self.cursor.current);
        Completeness {
            customers_listed: self.plan.customers.len() as u64,
            customers_read: (self.cursor.customer as u64).saturating_sub(refused),
            resellers: self.plan.resellers.len() as u64,
            rows: finished.0 + current.0,
            rows_announced: finished.1 + current.1,
            duplicates: finished.2 + current.2,
            gaps: self.plan.gaps.iter().chain(&self.cursor.gaps).cloned().collect(),
            listed_again: self.cursor.listed_again,
        }
    }

    /// The next page; `None` after the last customer.
    ///
    /// A refusal to show one customer is no error: it becomes a gap in [`ChargeStream::completeness`].
    ///
    /// # Errors
    /// Where a call fails. The cursor stays where it was, so that reading can go on from it.
    pub async fn next(&mut self) -> Result<Option<ChargePage>, Error> {
        loop {
            let Some(customer) = self.plan.customers.get(self.cursor.customer).cloned() else {
                if self.list_again().await? {
                    continue;
                }
                return Ok(None);
            };
            let Some(owner) = customer.owners.get(self.cursor.owner).cloned() else {
                self.finish_customer();
                continue;
            };
            match self.next_page().await {
                Some(Ok(page)) => {
                    let charges = self.take(page.fee_records, customer.owners.len() > 1);
                    if let Some(reader) = self.readers.front() {
                        self.cursor.page = Some(reader.pages.cursor());
                    }
                    return Ok(Some(ChargePage {
                        customer_id: customer.customer_id,
                        indirect_partner_id: owner,
                        begins_customer: std::mem::take(&mut self.begins),
                        currency: page.currency.map(|currency| currency.as_str().to_owned()),
                        charges,
                    }));
                }
                None => {
                    let reader = self.readers.pop_front();
                    let announced = reader.and_then(|reader| reader.pages.cursor().total());
                    self.cursor.current.1 += announced.unwrap_or(self.cursor.current.0);
                    self.cursor.owner += 1;
                    self.cursor.page = None;
                }
                Some(Err(error)) if error.kind() == ErrorKind::ListChanged && self.attempts < ATTEMPTS => {
                    self.attempts += 1;
                    self.readers.clear();
                    self.seen.clear();
                    self.cursor.restart_customer();
                    self.begins = true;
                }
                Some(Err(error)) if error.kind() == ErrorKind::Refused => {
                    self.readers.pop_front();
                    self.cursor.gaps.push(Gap::Charges {
                        customer: customer.customer_id,
                        reseller: owner,
                        reason: error.to_string(),
                    });
                    self.refusal.get_or_insert(error);
                    self.cursor.owner += 1;
                    self.cursor.page = None;
                }
                Some(Err(error)) => {
                    self.readers.clear();
                    return Err(error.into());
                }
            }
        }
    }

    /// The pages as a [`Stream`].
    pub fn into_stream(self) -> impl Stream<Item = Result<ChargePage, Error>> {
        futures_util::stream::try_unfold(self, async |mut stream| {
            Ok(stream.next().await?.map(|page| (page, stream)))
        })
    }

    fn take(&mut self, charges: Vec<CustomerCharge>, may_double: bool) -> Vec<CustomerCharge> {
        let came = charges.len() as u64;
        let charges: Vec<_> = if may_double {
            charges.into_iter().filter(|row| row.id.is_empty() || self.seen.insert(row.id.clone())).collect()
        } else {
            charges
        };
        self.cursor.current.0 += charges.len() as u64;
        self.cursor.current.2 += came - charges.len() as u64;
        charges
    }

    fn finish_customer(&mut self) {
        let (rows, announced, doubled) = std::mem::take(&mut self.cursor.current);
        let finished = &mut self.cursor.finished;
        *finished = (finished.0 + rows, finished.1 + announced, finished.2 + doubled);
        self.cursor.customer += 1;
        self.cursor.owner = 0;
        self.cursor.page = None;
        self.seen.clear();
        self.attempts = 0;
        self.begins = true;
    }

    /// Lists customers again after the last one, for those that appeared in between. Returns true if there is
    /// more to read.
    async fn list_again(&mut self) -> Result<bool, Error> {
        if self.cursor.listed_again || self.cursor.listings >= LISTINGS {
            return Ok(false);
        }
        let nothing_but_refusals = self.cursor.finished.0 == 0
            && !self.plan.customers.is_empty()
            && self.cursor.gaps.len() >= self.plan.customers.len();
        if let (true, Some(refusal)) = (nothing_but_refusals, self.refusal.take()) {
            return Err(refusal.into());
        }
        let former = self.plan.resellers.iter().cloned();
        let later = ChargePlan::list_with_resellers(&self.client, self.plan.cycle(), former).await?;
        self.cursor.listings += 1;
        let more = self.plan.extend(later);
        self.cursor.listed_again = !more;
        Ok(more)
    }

    /// The next page of the list that is read, while those ahead go on.
    async fn next_page(&mut self) -> Page {
        self.fill();
        poll_fn(|context| self.poll_page(context)).await
    }

    /// Begins to read lists until enough are under way.
    fn fill(&mut self) {
        let (mut customer, mut owner) = match self.readers.back() {
            Some(last) => (last.customer, last.owner + 1),
            None => (self.cursor.customer, self.cursor.owner),
        };
        while self.readers.len() <= CUSTOMERS_AHEAD {
            let Some(planned) = self.plan.customers.get(customer) else { return };
            let Some(reseller) = planned.owners.get(owner) else {
                (customer, owner) = (customer + 1, 0);
                continue;
            };
            let mut request = ListCustomerCharges::new(self.plan.cycle(), &planned.customer_id);
            if let Some(reseller) = reseller {
                request = request.indirect_partner_id(reseller);
            }
            let mut pages = self.client.pages(request).prefetch(PAGES_AHEAD);
            let here = (customer, owner) == (self.cursor.customer, self.cursor.owner);
            if let Some(page) = self.cursor.page.clone().filter(|_| here) {
                pages = pages.resume(page);
            }
            self.readers.push_back(Reader { customer, owner, pages, ready: None });
            owner += 1;
        }
    }

    fn poll_page(&mut self, context: &mut Context<'_>) -> Poll<Page> {
        let mut readers = self.readers.iter_mut();
        let Some(first) = readers.next() else { return Poll::Ready(None) };
        for reader in readers.filter(|reader| reader.ready.is_none()) {
            if let Poll::Ready(page) = poll_pages(&mut reader.pages, context) {
                reader.ready = Some(page);
            }
        }
        match first.ready.take() {
            Some(page) => Poll::Ready(page),
            None => poll_pages(&mut first.pages, context),
        }
    }
}

impl ChargeCursor {
    fn restart_customer(&mut self) {
        self.owner = 0;
        self.page = None;
        self.current = (0, 0, 0);
    }
}

fn poll_pages(pages: &mut Pages<ListCustomerCharges>, context: &mut Context<'_>) -> Poll<Page> {
    Pin::new(pages).poll_next(context).map(|page| page.map(|page| page.map(|page| page.into_inner())))
}
