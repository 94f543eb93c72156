//! Enterprises: units, members, and the money and vouchers between a master and its members.
//!
//! Moves take no time here, so none ever meets another one that is still running. A key against repeats counts as used
//! once its move went through; a move that was refused may be sent again with it.

use super::{
    Membership, Unit,
    transfers::{bound, can_be_passed_on, can_come_back, checks, membership, rows, shift, unused},
};
use crate::{
    core::{Account, AccountKind, LedgerAccount, Refusal, bad_request, page, refuse, refuse_naming},
    handler::{Route, Simulated, route},
    slices::{
        customers::ACCOUNTS_PER_NUMBER,
        identity::SentCode,
        wallet::{Voucher, use_limits},
    },
    state::State,
};
use huaweicloud_partner::{
    customers::VerifiedType,
    enterprise::{
        CreateMember, Custody, EnableEnterpriseProjects, EnterpriseProjectsEnabled, FailedCheck,
        FundsAccount, ListMembers, ListOrganizations, ListReclaimableAmounts, ListReclaimableVouchers,
        ListTransferableVouchers, MastersPhone, Member, MemberCodeSent, MemberCreated, MemberPage,
        MemberPermission, MemberReclaim, MemberTransfer, MemberVoucherReclaim, MemberVoucherTransfer,
        NameMatch, OrganizationNode, OrganizationTree, ReclaimFromMember, ReclaimVoucherFromMember,
        ReclaimableAmount, ReclaimableAmountPage, ReclaimableVoucher, ReclaimableVoucherPage,
        SendMemberVerificationCode, ShowTransferableAmount, TransferToMember, TransferVoucherToMember,
        TransferableAmount, TransferableAmountPage, TransferableVoucher, TransferableVoucherPage, TreeDepth,
    },
    error::codes,
    fill,
    partners::TradeDetail,
    types::{Amount, MeasureUnit, Personal, Secret, UtcTime},
    vouchers::VoucherTradeDetail,
};

pub(crate) const ROUTES: &[&[Route]] = &[&[
    route::<ListOrganizations>(),
    route::<SendMemberVerificationCode>(),
    route::<CreateMember>(),
    route::<ListMembers>(),
    route::<ShowTransferableAmount>(),
    route::<TransferToMember>(),
    route::<ListReclaimableAmounts>(),
    route::<ReclaimFromMember>(),
    route::<ListTransferableVouchers>(),
    route::<TransferVoucherToMember>(),
    route::<ListReclaimableVouchers>(),
    route::<ReclaimVoucherFromMember>(),
    route::<EnableEnterpriseProjects>(),
]];

impl Simulated for ListOrganizations {
    /// A unit that is not the enterprise's has nothing below it.
    fn run(self, world: &mut State, caller: &Account) -> Result<OrganizationTree, Refusal> {
        let top = world.top_unit(&caller.id);
        let deep = self.recursive_query == Some(TreeDepth::AllLevels);
        let from = self.parent_id.as_deref().unwrap_or(&top);
        let child_nodes = below(world, &caller.id, from, deep);
        let root = world.enterprise.units.get(&top).filter(|_| self.parent_id.is_none());
        Ok(fill!(OrganizationTree {
            root_id: root.map(|root| root.id.clone()),
            root_name: root.map(|root| root.name.clone()),
            child_nodes,
        }))
    }
}

impl Simulated for SendMemberVerificationCode {
    /// Puts the code into the sandbox's outbox. Up to 15 an hour to one number; the real limit is not
    /// documented.
    fn run(self, world: &mut State, _caller: &Account) -> Result<MemberCodeSent, Refusal> {
        let hour_ago: UtcTime = world.now.instant().saturating_sub(time::Duration::HOUR).into();
        let mut sent = world.identity.outbox.iter().rev().take_while(|sent| sent.sent > hour_ago);
        if sent.by_ref().filter(|sent| sent.receiver == self.mobile_phone).count() >= 15 {
            return Err(refuse(codes::MEMBER_CODES_USED_UP));
        }
        let minutes = i64::from(self.timeout.unwrap_or(10));
        let expires = world.now.instant().saturating_add(time::Duration::minutes(minutes)).into();
        let digits = world.fresh("");
        let code: String = digits.chars().skip(digits.len().saturating_sub(6)).collect();
        let sent = SentCode {
            receiver: self.mobile_phone,
            code: code.into(),
            sent: world.now,
            expires,
            failures: 0,
        };
        world.identity.outbox.push(sent);
        Ok(MemberCodeSent::default())
    }
}

impl Simulated for CreateMember {
    /// Creates the member, which takes ten seconds. A login name that is taken is refused with the code of a
    /// customer's registration.
    fn run(self, world: &mut State, caller: &Account) -> Result<MemberCreated, Refusal> {
        if world.enterprise.units.get(&self.party_id).is_none_or(|unit| unit.master != caller.id) {
            return Err(bad_request("party_id: the enterprise has no such unit".to_owned()));
        }
        world.may_create_members(&caller.id)?;
        let new = self.new_sub_customer;
        world.is_no_lead(new.mobile_phone.as_ref())?;
        if !is_login(new.customer_name.expose()) {
            return Err(refuse(codes::LOGIN_NAME_MALFORMED));
        }
        if !is_password(&new.password, &new.customer_name) {
            return Err(refuse(codes::PASSWORD_MALFORMED));
        }
        if world.accounts.values().any(|account| account.login == new.customer_name) {
            return Err(refuse(codes::LOGIN_NAME_TAKEN));
        }
        let mobile_phone = if new.use_pri_mobile_phone == Some(MastersPhone::Yes) {
            caller.mobile_phone.clone()
        } else {
            let number = new.mobile_phone.unwrap_or_default();
            check_code(world, &number, new.verification_code.as_ref())?;
            Some(number)
        };
        let serves = |account: &&Account| mobile_phone.is_some() && account.mobile_phone == mobile_phone;
        if world.accounts.values().filter(serves).count() >= ACCOUNTS_PER_NUMBER {
            return Err(refuse(codes::MOBILE_REGISTERED_TOO_OFTEN));
        }
        let id = world.fresh("sandbox-member-");
        let account = Account {
            id: id.clone(),
            kind: AccountKind::Customer,
            name: caller.name.clone(), // one legal entity
            login: new.customer_name,
            access_key: format!("AK{}", id.to_uppercase()),
            secret_key: format!("SK{}", id.to_uppercase()).into(),
            associated_with: None,
            associated_on: None,
            association_type: None,
            mobile_phone,
            email: None,
            xaccount_id: None,
            xaccount_type: None,
            ..caller.clone()
        };
        let custody = self.financial_custody == Some(Custody::On);
        let permissions = if custody {
            use MemberPermission::{ReadConsumption, ReadFinances, ShareDiscounts};
            vec![ReadFinances, ReadConsumption, ShareDiscounts]
        } else {
            self.permission_ids.unwrap_or_default()
        };
        let membership = Membership {
            master: caller.id.clone(),
            unit: self.party_id,
            display_name: self.display_name,
            custody,
            permissions,
            made: world.now,
        };
        world.accounts.insert(id.clone(), account);
        world.enterprise.members.insert(id, membership);
        Ok(MemberCreated::default())
    }
}

impl Simulated for ListMembers {
    fn run(self, world: &mut State, caller: &Account) -> Result<MemberPage, Refusal> {
        let contained = self.fuzzy_query == Some(NameMatch::Contained);
        let fits = |filter: &Option<Personal>, held: &str| {
            filter
                .as_ref()
                .map(Personal::expose)
                .is_none_or(|name| if contained { held.contains(name) } else { held == name })
        };
        let members = world.enterprise.members.iter().filter_map(|(id, member)| {
            Some((world.accounts.get(id)?, member)).filter(|_| member.master == caller.id)
        });
        let wanted = members.filter(|(account, member)| {
            let display = member.display_name.as_ref().map_or("", Personal::expose);
            fits(&self.sub_customer_account_name, account.login.expose())
                && fits(&self.sub_customer_display_name, display)
                && self.org_id.as_ref().is_none_or(|unit| unit.is_empty() || member.unit == *unit)
        });
        let (total_count, sub_customer_infos) = page(wanted, self.offset, self.limit, |(account, member)| {
            fill!(Member {
                id: account.id.as_str().into(),
                name: Some(account.login.clone()),
                display_name: member.display_name.clone(),
                status: Some(member.status(world.now)),
                org_id: Some(member.unit.clone()),
                org_name: world.enterprise.units.get(&member.unit).map(|unit| unit.name.clone()),
            })
        });
        Ok(fill!(MemberPage { total_count, sub_customer_infos }))
    }
}

impl Simulated for ShowTransferableAmount {
    /// The balance of a master for which a partner pays cannot be passed on.
    fn run(self, world: &mut State, caller: &Account) -> Result<TransferableAmountPage, Refusal> {
        let rows = rows(world, &caller.id, &self.balance_type)?;
        let bound = self.balance_type == FundsAccount::Balance && bound(caller).is_some();
        let (total_count, amount_infos) = page(rows, self.offset, self.limit, |row| {
            fill!(TransferableAmount {
                avail_transfer_amount: Some(if bound { Amount::ZERO } else { row.left }),
                measure_id: Some(MeasureUnit::MainUnit),
                currency: Some(caller.site.currency()),
                amount: row.line.map(|_| row.left),
                credit_amount: row.line,
                expire_time: row.expires,
            })
        });
        Ok(fill!(TransferableAmountPage { total_count, amount_infos }))
    }
}

impl Simulated for ListReclaimableAmounts {
    /// Lists all funds of the member as reclaimable, whatever their source; funds in custody are not listed.
    fn run(self, world: &mut State, caller: &Account) -> Result<ReclaimableAmountPage, Refusal> {
        let custody = membership(world, caller, &self.sub_customer_id)?.custody;
        let rows = rows(world, self.sub_customer_id.as_str(), &self.balance_type)?;
        let (total_count, amount_infos) = page(rows, self.offset, self.limit, |row| {
            fill!(ReclaimableAmount {
                avail_retrieve_amount: Some(if custody { Amount::ZERO } else { row.left }),
                measure_id: Some(MeasureUnit::MainUnit),
                currency: Some(caller.site.currency()),
                amount: row.line.map(|_| row.left),
                credit_amount: row.line,
                expire_time: row.expires,
            })
        });
        Ok(fill!(ReclaimableAmountPage { total_count, amount_infos }))
    }
}

impl Simulated for TransferToMember {
    fn run(self, world: &mut State, caller: &Account) -> Result<MemberTransfer, Refusal> {
        let account = self.balance_type.unwrap_or(FundsAccount::Balance);
        let key = unused(world, caller, &self.trans_id)?;
        let member = membership(world, caller, &self.customer_id)?;
        let mut failed = Vec::new();
        if account == FundsAccount::Balance {
            failed.extend(bound(caller));
        } else if !member.permissions.contains(&MemberPermission::ShareCredit) {
            failed.push(FailedCheck::CreditNotShared);
        }
        checks(failed)?;
        let (to, trade) = (self.customer_id.as_str(), self.trans_id.as_str());
        shift(world, &caller.id, to, &account, self.expire_time, &self.amount, trade, TradeDetail::Grant)?;
        world.enterprise.keys.insert(key);
        Ok(MemberTransfer::default())
    }
}

impl Simulated for ReclaimFromMember {
    fn run(self, world: &mut State, caller: &Account) -> Result<MemberReclaim, Refusal> {
        let account = self.balance_type.unwrap_or(FundsAccount::Balance);
        let key = unused(world, caller, &self.trans_id)?;
        let mut failed = Vec::new();
        if membership(world, caller, &self.customer_id)?.custody {
            failed.push(FailedCheck::MemberInCustody);
        }
        if world.debt_of(self.customer_id.as_str()).is_positive() {
            failed.push(FailedCheck::MemberInArrears);
        }
        checks(failed)?;
        let (from, trade) = (self.customer_id.as_str(), self.trans_id.as_str());
        shift(
            world,
            from,
            &caller.id,
            &account,
            self.expire_time,
            &self.amount,
            trade,
            TradeDetail::Reclaim,
        )?;
        world.enterprise.keys.insert(key);
        Ok(MemberReclaim::default())
    }
}

impl Simulated for ListTransferableVouchers {
    fn run(self, world: &mut State, caller: &Account) -> Result<TransferableVoucherPage, Refusal> {
        let wanted =
            world.wallet.vouchers.values().filter(|voucher| can_be_passed_on(world, voucher, &caller.id));
        let (total_count, avail_transfer_coupons) = page(wanted, self.offset, self.limit, |voucher| {
            fill!(TransferableVoucher {
                coupon_id: voucher.id.as_str().into(),
                plan_name: voucher.plan.clone(),
                balance: Some(world.ledger.balance(&LedgerAccount::voucher(&voucher.id))),
                effective_time: Some(voucher.effective),
                expire_time: Some(voucher.expires),
                use_limits: use_limits(&voucher.limits),
            })
        });
        Ok(fill!(TransferableVoucherPage { total_count, avail_transfer_coupons }))
    }
}

impl Simulated for TransferVoucherToMember {
    /// A voucher that cannot be passed on, or holds less, makes the transfer fail: no other code is documented for it.
    fn run(self, world: &mut State, caller: &Account) -> Result<MemberVoucherTransfer, Refusal> {
        let key = unused(world, caller, &self.trans_id)?;
        membership(world, caller, &self.customer_id)?;
        let failed = || refuse(codes::TRANSFER_FAILED);
        let amount = self.amount.amount().map_err(|error| bad_request(error.to_string()))?;
        let whole = world.wallet.vouchers.get(self.coupon_id.as_str());
        let whole = whole.filter(|voucher| can_be_passed_on(world, voucher, &caller.id)).cloned();
        let whole = whole.ok_or_else(failed)?;
        let part = Voucher {
            id: world.fresh("CP"),
            customer: self.customer_id.to_string(),
            face_value: amount,
            created: world.now,
            cut_from: Some(whole.id.clone()),
            ..whole.clone()
        };
        let (from, to) = (LedgerAccount::voucher(&whole.id), LedgerAccount::voucher(&part.id));
        world.move_money("voucher to member", from, to, amount).map_err(|_| failed())?;
        world.note_voucher(&whole, VoucherTradeDetail::MasterTransfer, amount.negated(), &self.trans_id);
        world.note_voucher(&part, VoucherTradeDetail::MasterTransfer, amount, &self.trans_id);
        let sub_coupon_id = part.id.as_str().into();
        world.wallet.vouchers.insert(part.id.clone(), part);
        world.enterprise.keys.insert(key);
        Ok(fill!(MemberVoucherTransfer { sub_coupon_id }))
    }
}

impl Simulated for ListReclaimableVouchers {
    fn run(self, world: &mut State, caller: &Account) -> Result<ReclaimableVoucherPage, Refusal> {
        membership(world, caller, &self.sub_customer_id)?;
        let member = self.sub_customer_id.as_str();
        let wanted = world.wallet.vouchers.values().filter(|voucher| can_come_back(world, voucher, member));
        let (total_count, avail_retrieve_coupons) = page(wanted, self.offset, self.limit, |voucher| {
            fill!(ReclaimableVoucher {
                coupon_id: voucher.cut_from.as_deref().unwrap_or_default().into(),
                plan_name: voucher.plan.clone(),
                sub_coupon_id: voucher.id.as_str().into(),
                balance: Some(world.ledger.balance(&LedgerAccount::voucher(&voucher.id))),
                effective_time: Some(voucher.effective),
                expire_time: Some(voucher.expires),
                use_limits: use_limits(&voucher.limits),
            })
        });
        Ok(fill!(ReclaimableVoucherPage { total_count, avail_retrieve_coupons }))
    }
}

impl Simulated for ReclaimVoucherFromMember {
    /// A voucher that cannot come back makes the reclaim fail: no other code is documented for it.
    fn run(self, world: &mut State, caller: &Account) -> Result<MemberVoucherReclaim, Refusal> {
        let key = unused(world, caller, &self.trans_id)?;
        membership(world, caller, &self.customer_id)?;
        let failed = || refuse(codes::TRANSFER_FAILED);
        let part = world.wallet.vouchers.get(self.sub_coupon_id.as_str());
        let part = part.filter(|voucher| {
            can_come_back(world, voucher, self.customer_id.as_str())
                && voucher.cut_from.as_deref() == Some(self.coupon_id.as_str())
        });
        let part = part.cloned().ok_or_else(failed)?;
        let whole = world.wallet.vouchers.get(self.coupon_id.as_str()).cloned().ok_or_else(failed)?;
        let left = world.ledger.balance(&LedgerAccount::voucher(&part.id));
        world.move_money(
            "voucher from member",
            LedgerAccount::voucher(&part.id),
            LedgerAccount::voucher(&whole.id),
            left,
        )?;
        world.note_voucher(&part, VoucherTradeDetail::MasterReclaim, left.negated(), &self.trans_id);
        world.note_voucher(&whole, VoucherTradeDetail::MasterReclaim, left, &self.trans_id);
        if let Some(part) = world.wallet.vouchers.get_mut(&part.id) {
            part.reclaimed = true;
        }
        world.enterprise.keys.insert(key);
        Ok(fill!(MemberVoucherReclaim { real_retrieve_amount: Some(left) }))
    }
}

impl Simulated for EnableEnterpriseProjects {
    /// Older kinds of projects are nowhere in use here. Switching on what is on does nothing.
    fn run(self, world: &mut State, caller: &Account) -> Result<EnterpriseProjectsEnabled, Refusal> {
        let kind = world.standing(&caller.id).verified.map(|(kind, _)| kind);
        if kind != Some(VerifiedType::Enterprise) {
            let items = ["SELF_OPEN_ONLY_FOR_ENT_AND_INTR_CUST"];
            return Err(refuse_naming(codes::BUSINESS_CHECK_FAILED, "fail_check_items", items));
        }
        world.enterprise.projects.insert(caller.id.clone());
        Ok(EnterpriseProjectsEnabled::default())
    }
}

/// The units below a unit of an enterprise.
fn below(world: &State, master: &str, above: &str, deep: bool) -> Vec<OrganizationNode> {
    let tie = |unit: &Unit| unit.above.as_ref().filter(|(held, _)| held == above).map(|(_, tie)| tie.clone());
    let units = world.enterprise.units.values().filter(|unit| unit.master == master);
    let node = |unit: &Unit| {
        Some(fill!(OrganizationNode {
            relation_id: Some(tie(unit)?),
            id: unit.id.clone(),
            name: Some(unit.name.clone()),
            child_nodes: if deep { below(world, master, &unit.id, deep) } else { Vec::new() },
        }))
    };
    units.filter_map(node).collect()
}

fn check_code(world: &State, number: &Personal, code: Option<&Secret>) -> Result<(), Refusal> {
    let sent = world.identity.outbox.iter().rev().find(|sent| sent.receiver == *number);
    match sent.filter(|sent| code == Some(&sent.code)) {
        None => Err(refuse(codes::CODE_WRONG)),
        Some(sent) if sent.expires <= world.now => Err(refuse(codes::CODE_EXPIRED)),
        Some(_) => Ok(()),
    }
}

/// The rules of login names, as for customers: they are not documented for members.
fn is_login(name: &str) -> bool {
    (5..=32).contains(&name.len())
        && name.starts_with(|first: char| first.is_ascii_alphabetic() || "_-".contains(first))
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}

/// The rules of passwords, as for customers: two of four classes, and not the name or its reverse.
fn is_password(password: &Secret, name: &Personal) -> bool {
    let (password, name) = (password.expose(), name.expose());
    let classes = [
        password.contains(|c: char| c.is_ascii_uppercase()),
        password.contains(|c: char| c.is_ascii_lowercase()),
        password.contains(|c: char| c.is_ascii_digit()),
        password.contains(|c: char| !c.is_ascii_alphanumeric()),
    ];
    (8..=32).contains(&password.chars().count())
        && classes.into_iter().filter(|has| *has).count() >= 2
        && password != name
        && !password.chars().eq(name.chars().rev())
}
