//! Enterprises: a master account, its members, and transfers between them.
//!
//! On Huawei Cloud a company can have several accounts: a **master** (企业主账号) and **members** (企业子账号) below the
//! units of its organization. Both are customers; a member's id is a customer's id everywhere else. A member either pays
//! for itself (**independent accounting**) or is paid for by the master (**unified accounting**). With **custody** the
//! master also holds its money. All calls here take the master's credentials, except [`EnableEnterpriseProjects`], which
//! any customer calls for itself. Partners do not call them.
//!
//! | Task | Operation | Effect of a repeat | Sites |
//! |---|---|---|---|
//! | list the units | [`ListOrganizations`] | none | China |
//! | send a code to a new member's number | [`SendMemberVerificationCode`] | sends another | China |
//! | create a member | [`CreateMember`] | presumably refused | China |
//! | list members | [`ListMembers`] | none | all |
//! | list transferable funds and vouchers | [`ShowTransferableAmount`], [`ListTransferableVouchers`] | none | China |
//! | transfer money, a voucher | [`TransferToMember`], [`TransferVoucherToMember`] | refused by its key | China |
//! | list reclaimable funds and vouchers | [`ListReclaimableAmounts`], [`ListReclaimableVouchers`] | none | China |
//! | reclaim them | [`ReclaimFromMember`], [`ReclaimVoucherFromMember`] | refused by its key | China |
//! | enable enterprise projects | [`EnableEnterpriseProjects`] | not documented | all |
//!
//! # Order of calls
//!
//! To create a member: list the units, send the code, create the account, and list the members, because the
//! response to the creation contains no id. To transfer money: list the transferable funds, then transfer. To
//! reclaim it: list the reclaimable funds, then reclaim. The reclaim of a voucher takes two ids, the master's
//! and the member's, which the list of reclaimable vouchers contains.
//!
//! # Idempotency keys
//!
//! The four transfers are the only writes of the Partner Center with an idempotency key, `trans_id`. Each new
//! request gets a key of its own, and the client may repeat the request. A repeat that arrives second is refused with
//! [`TRANSACTION_ID_USED`](crate::error::codes::TRANSACTION_ID_USED): the first was received. A stored request
//! keeps its key; a new transfer needs a new request.
//!
//! # Pitfalls
//!
//! - An enterprise can make one transfer at a time; others are refused with
//!   [`TRANSFER_RUNNING`](crate::error::codes::TRANSFER_RUNNING).
//! - Credit is kept in ledgers by the time at which they expire. That time names the ledger in a transfer; for
//!   permanent credit it must be left out.
//! - [`BUSINESS_CHECK_FAILED`](crate::error::codes::BUSINESS_CHECK_FAILED) has its reasons in `fail_check_items`:
//!   [`FailedCheck`].
//!
//! # Example
//!
//! ```
//! use huaweicloud_partner::{
//!     Client,
//!     enterprise::{FundsAccount, MemberTransfer, ShowTransferableAmount, TransferToMember, TransferableAmountPage},
//!     testing::MockTransport,
//!     types::{Amount, decode_str},
//! };
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mock = MockTransport::new();
//! mock.on_any::<ShowTransferableAmount>().respond(decode_str::<TransferableAmountPage>(
//!     r#"{"total_count": 1, "amount_infos": [{"avail_transfer_amount": 500.00, "currency": "CNY"}]}"#,
//! )?);
//! let transfers = mock.on_any::<TransferToMember>().respond(MemberTransfer::default());
//! let client = Client::for_test(mock);
//!
//! let wanted: Amount = "99.90".parse()?;
//! let page = client.send(&ShowTransferableAmount::new(FundsAccount::Balance)).await?;
//! assert!(page.amount_infos.iter().any(|row| row.avail_transfer_amount >= Some(wanted)));
//!
//! let transfer = TransferToMember::new("06a29c", wanted);
//! let key = transfer.trans_id.clone(); // kept: the response names nothing
//! client.send(&transfer).await?;
//! assert!(transfers.requests().iter().all(|request| request.trans_id == key));
//! # Ok(())
//! # }
//! ```

mod funds;
mod members;
mod organizations;
mod vouchers;

pub use funds::{
    FailedCheck, FundsAccount, ListReclaimableAmounts, MemberReclaim, MemberTransfer, ReclaimFromMember,
    ReclaimableAmount, ReclaimableAmountPage, ShowTransferableAmount, TransferToMember, TransferableAmount,
    TransferableAmountPage,
};
pub use members::{
    CreateMember, Custody, ListMembers, MastersPhone, Member, MemberAssociation, MemberCodeSent,
    MemberCreated, MemberPage, MemberPermission, MemberStatus, MessageVariable, MessageVariableName,
    NameMatch, NewMember, SendMemberVerificationCode,
};
pub use organizations::{
    EnableEnterpriseProjects, EnterpriseProjectsEnabled, ListOrganizations, OrganizationNode,
    OrganizationTree, TreeDepth,
};
pub use vouchers::{
    ListReclaimableVouchers, ListTransferableVouchers, MemberVoucherReclaim, MemberVoucherTransfer,
    ReclaimVoucherFromMember, ReclaimableVoucher, ReclaimableVoucherPage, TransferVoucherToMember,
    TransferableVoucher, TransferableVoucherPage,
};
