//! Who may do what with tickets, and how many may be opened.

use super::common::{Done, Flag, OneOrMany, ticket, ticket_request};
use crate::{
    error::ValidationError,
    operation::{Caller, Check, Operation, OperationMeta},
    types::{CustomerId, Personal, open_enum::open_enum, response},
};

ticket_request! {
    /// Grants or revokes a privilege.
    ///
    /// Called with the account's own credentials. Whose privilege it is, is not documented; the request names nobody. With
    /// the submission policy on, IAM users need [`Privilege::OpenTickets`].
    ///
    /// Source: <https://support.huaweicloud.com/api-ticket/CreatePrivileges.html>
    #[doc(alias = "CreatePrivileges")]
    pub struct ChangePrivilege {
        required {
            /// Grant or revoke.
            operation: PrivilegeChange,
        }
        optional {
            /// Which one.
            privilege: Privilege,
        }
    }
}

impl Operation for ChangePrivilege {
    type Output = Done;

    const META: &'static OperationMeta =
        &ticket(OperationMeta::post("osm.CreatePrivileges", "/v2/servicerequest/privileges"))
            .state("osm.ListPrivileges")
            .success_acknowledged()
            .doc("https://support.huaweicloud.com/api-ticket/CreatePrivileges.html");

    fn validate(&self) -> Result<(), ValidationError> {
        Check::new()
            .length("operation", &self.operation.as_str(), 1..=64)
            .length("privilege", &self.privilege.as_ref().map(Privilege::as_str), 0..=64)
            .finish()
    }
}

ticket_request! {
    /// Whether the caller has a privilege.
    ///
    /// Called by a partner or a customer for itself.
    ///
    /// Source: <https://support.huaweicloud.com/api-ticket/ListPrivileges.html>
    #[doc(alias = "ListPrivileges")]
    pub struct CheckPrivilege {
        required {
            /// Which one.
            privilege: Privilege,
        }
    }
}

impl Operation for CheckPrivilege {
    type Output = PrivilegeCheck;

    const META: &'static OperationMeta =
        &ticket(OperationMeta::get("osm.ListPrivileges", "/v2/servicerequest/privileges"))
            .doc("https://support.huaweicloud.com/api-ticket/ListPrivileges.html");

    fn validate(&self) -> Result<(), ValidationError> {
        Check::new().length("privilege", &self.privilege.as_str(), 1..=64).finish()
    }
}

ticket_request! {
    /// Whether IAM users of the account need a privilege to open tickets.
    ///
    /// Called by a partner or a customer for itself. The master account switches the policy in the console.
    ///
    /// Source: <https://support.huaweicloud.com/api-ticket/ShowCustomerPrivilegePolicy.html>
    #[doc(alias = "ShowCustomerPrivilegePolicy")]
    pub struct ShowPrivilegePolicy {}
}

impl Operation for ShowPrivilegePolicy {
    type Output = PrivilegePolicy;

    const META: &'static OperationMeta = &ticket(OperationMeta::get(
        "osm.ShowCustomerPrivilegePolicy",
        "/v2/servicerequest/privileges/privilege-policy",
    ))
    .doc("https://support.huaweicloud.com/api-ticket/ShowCustomerPrivilegePolicy.html");
}

ticket_request! {
    /// How many tickets of a kind may be opened, and how many of them still.
    ///
    /// Called by a partner or a customer for itself. A partner with the standard partner plan has 30 tickets a month and
    /// buys packs of 10 beyond that, says the console's guide.
    ///
    /// Source: <https://support.huaweicloud.com/api-ticket/ListCaseQuotas.html>
    #[doc(alias = "ListCaseQuotas")]
    pub struct ShowTicketQuota {
        required {
            /// The kind of problem; 1 to 64 characters.
            business_type_id: String,
        }
        optional {
            /// The product; without it the service takes its own product "user centre". Up to 64 characters.
            product_category_id: String,
        }
    }
}

impl Operation for ShowTicketQuota {
    type Output = TicketQuota;

    const META: &'static OperationMeta =
        &ticket(OperationMeta::get("osm.ListCaseQuotas", "/v2/servicerequest/quotas"))
            .doc("https://support.huaweicloud.com/api-ticket/ListCaseQuotas.html");

    fn validate(&self) -> Result<(), ValidationError> {
        Check::new()
            .length("business_type_id", &self.business_type_id, 1..=64)
            .length("product_category_id", &self.product_category_id, 0..=64)
            .finish()
    }
}

ticket_request! {
    /// Whether the calling partner may handle its customers' tickets.
    ///
    /// Called by a partner.
    ///
    /// Source: <https://support.huaweicloud.com/api-ticket/ShowPartnersCasesPrivilege.html>
    #[doc(alias = "ShowPartnersCasesPrivilege")]
    pub struct CheckPartnerPrivilege {}
}

impl Operation for CheckPartnerPrivilege {
    type Output = PartnerPrivilegeCheck;

    const META: &'static OperationMeta = &ticket(OperationMeta::get(
        "osm.ShowPartnersCasesPrivilege",
        "/v2/servicerequest/cases/partners/privilege/cases-processing",
    ))
    .caller(Caller::Partner)
    .doc("https://support.huaweicloud.com/api-ticket/ShowPartnersCasesPrivilege.html");
}

ticket_request! {
    /// When the partner of the calling customer serves.
    ///
    /// Called by a customer about the partner it is associated with, or about the vendor of a product.
    ///
    /// Source: <https://support.huaweicloud.com/api-ticket/ShowPartnersServiceInfo.html>
    #[doc(alias = "ShowPartnersServiceInfo")]
    pub struct ShowPartnerService {
        optional {
            /// The category of the ticket; up to 32 characters.
            case_sub_type_id: String,
            /// The product of a marketplace vendor; up to 64 characters.
            product_id: String,
        }
    }
}

impl Operation for ShowPartnerService {
    type Output = ShownPartnerService;

    const META: &'static OperationMeta = &ticket(OperationMeta::get(
        "osm.ShowPartnersServiceInfo",
        "/v2/servicerequest/cases/partners/service-info",
    ))
    .doc("https://support.huaweicloud.com/api-ticket/ShowPartnersServiceInfo.html");

    fn validate(&self) -> Result<(), ValidationError> {
        Check::new()
            .length("case_sub_type_id", &self.case_sub_type_id, 0..=32)
            .length("product_id", &self.product_id, 0..=64)
            .finish()
    }
}

ticket_request! {
    /// The IAM users of the calling account, with masked contact data.
    ///
    /// Called by a partner or a customer for its own account. The service calls them sub-customers; they are users of one
    /// account, not customers of a partner.
    ///
    /// Source: <https://support.huaweicloud.com/api-ticket/ListSubCustomers.html>
    #[doc(alias = "ListSubCustomers")]
    pub struct ListUsers {
        optional {
            /// Only the one of this name; up to 64 characters.
            sub_customer_name: Personal,
            /// Only this one; up to 64 characters.
            sub_customer_id: String,
        }
    }
}

impl Operation for ListUsers {
    type Output = Users;

    const META: &'static OperationMeta =
        &ticket(OperationMeta::get("osm.ListSubCustomers", "/v2/servicerequest/customers/sub-customers"))
            .doc("https://support.huaweicloud.com/api-ticket/ListSubCustomers.html");

    fn validate(&self) -> Result<(), ValidationError> {
        Check::new()
            .length("sub_customer_name", &self.sub_customer_name, 0..=64)
            .length("sub_customer_id", &self.sub_customer_id, 0..=64)
            .finish()
    }
}

response! {
    /// Whether the caller has a privilege.
    pub struct PrivilegeCheck {
        /// Whether it has.
        pub has_privilege: Option<Flag>,
    }
}

response! {
    /// Whether IAM users need a privilege to open tickets.
    pub struct PrivilegePolicy {
        /// True where they do.
        pub policy_switch: bool,
    }
}

response! {
    /// How many tickets may be opened.
    pub struct TicketQuota {
        /// In all; -1 is allowed and taken as no limit (inferred).
        pub total: Option<i64>,
        /// Still; -1 likewise.
        pub un_used: Option<i64>,
    }
}

impl TicketQuota {
    /// Whether another ticket may be opened, as far as the answer tells.
    pub fn has_room(&self) -> bool {
        self.un_used != Some(0)
    }
}

response! {
    /// Whether a partner may handle tickets.
    pub struct PartnerPrivilegeCheck {
        /// True where it may.
        pub has_privilege: bool,
    }
}

response! {
    /// When a partner serves, one level down in the answer.
    pub struct ShownPartnerService {
        /// The partner's service; declared as one, shown as a list, so read as a list.
        #[via(OneOrMany)]
        pub partners_service_info: Vec<PartnerService>,
    }
}

response! {
    /// When a partner serves.
    pub struct PartnerService {
        /// The partner's account (the documentation says customer).
        pub customer_id: Option<CustomerId>,
        /// The partner's name (the documentation says customer).
        pub customer_name: Option<Personal>,
        /// The zone of the hours.
        pub service_time_zone: Option<String>,
        /// On which days of the week, as the partner wrote it.
        pub service_time_day: Option<String>,
        /// In which hours of the day, as the partner wrote it.
        pub service_time_hour: Option<String>,
    }
}

response! {
    /// IAM users of an account.
    pub struct Users {
        /// The users.
        pub sub_customer_infos: Vec<User>,
    }
}

response! {
    /// An IAM user. The service masks contact data and name.
    pub struct User {
        /// The user (the documentation says customer).
        pub customer_id: String,
        /// The account that it belongs to.
        pub domain_id: Option<CustomerId>,
        /// Its name, masked.
        pub customer_name: Option<Personal>,
        /// Its telephone number, masked.
        pub mobile: Option<Personal>,
        /// Its e-mail address, masked.
        pub email: Option<Personal>,
        /// The country calling code of the number.
        pub area_code: Option<String>,
    }
}

open_enum! {
    /// A right in the ticket service.
    pub enum Privilege {
        /// To export tickets.
        Export = "export",
        /// To open tickets.
        OpenTickets = "createCase",
        /// To act on tickets of an account that delegated to this one.
        ActForDelegators = "assumeCaseAll",
    }
}

open_enum! {
    /// What becomes of a privilege.
    pub enum PrivilegeChange {
        /// It is granted.
        Grant = "create",
        /// It is revoked.
        Revoke = "delete",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::decode_str;

    #[test]
    fn documented_samples_are_read() {
        assert!(
            decode_str::<PrivilegeCheck>(r#"{"has_privilege": 1}"#)
                .unwrap()
                .has_privilege
                .is_some_and(Flag::is_yes)
        );
        assert!(decode_str::<PartnerPrivilegeCheck>(r#"{"has_privilege": true}"#).unwrap().has_privilege);
        assert!(decode_str::<PrivilegePolicy>(r#"{"policy_switch": true}"#).unwrap().policy_switch);
        let users: Users = decode_str(
            r#"{"sub_customer_infos": [{"mobile": "123", "email": "123", "customer_id": "123", "domain_id": "123",
                "customer_name": "123", "area_code": "86"}]}"#,
        )
        .unwrap();
        assert_eq!(users.sub_customer_infos[0].customer_id, "123");
        for json in [
            r#"{"partners_service_info": {"service_time_day": "5"}}"#,
            r#"{"partners_service_info": [{"service_time_day": "5"}]}"#,
        ] {
            let shown: ShownPartnerService = decode_str(json).unwrap();
            assert_eq!(shown.partners_service_info[0].service_time_day.as_deref(), Some("5"), "{json}");
        }
    }

    #[test]
    fn a_quota_of_minus_one_is_no_limit() {
        let room = |json| decode_str::<TicketQuota>(json).unwrap().has_room();
        assert!(
            room(r#"{"total": 123, "un_used": 123}"#) && room(r#"{"total":-1,"un_used":-1}"#) && room("{}")
        );
        assert!(!room(r#"{"total":30,"un_used":0}"#));
        ShowTicketQuota::new("").validate().unwrap_err();
        ChangePrivilege::new("").validate().unwrap_err();
    }
}
