//! All operations as data: found by name or by address, and with the feature `dynamic` run from JSON to JSON.

#[cfg(feature = "dynamic")]
mod dynamic;

use std::{collections::HashMap, sync::LazyLock};

use crate::operation::{Method, Operation, OperationMeta, match_path};

/// One operation of the registry: its facts, and with the feature `dynamic` how to read its request and its answer
/// without naming their types.
#[derive(Clone, Copy)]
pub struct Entry {
    /// What is documented about it.
    pub meta: &'static OperationMeta,
    #[cfg(feature = "dynamic")]
    forms: dynamic::Forms,
}

impl Entry {
    const fn of<O: Operation>() -> Self {
        Self {
            meta: O::META,
            #[cfg(feature = "dynamic")]
            forms: dynamic::Forms::of::<O>(),
        }
    }
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Entry").field(self.meta).finish()
    }
}

/// All operations, in the order of the rooms.
pub fn all() -> impl Iterator<Item = &'static Entry> {
    ROOMS.iter().copied().flatten()
}

/// The operation of a qualified name, such as `bss.ListIndirectPartners`. The prefix `bssintl.`, by which the official
/// SDK tells the international site apart, is taken for `bss.`.
pub fn find(name: &str) -> Option<&'static Entry> {
    let name =
        name.strip_prefix("bssintl.").map_or(name.into(), |id| std::borrow::Cow::Owned(format!("bss.{id}")));
    all().find(|entry| entry.meta.name == name)
}

/// The operation that an HTTP request calls: the one whose method and path fit, literal paths before paths with
/// parameters.
pub fn find_address(method: Method, path: &str) -> Option<&'static Entry> {
    static LITERAL: LazyLock<HashMap<(Method, &str), &Entry>> = LazyLock::new(|| {
        let literal = all().filter(|entry| !entry.meta.path.contains('{'));
        literal.map(|entry| ((entry.meta.method, entry.meta.path), entry)).collect()
    });
    if let Some(entry) = LITERAL.get(&(method, path)) {
        return Some(entry);
    }
    let fits = |entry: &&Entry| entry.meta.method == method && match_path(entry.meta.path, path).is_some();
    all().filter(fits).min_by_key(|entry| entry.meta.path.matches('{').count())
}

macro_rules! room {
    ($($operation:ty,)*) => {
        &[$(Entry::of::<$operation>(),)*]
    };
}

const ROOMS: &[&[Entry]] =
    &[PARTNERS, RESELLERS, CUSTOMERS, VOUCHERS, ORDERS, PRODUCTS, BILLS, COSTS, ENTERPRISE, TICKETS];

const PARTNERS: &[Entry] = room! {
    crate::partners::ShowBalances,
    crate::partners::ListCustomerBalances,
    crate::partners::ShowConsumptionQuota,
    crate::partners::AllocateToCustomer,
    crate::partners::ReclaimFromCustomer,
    crate::partners::ListAccountChanges,
    crate::partners::ListAdjustments,
};

const RESELLERS: &[Entry] = room! {
    crate::resellers::ListResellers,
    crate::resellers::AllocateToReseller,
    crate::resellers::ReclaimFromReseller,
    crate::resellers::GrantVoucherQuotas,
    crate::resellers::ReclaimVoucherQuotas,
    crate::resellers::ListGrantedVoucherQuotas,
    crate::resellers::ListVoucherQuotaRecords,
};

const CUSTOMERS: &[Entry] = room! {
    crate::customers::CheckIdentity,
    crate::customers::SendVerificationCode,
    crate::customers::CreateCustomer,
    crate::customers::ListCustomers,
    crate::customers::ListNewCustomerTags,
    crate::customers::AuthenticatePerson,
    crate::customers::AuthenticateEnterprise,
    crate::customers::ChangeToEnterprise,
    crate::customers::ShowAuthenticationReview,
    crate::customers::ShowFaceCheckQrCode,
    crate::customers::ShowAuthenticationStatus,
    crate::customers::ListPayPerUseResources,
    crate::customers::FreezeCustomers,
    crate::customers::UnfreezeCustomers,
    crate::customers::SetBudget,
    crate::customers::ShowBudget,
    crate::customers::ListBudgets,
    crate::customers::ListBudgetRecords,
    crate::customers::ShowAccountBalances,
    crate::customers::ListAccountChanges,
    crate::customers::ShowExpenditureQuota,
    crate::customers::ListProvinces,
    crate::customers::ListCities,
    crate::customers::ListDistricts,
};

const VOUCHERS: &[Entry] = room! {
    crate::vouchers::ListQuotas,
    crate::vouchers::IssueVouchers,
    crate::vouchers::ReclaimVoucher,
    crate::vouchers::ListIssuedVouchers,
    crate::vouchers::ListVoucherRecords,
    crate::vouchers::ListHeldVouchers,
    crate::vouchers::ListVoucherChanges,
    crate::vouchers::ListStoredValueCards,
    crate::vouchers::ListCommercialDiscounts,
};

const ORDERS: &[Entry] = room! {
    crate::orders::ListOrders,
    crate::orders::ShowOrder,
    crate::orders::ShowRefund,
    crate::orders::ListOrderVouchers,
    crate::orders::ListOrderDiscounts,
    crate::orders::PayOrder,
    crate::orders::CancelOrder,
    crate::orders::ListSubscriptions,
    crate::orders::RenewResources,
    crate::orders::EnableAutoRenewal,
    crate::orders::DisableAutoRenewal,
    crate::orders::SetRenewalConfig,
    crate::orders::Unsubscribe,
    crate::orders::ChangeToPayPerUse,
    crate::orders::ChangeToPayPerUseNow,
    crate::orders::ListPackages,
    crate::orders::ShowPackageUsage,
    crate::orders::ListPackageDeductions,
};

const PRODUCTS: &[Entry] = room! {
    crate::products::ListServiceTypes,
    crate::products::ListResourceTypes,
    crate::products::ListServiceResources,
    crate::products::ListUsageTypes,
    crate::products::ListSpecs,
    crate::products::ListSpecPrices,
    crate::products::ListIncentivePolicies,
    crate::products::RatePayPerUse,
    crate::products::RateSubscription,
    crate::products::RateRenewal,
    crate::products::ListMeasureUnits,
    crate::products::ListConversions,
};

const BILLS: &[Entry] = room! {
    crate::bills::ListConsumingCustomers,
    crate::bills::ListCustomerCharges,
    crate::bills::ListMonthlyBills,
    crate::bills::ShowPartnerBill,
    crate::bills::ShowMonthlySummary,
    crate::bills::ListFeeRecords,
    crate::bills::ListUsageRecords,
    crate::bills::ListResourceBills,
    crate::bills::ListBandwidthUsageSummary,
    crate::bills::ListBandwidthUsage,
    crate::bills::ListInvoices,
};

const COSTS: &[Entry] = room! {
    crate::costs::ListCosts,
    crate::costs::ListMonthlyBreakdown,
};

const ENTERPRISE: &[Entry] = room! {
    crate::enterprise::ListOrganizations,
    crate::enterprise::ListMembers,
    crate::enterprise::CreateMember,
    crate::enterprise::SendMemberVerificationCode,
    crate::enterprise::ShowTransferableAmount,
    crate::enterprise::TransferToMember,
    crate::enterprise::ListReclaimableAmounts,
    crate::enterprise::ReclaimFromMember,
    crate::enterprise::ListTransferableVouchers,
    crate::enterprise::TransferVoucherToMember,
    crate::enterprise::ListReclaimableVouchers,
    crate::enterprise::ReclaimVoucherFromMember,
    crate::enterprise::EnableEnterpriseProjects,
};

#[cfg(feature = "tickets")]
const TICKETS: &[Entry] = room! {
    crate::api::tickets::OpenTicket,
    crate::api::tickets::ActOnTicket,
    crate::api::tickets::ChangeContacts,
    crate::api::tickets::SubmitParameters,
    crate::api::tickets::ShowParameters,
    crate::api::tickets::ListTickets,
    crate::api::tickets::CountTickets,
    crate::api::tickets::ExportTickets,
    crate::api::tickets::ListConsoleTickets,
    crate::api::tickets::ShowTicket,
    crate::api::tickets::ShowTicketStatus,
    crate::api::tickets::ListTicketLog,
    crate::api::tickets::ListCopyAddresses,
    crate::api::tickets::SendMessage,
    crate::api::tickets::ListMessages,
    crate::api::tickets::ListOlderMessages,
    crate::api::tickets::PollMessages,
    crate::api::tickets::CountUnreadMessages,
    crate::api::tickets::MarkMessagesRead,
    crate::api::tickets::WithdrawMessage,
    crate::api::tickets::UploadAttachment,
    crate::api::tickets::UploadEncodedAttachment,
    crate::api::tickets::DeleteAttachment,
    crate::api::tickets::DownloadAttachment,
    crate::api::tickets::DownloadImage,
    crate::api::tickets::ListAttachmentLinks,
    crate::api::tickets::ShowAttachmentLink,
    crate::api::tickets::ShowAttachmentLimits,
    crate::api::tickets::ListAuthorizations,
    crate::api::tickets::ShowAuthorization,
    crate::api::tickets::GrantAuthorization,
    crate::api::tickets::ActOnAuthorization,
    crate::api::tickets::CheckHost,
    crate::api::tickets::ListAgencies,
    crate::api::tickets::ShowLoginType,
    crate::api::tickets::ListSessions,
    crate::api::tickets::ListSessionCommands,
    crate::api::tickets::ListSessionTransfers,
    crate::api::tickets::CreateLabel,
    crate::api::tickets::ChangeLabel,
    crate::api::tickets::DeleteLabel,
    crate::api::tickets::ListLabels,
    crate::api::tickets::AttachLabels,
    crate::api::tickets::DetachLabels,
    crate::api::tickets::ListTicketLabels,
    crate::api::tickets::RelateTickets,
    crate::api::tickets::UnrelateTicket,
    crate::api::tickets::ListRelatedTickets,
    crate::api::tickets::ScoreTicket,
    crate::api::tickets::ListScoreDimensions,
    crate::api::tickets::ShowAgreement,
    crate::api::tickets::CheckAgreement,
    crate::api::tickets::SignAgreement,
    crate::api::tickets::CheckContact,
    crate::api::tickets::SendVerificationCode,
    crate::api::tickets::VerifyContact,
    crate::api::tickets::ListVerifiedContacts,
    crate::api::tickets::ChangePrivilege,
    crate::api::tickets::CheckPrivilege,
    crate::api::tickets::ShowPrivilegePolicy,
    crate::api::tickets::ShowTicketQuota,
    crate::api::tickets::CheckPartnerPrivilege,
    crate::api::tickets::ShowPartnerService,
    crate::api::tickets::ListUsers,
    crate::api::tickets::ListCategories,
    crate::api::tickets::ListTicketProducts,
    crate::api::tickets::ListProblemTypes,
    crate::api::tickets::ListSeverities,
    crate::api::tickets::ListParameters,
    crate::api::tickets::ListTemplates,
    crate::api::tickets::ListRegions,
    crate::api::tickets::ListOwnRegions,
    crate::api::tickets::ListAreaCodes,
    crate::api::tickets::ShowTicketLimits,
    crate::api::tickets::ShowSetting,
    crate::api::tickets::StartDiagnosis,
    crate::api::tickets::ShowDiagnosis,
    crate::api::tickets::ShowDiagnosisChecks,
    crate::api::tickets::ListDiagnoses,
    crate::api::tickets::ListDiagnosableResources,
    crate::api::tickets::RateDiagnosis,
    crate::api::tickets::FileReport,
};

#[cfg(not(feature = "tickets"))]
const TICKETS: &[Entry] = room! {};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::{BodyKind, Idempotency, OutcomeProof, SuccessProof};
    use std::collections::{BTreeMap, BTreeSet};

    #[test]
    fn every_operation_is_there_once() {
        let names: BTreeSet<_> = all().map(|entry| entry.meta.name).collect();
        assert_eq!(names.len(), all().count());
        let business = names.iter().filter(|name| name.starts_with("bss.")).count();
        assert_eq!(business, 103);
        if cfg!(feature = "tickets") {
            assert_eq!(names.len() - business, 82);
        }
        let addresses: BTreeSet<_> =
            all().map(|entry| (entry.meta.method.as_str(), entry.meta.path)).collect();
        assert_eq!(addresses.len(), all().count());
    }

    #[test]
    fn meta_is_complete_and_makes_sense() {
        for Entry { meta, .. } in all() {
            let name = meta.name;
            assert!(meta.doc.starts_with("https://support.huaweicloud.com/"), "{name}: {}", meta.doc);
            assert!(meta.path.starts_with('/') && !meta.path.ends_with('/'), "{name}");
            assert!(
                meta.sites.iter().count() > 0 && meta.rate_limit.calls > 0 && meta.rate_limit.seconds > 0,
                "{name}"
            );
            if meta.method == Method::Get {
                assert_eq!((meta.idempotency, meta.body), (Idempotency::ReadOnly, BodyKind::None), "{name}");
            }
            if meta.paging.is_some() {
                assert_eq!(meta.idempotency, Idempotency::ReadOnly, "{name}");
            }
            if let Some(query) = meta.outcome.query() {
                assert!(find(query).is_some_and(|entry| !entry.meta.is_write()), "{name}: {query}");
            }
            let keyed = meta.idempotency == Idempotency::Keyed;
            assert_eq!(keyed, meta.outcome == OutcomeProof::Key, "{name}");
        }
    }

    /// The fields of the response, by their wire names, in the official SDKs of the sites.
    fn documented_fields() -> BTreeMap<String, BTreeSet<String>> {
        let mut fields: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for text in [
            include_str!("../../tests/data/answers_bss.json"),
            include_str!("../../tests/data/answers_bssintl.json"),
            include_str!("../../tests/data/answers_osm.json"),
        ] {
            let catalogue: serde_json::Value = serde_json::from_str(text).unwrap();
            let service = catalogue["service"].as_str().unwrap().replace("bssintl", "bss");
            for operation in catalogue["operations"].as_array().unwrap() {
                let name = format!("{service}.{}", operation["id"].as_str().unwrap());
                let model = catalogue["models"][operation["response"].as_str().unwrap()].as_object();
                let model = model.into_iter().flatten().map(|(field, _)| field.clone());
                fields.entry(name).or_default().extend(model);
            }
        }
        fields
    }

    #[test]
    fn every_write_names_a_documented_proof_of_success() {
        let documented = documented_fields();
        for Entry { meta, .. } in all() {
            let name = meta.name;
            let has = |field: &str| documented[name].contains(field);
            match meta.success {
                None => assert!(!meta.is_write(), "{name} is a write without a proof of success"),
                Some(_) if !meta.is_write() => panic!("{name} reads only"),
                Some(SuccessProof::Field(field) | SuccessProof::Failures(field)) => {
                    assert!(has(field), "{name}: {field}");
                }
                Some(SuccessProof::AnyOf(fields)) => {
                    assert!(
                        !fields.is_empty() && fields.iter().all(|field| has(field)),
                        "{name}: {fields:?}"
                    );
                }
                Some(SuccessProof::Empty | SuccessProof::Acknowledged) => {
                    let fields = documented.get(name).into_iter().flatten();
                    let rest: Vec<_> = fields.filter(|f| !f.starts_with("error_")).collect();
                    assert!(rest.is_empty(), "{name} has fields that would prove more: {rest:?}");
                }
            }
        }
    }

    #[test]
    fn every_list_names_its_documented_field() {
        let documented = documented_fields();
        for Entry { meta, .. } in all() {
            let Some(paging) = meta.paging else { continue };
            for list in [Some(paging.list), paging.other_list].into_iter().flatten() {
                assert!(documented[meta.name].contains(list), "{}: {list}", meta.name);
            }
        }
    }

    #[test]
    fn operations_are_found_by_name_and_by_address() {
        let meta = find("bssintl.ListIndirectPartners").unwrap().meta;
        assert_eq!(meta.name, "bss.ListIndirectPartners");
        assert_eq!(find_address(Method::Post, "/v2/partners/indirect-partners/query").unwrap().meta, meta);
        assert!(find("bss.Unknown").is_none() && find_address(Method::Get, "/v2").is_none());
    }
}
