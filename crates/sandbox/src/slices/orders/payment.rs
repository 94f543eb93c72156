//! Paying orders: vouchers and cards in the order given, then cash, then credit; then what was bought is set up.

use super::{
    Orders,
    order::{Line, Means, Order, SETTING_UP, Stage},
    packages::Package,
    subscriptions::{PaidPeriod, Resource},
};
use crate::{
    core::{Account, LedgerAccount, Refusal, later, refuse, sum},
    slices::{
        customers::Restriction,
        wallet::{Charge, Paid, Voucher, VoucherKind, is_named_by},
    },
    state::State,
};
use huaweicloud_partner::{
    bills::{BillType, ChargingMode},
    error::{ErrorCode, codes},
    fill,
    orders::{
        Accepted, OrderDiscountType, OrderType, PayOrder, PaymentVoucher, PaymentVoucherType, VoucherGroup,
        YesNo,
    },
    types::{Amount, UtcTime},
};

/// The most vouchers that one payment takes.
pub(crate) const MOST_VOUCHERS: usize = 3;

impl State {
    /// The vouchers with which an order can be paid now, the soonest to expire first, with what is left on them.
    pub(crate) fn vouchers_to_pay_with(&self, order: &Order) -> Vec<(&Voucher, Amount)> {
        let mut found: Vec<_> = self
            .wallet
            .vouchers()
            .filter(|voucher| self.may_spend(order, &voucher.customer))
            .filter(|voucher| order.lines.iter().any(|line| self.admits(voucher, order, line)))
            .filter(|voucher| !self.is_locked(order, &voucher.id))
            .filter_map(|voucher| Some((voucher, self.left_on(voucher)?)))
            .collect();
        found.sort_by_key(|(voucher, _)| voucher.expires);
        found
    }

    /// Whether what somebody holds may pay for an order: what its customer holds, or who pays for that one.
    fn may_spend(&self, order: &Order, holder: &str) -> bool {
        holder == order.customer || holder == self.payer_of(&order.customer)
    }

    /// Whether vouchers may be used together, and with the discount that the lines have already.
    fn may_combine(&self, order: &Order, means: &[Means]) -> Result<(), ErrorCode> {
        let vouchers: Vec<&Voucher> = means
            .iter()
            .filter_map(|means| match means {
                Means::Voucher(id) => self.wallet.voucher(id),
                Means::Card(_) => None,
            })
            .collect();
        let is_discount = |voucher: &&Voucher| matches!(voucher.kind, VoucherKind::Discount(_));
        if vouchers.iter().any(|voucher| voucher.kind == VoucherKind::Cash)
            && vouchers.iter().any(is_discount)
        {
            return Err(codes::VOUCHERS_NOT_COMBINABLE);
        }
        let Some(discount) = order.discounted else { return Ok(()) };
        for voucher in vouchers {
            let limits = &voucher.limits;
            let excluded = match discount {
                OrderDiscountType::Commercial => limits.without_commercial_discounts || is_discount(&voucher),
                OrderDiscountType::PartnerGranted => {
                    limits.without_partner_discounts || is_discount(&voucher)
                }
                OrderDiscountType::Promotion => limits.without_promotion_discounts,
                _ => false,
            };
            if excluded {
                return Err(codes::VOUCHER_EXCLUDES_DISCOUNT);
            }
            let below = |least: Amount| {
                order.lines.iter().all(|line| {
                    let bound = line.list_price.as_decimal().checked_mul(least.as_decimal());
                    bound.is_some_and(|bound| line.due().as_decimal() < bound)
                })
            };
            if limits.least_discount_ratio.is_some_and(below) {
                return Err(codes::DISCOUNT_BELOW_VOUCHER_MINIMUM);
            }
        }
        Ok(())
    }

    /// Whether means hold a voucher of a group.
    fn names_group(&self, order: &Order, named: &[Means], group: VoucherGroup) -> bool {
        named.iter().any(|means| match means {
            Means::Voucher(id) => self
                .wallet
                .voucher(id)
                .is_some_and(|voucher| voucher.group() == group && self.may_spend(order, &voucher.customer)),
            Means::Card(_) => false,
        })
    }

    /// The most that a voucher pays of a line.
    fn most_of(&self, voucher: &str, line: &Line) -> Amount {
        let due = line.due();
        let part = |share: Amount| due.as_decimal().checked_mul(share.as_decimal()).map(Amount::from);
        let Some(voucher) = self.wallet.voucher(voucher) else { return Amount::ZERO };
        match (voucher.kind, voucher.limits.greatest_share) {
            (VoucherKind::Discount(rate), _) => {
                let left = part(rate).unwrap_or(due).rounded(2);
                sum([due, left.negated()])
            }
            (_, Some(share)) => part(share).unwrap_or(due).truncated(2),
            _ => due,
        }
    }

    /// Whether the limits of a voucher let it pay for a line.
    fn admits(&self, voucher: &Voucher, order: &Order, line: &Line) -> bool {
        let kind = match order.kind {
            OrderType::New => Some("new"),
            OrderType::Renewal => Some("renew"),
            _ => Some("change"),
        };
        let offer = self.offer(&line.offer);
        let service = offer.map_or("", |offer| offer.service_type_code);
        let region = offer.map_or("", |offer| offer.region_code);
        // Nothing of the marketplace and no hardware is on sale here.
        let for_services = matches!(voucher.group(), VoucherGroup::Ordinary | VoucherGroup::Dedicated);
        for_services
            && voucher.limits.admit((service, &line.offer, region), kind)
            && (!voucher.limits.first_order_in_service || self.is_first_order(order, service))
    }

    /// Whether the customer of an order has paid no other order for a cloud service.
    fn is_first_order(&self, order: &Order, service: &str) -> bool {
        let of_service =
            |line: &Line| self.offer(&line.offer).is_some_and(|offer| offer.service_type_code == service);
        let earlier = self.orders.orders().filter(|other| {
            other.customer == order.customer && other.id != order.id && !order.parts.contains(&other.id)
        });
        !earlier.into_iter().any(|other| other.paid_at().is_some() && other.lines.iter().any(of_service))
    }

    /// Whether another order, which waits for approval, will be paid with a voucher or card.
    fn is_locked(&self, order: &Order, means: &str) -> bool {
        self.wallet.lock_on(means).is_some_and(|locked_by| locked_by != order.id)
    }

    /// Returns the remainder of means that a customer names for a payment, or the reason for a refusal.
    fn held_in(&self, order: &Order, means: &Means) -> Result<Amount, Refusal> {
        let used = || refuse(codes::VOUCHER_ALREADY_USED);
        let (Means::Voucher(id) | Means::Card(id)) = means;
        if self.is_locked(order, id) {
            return Err(used());
        }
        match means {
            Means::Voucher(id) => {
                let voucher =
                    self.wallet.voucher(id).filter(|voucher| self.may_spend(order, &voucher.customer));
                let voucher = voucher.ok_or_else(used)?;
                let left = self.left_on(voucher).ok_or_else(used)?;
                // No code is documented for a voucher whose limits no line meets; that of a wrong kind was taken.
                if order.lines.iter().any(|line| self.admits(voucher, order, line)) {
                    Ok(left)
                } else {
                    Err(refuse(codes::INVALID_PARAMETER))
                }
            }
            Means::Card(id) => {
                let card = self.wallet.card(id).filter(|card| self.may_spend(order, &card.customer));
                let card = card.filter(|card| card.effective <= self.now && self.now < card.expires);
                let left = card.map(|card| self.ledger.balance(&LedgerAccount::card(&card.id)));
                left.filter(|left| left.is_positive()).ok_or_else(used)
            }
        }
    }

    /// An order that somebody may pay: its customer, or the master account that has the customer's money in custody. A
    /// part of a combined order is refused.
    pub(crate) fn payable_order(&self, caller: &str, id: &str) -> Result<&Order, Refusal> {
        let order = self.orders.order(id);
        let order =
            order.filter(|order| order.customer == caller || self.payer_of(&order.customer) == caller);
        let order = order.ok_or_else(|| refuse(codes::ORDER_NOT_FOUND))?;
        if order.part_of.is_some() { Err(refuse(codes::SINGLE_ORDER_OF_COMBINED)) } else { Ok(order) }
    }

    /// Pays a kept order with a discount and vouchers that were named.
    pub(crate) fn pay_order(
        &mut self,
        caller: &str,
        id: &str,
        discount: Option<(&str, OrderDiscountType)>,
        vouchers: &[Means],
    ) -> Result<(), Refusal> {
        let order = self.payable_order(caller, id)?;
        match order.stage {
            Stage::Unpaid { until } if self.now > until => {
                return Err(refuse(codes::PAYMENT_DEADLINE_PASSED));
            }
            Stage::Unpaid { .. } => {}
            _ => return Err(refuse(codes::ORDER_STATE_CHANGED)),
        }
        if order.effective.is_some_and(|effective| self.now > effective) {
            return Err(refuse(codes::EFFECTIVE_TIME_PASSED));
        }
        let payer = self.payer_of(&order.customer).to_owned();
        if caller == order.customer && caller != payer {
            // The master that has the customer's money in custody pays the order, which waits for it.
            let mut order = order.clone();
            order.payer = Some(payer);
            self.orders.keep(order);
            self.note_change_of_state();
            return Ok(());
        }
        let renewed =
            order.lines.iter().filter_map(|line| self.orders.resources.get(line.resource.as_ref()?));
        if order.kind == OrderType::Renewal && renewed.into_iter().any(|resource| resource.is_gone(self.now))
        {
            return Err(refuse(codes::ORDER_STATE_CHANGED));
        }
        let fitting = self.discounts_of(order);
        let adjusted =
            fitting.iter().find(|(found, _)| found.terms.kind == OrderDiscountType::PriceAdjustment);
        let named = discount
            .map(|(id, kind)| fitting.iter().find(|(found, _)| found.id == id && found.terms.kind == kind));
        let chosen = match (named, adjusted) {
            (Some(None), _) | (None, Some(_)) => return Err(refuse(codes::DISCOUNT_NOT_USABLE)),
            (Some(Some((named, _))), Some((adjusted, _))) if named.id != adjusted.id => {
                return Err(refuse(codes::DISCOUNT_NOT_USABLE));
            }
            (Some(Some((named, _))), _) => Some(named.id.clone()),
            (None, None) => None,
        };
        let mut order = order.clone();
        if order.approval {
            let mut tried = order.clone();
            self.discount(&mut tried, chosen.as_deref());
            self.divide(&mut tried, vouchers)?;
            self.check_funds(&tried)?;
            order.stage = Stage::InReview { discount: chosen, means: vouchers.to_vec() };
            for Means::Voucher(means) | Means::Card(means) in vouchers {
                self.wallet.lock(means, &order.id);
            }
        } else {
            self.discount(&mut order, chosen.as_deref());
            self.settle(&mut order, vouchers, false)?;
        }
        self.orders.keep(order);
        self.note_change_of_state();
        Ok(())
    }

    /// An order that waits for approval is paid and executed, or cancelled. No source says when the money
    /// moves; here it moves with the approval, so that nothing has to come back.
    pub(crate) fn approve_order(&mut self, id: &str, approved: bool) -> Result<(), Refusal> {
        let order = self.orders.order(id).ok_or_else(|| refuse(codes::ORDER_NOT_FOUND))?;
        if order.part_of.is_some() {
            return Err(refuse(codes::SINGLE_ORDER_OF_COMBINED));
        }
        let Stage::InReview { discount, means } = order.stage.clone() else {
            return Err(refuse(codes::ORDER_STATE_CHANGED));
        };
        let mut order = order.clone();
        if approved {
            self.discount(&mut order, discount.as_deref());
            self.settle(&mut order, &means, false)?;
        } else {
            order.stage = Stage::Cancelled;
        }
        self.wallet.unlock(&order.id);
        self.orders.keep(order);
        self.note_change_of_state();
        Ok(())
    }

    /// Pays an order that is not kept yet with a discount and vouchers of the system's choice, and keeps it.
    pub(crate) fn pay_at_once(&mut self, mut order: Order, automatic: bool) -> Result<String, Refusal> {
        let discount = self.chosen_discount(&order);
        self.discount(&mut order, discount.as_deref());
        let mut vouchers: Vec<Means> = Vec::new();
        for (voucher, _) in self.vouchers_to_pay_with(&order) {
            vouchers.push(Means::Voucher(voucher.id.clone()));
            if vouchers.len() > MOST_VOUCHERS || self.may_combine(&order, &vouchers).is_err() {
                vouchers.pop();
            }
        }
        self.settle(&mut order, &vouchers, automatic)?;
        let id = order.id.clone();
        self.orders.orders.insert(id.clone(), order);
        Ok(id)
    }

    /// Takes a discount off the lines of an order.
    fn discount(&self, order: &mut Order, discount: Option<&str>) {
        let discount = discount.and_then(|id| self.catalogue.discount(id));
        order.discounted = discount.map(|discount| discount.terms.kind);
        if let Some(off) = discount.and_then(|discount| discount.off_order(self, order)) {
            for (line, off) in order.lines.iter_mut().zip(off) {
                line.discount = off;
            }
        }
    }

    /// Takes the money for an order and sets up what was bought, or refuses and leaves everything as it was.
    fn settle(&mut self, order: &mut Order, vouchers: &[Means], automatic: bool) -> Result<(), Refusal> {
        self.divide(order, vouchers)?;
        self.check_funds(order)?;
        let payer = self.payer_of(&order.customer);
        order.payer = (payer != order.customer).then(|| payer.to_owned());
        let done = later(self.now, SETTING_UP);
        self.date(order)?;
        for line in &order.lines {
            self.charge_line(order, line, automatic)?;
        }
        self.draw_funds(order);
        order.stage = Stage::Paid { at: self.now, done };
        for line in &order.lines {
            self.set_up(order, line, done);
        }
        Ok(())
    }

    /// Divides what is due among vouchers and cards, one after the other, then cash, then credit.
    fn divide(&self, order: &mut Order, named: &[Means]) -> Result<(), Refusal> {
        if [VoucherGroup::Marketplace, VoucherGroup::Dedicated]
            .into_iter()
            .all(|group| self.names_group(order, named, group))
        {
            return Err(refuse(codes::MARKET_VOUCHER_NOT_COMBINABLE));
        }
        let mut left: Vec<(&Means, Amount)> = Vec::new();
        for means in named {
            let balance = self.held_in(order, means)?;
            if left.iter().any(|(known, _)| *known == means) {
                return Err(refuse(codes::INVALID_PARAMETER));
            }
            left.push((means, balance));
        }
        self.may_combine(order, named).map_err(refuse)?;
        self.may_buy(&order.customer)?;
        if self.is_restricted(&order.customer, Restriction::TaxRateMissing) {
            return Err(refuse(codes::TAX_RATE_MISSING));
        }
        let new = order.kind == OrderType::New;
        if new && order.lines.iter().any(|line| self.catalogue.is_sold_out(&line.offer)) {
            return Err(refuse(codes::CAPACITY_TOO_SMALL));
        }
        let payer = self.payer_of(&order.customer);
        // Of the Reseller model it is the partner who pays, after the month.
        let later = self.accounts.is_of_reseller_model(payer);
        let mut cash = if later { None } else { Some(self.ledger.balance(&LedgerAccount::cash(payer))) };
        let mut credit: Vec<_> = if later { Vec::new() } else { self.credit_lines(payer).collect() };
        let whole = order.clone();
        for line in &mut order.lines {
            let mut due = line.due();
            let mut take = |balance: &mut Amount| {
                let part = due.min(*balance).max(Amount::ZERO);
                *balance = sum([*balance, part.negated()]);
                due = sum([due, part.negated()]);
                Some(part).filter(|part| part.is_positive())
            };
            let mut paid = Paid::default();
            for (means, balance) in &mut left {
                match means {
                    Means::Voucher(id) => {
                        let fits =
                            self.wallet.voucher(id).is_some_and(|voucher| self.admits(voucher, &whole, line));
                        let mut most = self.most_of(id, line).min(*balance);
                        let part = fits.then(|| take(&mut most)).flatten();
                        *balance = sum([*balance, part.unwrap_or_default().negated()]);
                        paid.vouchers.extend(part.map(|part| (id.clone(), part)));
                    }
                    Means::Card(id) => paid.cards.extend(take(balance).map(|part| (id.clone(), part))),
                }
            }
            match &mut cash {
                Some(cash) => paid.cash = take(cash).unwrap_or_default(),
                None => paid.cash = take(&mut line.due()).unwrap_or_default(),
            }
            for (expires, balance) in &mut credit {
                paid.credit.extend(take(balance).map(|part| (*expires, part)));
            }
            if due.is_positive() {
                return Err(refuse(codes::BALANCE_TOO_LOW));
            }
            line.paid = paid;
        }
        Ok(())
    }

    /// New periods begin with the payment, or at the time that was set for them; new resources get their ids.
    fn date(&mut self, order: &mut Order) -> Result<(), Refusal> {
        for line in &mut order.lines {
            let Some(term) = line.term.filter(|_| order.kind == OrderType::New) else { continue };
            let from = order.effective.unwrap_or(self.now).max(self.now);
            let until = term.end(from).ok_or_else(|| refuse(codes::SUBSCRIPTION_PERIOD_REFUSED))?;
            (line.from, line.until) = (Some(from), Some(until));
            line.resource = Some(self.fresh("resource-"));
        }
        Ok(())
    }

    fn charge_line(&mut self, order: &Order, line: &Line, automatic: bool) -> Result<(), Refusal> {
        let what = match (order.kind, automatic) {
            (OrderType::Renewal, true) => BillType::AutoRenewal,
            (OrderType::Renewal, false) => BillType::Renewal,
            _ => BillType::NewPurchase,
        };
        self.charge_for(order, line, what)
    }

    /// Makes the charge of a line, or of what came back for one.
    pub(crate) fn charge_for(&mut self, order: &Order, line: &Line, what: BillType) -> Result<(), Refusal> {
        let charge = Charge {
            id: self.fresh("CH"),
            at: self.now,
            customer: order.customer.clone(),
            what,
            mode: ChargingMode::YearlyMonthly,
            offer: line.offer.clone(),
            order: Some(self.orders.ordered_by(order, line).to_owned()),
            resource: line.resource.clone(),
            from: line.from.unwrap_or(self.now),
            until: line.until.unwrap_or(self.now),
            usage: None,
            covered: None,
            list_price: line.list_price,
            discount: line.discount,
            paid: line.paid.clone(),
            payer: self.other_payer_of(&order.customer),
        };
        self.charge(charge)
    }

    /// Sets up what a paid line bought: a resource, a package, or a further period.
    fn set_up(&mut self, order: &Order, line: &Line, ready: UtcTime) {
        let (Some(id), Some(term), Some(from), Some(until)) =
            (&line.resource, line.term, line.from, line.until)
        else {
            return;
        };
        let ordered_by = self.orders.ordered_by(order, line).to_owned();
        let period = PaidPeriod { order: ordered_by, term, from, until, paid: line.paid.clone() };
        if order.kind == OrderType::Renewal {
            if let Some(resource) = self.orders.resources.get_mut(id) {
                resource.periods.push(period);
                resource.pending = None;
                resource.busy = ready;
                resource.updated = self.now;
            }
            self.reschedule(id);
        } else if let Some(content) = self.offer(&line.offer).and_then(|offer| offer.package) {
            let item = self.fresh("free-resource-");
            self.orders
                .packages
                .insert(id.clone(), Package::new(id, item, order, line, content, (from, until)));
        } else {
            let main = line.main.as_ref().and_then(|main| {
                order.lines.iter().find(|line| line.id == *main).and_then(|line| line.resource.clone())
            });
            if let Some(main) = main.as_ref().and_then(|main| self.orders.resources.get_mut(main)) {
                main.attached.push(id.clone());
            }
            let resource = Resource {
                id: id.clone(),
                instance: line.id.clone(),
                customer: order.customer.clone(),
                offer: line.offer.clone(),
                name: line.name.clone(),
                size: line.size,
                main,
                attached: Vec::new(),
                ready,
                busy: ready,
                periods: vec![period],
                ended: None,
                automatic: None,
                becomes_pay_per_use: false,
                pending: None,
                updated: self.now,
            };
            self.orders.resources.insert(id.clone(), resource);
        }
    }
}

impl Orders {
    /// The order that a line belongs to: in a combined order the part that brought it.
    fn ordered_by<'o>(&'o self, order: &'o Order, line: &Line) -> &'o str {
        let brought = |part: &&String| {
            self.orders.get(*part).is_some_and(|part| part.lines.iter().any(|own| own.id == line.id))
        };
        order.parts.iter().find(brought).unwrap_or(&order.id)
    }

    /// Cancels an order that waits for payment.
    pub(crate) fn cancel(&mut self, customer: &str, id: &str, now: UtcTime) -> Result<(), Refusal> {
        let order = self.order_of(customer, id).cloned();
        let mut order = order.ok_or_else(|| refuse(codes::ORDER_NOT_FOUND))?;
        if order.part_of.is_some() {
            return Err(refuse(codes::SINGLE_ORDER_OF_COMBINED));
        }
        match order.stage {
            Stage::Unpaid { until } if now <= until => {
                order.stage = Stage::Cancelled;
                self.keep(order);
                Ok(())
            }
            _ => Err(refuse(codes::ORDER_NOT_CANCELLABLE)),
        }
    }
}

/// Vouchers and stored-value cards are spent one after the other as they are named, the rest is cash, then credit. One of
/// somebody else, or one that has nothing left or does not hold, is refused as a used one (`CBC.99003112`), one
/// named as another sort or twice with `CBC.0101`.
pub(crate) fn pay(world: &mut State, caller: &Account, request: PayOrder) -> Result<Accepted, Refusal> {
    if !request.use_coupon.is_known() || !request.use_discount.is_known() {
        return Err(refuse(codes::BAD_PARAMETER));
    }
    let vouchers = request.coupon_infos.filter(|_| request.use_coupon == YesNo::Yes).unwrap_or_default();
    let means = |voucher: &PaymentVoucher| {
        let kept = world.wallet.voucher(voucher.id.as_str());
        match voucher.kind {
            PaymentVoucherType::StoredValueCard => Ok(Means::Card(voucher.id.to_string())),
            kind if kept.is_none_or(|kept| is_named_by(kept.kind, kind)) => {
                Ok(Means::Voucher(voucher.id.to_string()))
            }
            _ => Err(refuse(codes::INVALID_PARAMETER)),
        }
    };
    let vouchers = vouchers.iter().map(means).collect::<Result<Vec<_>, _>>()?;
    let discounts = request.discount_infos.filter(|_| request.use_discount == YesNo::Yes).unwrap_or_default();
    let discount = discounts.first().map(|discount| (discount.id.as_str(), discount.kind));
    world.pay_order(&caller.id, request.order_id.as_str(), discount, &vouchers)?;
    Ok(fill!(Accepted {}))
}
