//! Enterprises: units, members, and the money and vouchers between a master and its members.
//!
//! Moves take no time here, so none ever meets another one that is still running. A key against repeats counts as used
//! once its move went through; a move that was refused may be sent again with it.

use super::{
    Unit,
    transfers::{bound, can_be_passed_on, can_come_back, membership, rows},
};
use crate::{
    core::{Account, LedgerAccount, Refusal, page},
    handler::{Route, Simulated, route},
    slices::{
        enterprise::{members, projects, transfers},
        wallet::use_limits,
    },
    state::State,
};
use huaweicloud_partner::{
    enterprise::{
        CreateMember, EnableEnterpriseProjects, EnterpriseProjectsEnabled, FundsAccount, ListMembers,
        ListOrganizations, ListReclaimableAmounts, ListReclaimableVouchers, ListTransferableVouchers, Member,
        MemberCodeSent, MemberCreated, MemberPage, MemberReclaim, MemberTransfer, MemberVoucherReclaim,
        MemberVoucherTransfer, NameMatch, OrganizationNode, OrganizationTree, ReclaimFromMember,
        ReclaimVoucherFromMember, ReclaimableAmount, ReclaimableAmountPage, ReclaimableVoucher,
        ReclaimableVoucherPage, SendMemberVerificationCode, ShowTransferableAmount, TransferToMember,
        TransferVoucherToMember, TransferableAmount, TransferableAmountPage, TransferableVoucher,
        TransferableVoucherPage, TreeDepth,
    },
    fill,
    types::{Amount, MeasureUnit, Personal},
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
        let root = world.enterprise.unit(&top).filter(|_| self.parent_id.is_none());
        Ok(fill!(OrganizationTree {
            root_id: root.map(|root| root.id.clone()),
            root_name: root.map(|root| root.name.clone()),
            child_nodes,
        }))
    }
}

impl Simulated for SendMemberVerificationCode {
    fn run(self, world: &mut State, _caller: &Account) -> Result<MemberCodeSent, Refusal> {
        members::send_member_code(world, self)
    }
}

impl Simulated for CreateMember {
    fn run(self, world: &mut State, caller: &Account) -> Result<MemberCreated, Refusal> {
        members::create_member(world, caller, self)
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
        let members = world.enterprise.members().filter_map(|(id, member)| {
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
                org_name: world.enterprise.unit(&member.unit).map(|unit| unit.name.clone()),
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
        transfers::transfer_to_member(world, caller, self)
    }
}

impl Simulated for ReclaimFromMember {
    fn run(self, world: &mut State, caller: &Account) -> Result<MemberReclaim, Refusal> {
        transfers::reclaim_from_member(world, caller, self)
    }
}

impl Simulated for ListTransferableVouchers {
    fn run(self, world: &mut State, caller: &Account) -> Result<TransferableVoucherPage, Refusal> {
        let wanted = world.wallet.vouchers().filter(|voucher| can_be_passed_on(world, voucher, &caller.id));
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
    fn run(self, world: &mut State, caller: &Account) -> Result<MemberVoucherTransfer, Refusal> {
        transfers::transfer_voucher(world, caller, self)
    }
}

impl Simulated for ListReclaimableVouchers {
    fn run(self, world: &mut State, caller: &Account) -> Result<ReclaimableVoucherPage, Refusal> {
        membership(world, caller, &self.sub_customer_id)?;
        let member = self.sub_customer_id.as_str();
        let wanted = world.wallet.vouchers().filter(|voucher| can_come_back(world, voucher, member));
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
    fn run(self, world: &mut State, caller: &Account) -> Result<MemberVoucherReclaim, Refusal> {
        transfers::reclaim_voucher(world, caller, self)
    }
}

impl Simulated for EnableEnterpriseProjects {
    fn run(self, world: &mut State, caller: &Account) -> Result<EnterpriseProjectsEnabled, Refusal> {
        projects::enable_projects(world, caller)
    }
}

/// The units below a unit of an enterprise.
fn below(world: &State, master: &str, above: &str, deep: bool) -> Vec<OrganizationNode> {
    let tie = |unit: &Unit| unit.above.as_ref().filter(|(held, _)| held == above).map(|(_, tie)| tie.clone());
    let units = world.enterprise.units_of(master);
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
