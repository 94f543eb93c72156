//! Invoices of the international site.

use super::query::denied;
use crate::{
    core::{Account, Refusal, page},
    handler::Simulated,
    state::State,
};
use huaweicloud_partner::{
    bills::{InvoicePage, ListInvoices},
    fill,
};

impl Simulated for ListInvoices {
    /// Oldest first; the order is not documented. An account that is not the caller is refused.
    fn run(self, world: &mut State, caller: &Account) -> Result<InvoicePage, Refusal> {
        if self.domain_id.as_ref().is_some_and(|id| *id != caller.id) {
            return Err(denied());
        }
        let skipped = self.offset.saturating_sub(1).saturating_mul(self.limit);
        let wanted = world.invoices(caller).into_iter().filter(|invoice| {
            invoice.apply_time >= Some(self.start_time) && invoice.apply_time <= Some(self.end_time)
        });
        let (count, invoices) = page(wanted, Some(skipped), Some(self.limit), |invoice| invoice);
        Ok(fill!(InvoicePage { count, invoices }))
    }
}
