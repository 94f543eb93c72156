//! Privileges of users on tickets, and the number of tickets that may be opened.

use super::common::{Done, Flag, OneOrMany, ticket_operation};
use crate::types::{CustomerId, Personal, open_enum::open_enum, response};

ticket_operation! {
    /// Grants or revokes a privilege.
    ///
    /// Called with the account's own credentials. Whose privilege it is, is not documented; the request names
    /// no one. With the submission policy on, IAM users need [`Privilege::OpenTickets`].
    POST "/v2/servicerequest/privileges" as osm "CreatePrivileges" -> Done {
        state("osm.ListPrivileges"), success(acknowledged),
        source("https://support.huaweicloud.com/api-ticket/CreatePrivileges.html"),
    }
    pub struct ChangePrivilege {
        required {
            /// Grant or revoke.
            operation: PrivilegeChange where len(1..=64),
        }
        optional {
            /// Privilege to check.
            privilege: Privilege,
        }
        check |it, check| check.len("privilege", &it.privilege.as_ref().map(Privilege::as_str), 0..=64)
    }
}

ticket_operation! {
    /// Whether the caller has a privilege.
    GET "/v2/servicerequest/privileges" as osm "ListPrivileges" -> PrivilegeCheck {
        source("https://support.huaweicloud.com/api-ticket/ListPrivileges.html"),
    }
    pub struct CheckPrivilege {
        required {
            /// Privilege to check.
            privilege: Privilege where len(1..=64),
        }
    }
}

ticket_operation! {
    /// Whether IAM users of the account need a privilege to open tickets.
    ///
    /// The master account switches the policy in the console.
    GET "/v2/servicerequest/privileges/privilege-policy" as osm "ShowCustomerPrivilegePolicy" -> PrivilegePolicy {
        source("https://support.huaweicloud.com/api-ticket/ShowCustomerPrivilegePolicy.html"),
    }
    pub struct ShowPrivilegePolicy {
    }
}

ticket_operation! {
    /// Shows the number of tickets of a kind that may be opened, and the remainder.
    ///
    /// A partner with the standard partner plan has 30 tickets a month and buys packs of 10 beyond that, says the
    /// console's guide.
    GET "/v2/servicerequest/quotas" as osm "ListCaseQuotas" -> TicketQuota {
        source("https://support.huaweicloud.com/api-ticket/ListCaseQuotas.html"),
    }
    pub struct ShowTicketQuota {
        required {
            /// The kind of problem.
            business_type_id: String where len(1..=64),
        }
        optional {
            /// The product; without it the service takes its own product "user centre".
            product_category_id: String where len(0..=64),
        }
    }
}

ticket_operation! {
    /// Whether the calling partner may handle its customers' tickets.
    ///
    /// Called by a partner.
    GET "/v2/servicerequest/cases/partners/privilege/cases-processing" as osm "ShowPartnersCasesPrivilege" -> PartnerPrivilegeCheck {
        caller(Partner), source("https://support.huaweicloud.com/api-ticket/ShowPartnersCasesPrivilege.html"),
    }
    pub struct CheckPartnerPrivilege {
    }
}

ticket_operation! {
    /// Shows the service hours of the calling customer's partner.
    ///
    /// Called by a customer about the partner it is associated with, or about the vendor of a product.
    GET "/v2/servicerequest/cases/partners/service-info" as osm "ShowPartnersServiceInfo" -> ShownPartnerService {
        source("https://support.huaweicloud.com/api-ticket/ShowPartnersServiceInfo.html"),
    }
    pub struct ShowPartnerService {
        optional {
            /// The category of the ticket.
            case_sub_type_id: String where len(0..=32),
            /// The product of a marketplace vendor.
            product_id: String where len(0..=64),
        }
    }
}

ticket_operation! {
    /// The IAM users of the calling account, with masked contact data.
    ///
    /// The service calls them sub-customers; they are users of one account, not customers of a partner.
    GET "/v2/servicerequest/customers/sub-customers" as osm "ListSubCustomers" -> Users {
        success(list "sub_customer_infos"),
        source("https://support.huaweicloud.com/api-ticket/ListSubCustomers.html"),
    }
    pub struct ListUsers {
        optional {
            /// Only the user with this name.
            sub_customer_name: Personal where len(0..=64),
            /// Only the user with this id.
            sub_customer_id: String where len(0..=64),
        }
    }
}

response! {
    /// Whether the caller has a privilege.
    pub struct PrivilegeCheck {
        /// Whether the caller has the privilege.
        pub has_privilege: Option<Flag>,
    }
}

response! {
    /// Whether IAM users need a privilege to open tickets.
    pub struct PrivilegePolicy {
        /// True where IAM users need the privilege.
        pub policy_switch: Option<bool>,
    }
}

response! {
    /// Number of tickets that may be opened.
    pub struct TicketQuota {
        /// Largest number of open tickets; -1 is taken as no limit (inferred).
        pub total: Option<i64>,
        /// Number of tickets that may still be opened; -1 is taken as no limit (inferred).
        pub un_used: Option<i64>,
    }
}

impl TicketQuota {
    /// Returns true if another ticket may be opened according to the response.
    pub fn allows_another(&self) -> bool {
        self.un_used != Some(0)
    }
}

response! {
    /// Whether a partner may handle tickets.
    pub struct PartnerPrivilegeCheck {
        /// True where the partner may handle tickets.
        pub has_privilege: Option<bool>,
    }
}

response! {
    /// Service hours of a partner, nested one level down in the response.
    pub struct ShownPartnerService {
        /// The partner's service; declared as one, shown as a list, so read as a list.
        #[with(OneOrMany)]
        pub partners_service_info: Vec<PartnerService>,
    }
}

response! {
    /// Service hours of a partner.
    pub struct PartnerService {
        /// The partner's account (the documentation says customer).
        pub customer_id: Option<CustomerId>,
        /// The partner's name (the documentation says customer).
        pub customer_name: Option<Personal>,
        /// The zone of the hours.
        pub service_time_zone: Option<String>,
        /// Days of the week on which the partner serves its customers, as the partner wrote them.
        pub service_time_day: Option<String>,
        /// Hours of the day in which the partner serves its customers, as the partner wrote them.
        pub service_time_hour: Option<String>,
    }
}

response! {
    /// IAM users of an account.
    pub struct Users {
        /// Users of the account.
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
        /// Name of the user, masked.
        pub customer_name: Option<Personal>,
        /// Telephone number of the user, masked.
        pub mobile: Option<Personal>,
        /// E-mail address of the user, masked.
        pub email: Option<Personal>,
        /// The country calling code of the number.
        pub area_code: Option<String>,
    }
}

open_enum! {
    /// A right in the ticket service.
    pub enum Privilege {
        /// Permission to export tickets.
        Export = "export",
        /// Permission to open tickets.
        OpenTickets = "createCase",
        /// To act on tickets of an account that delegated to this one.
        ActForDelegators = "assumeCaseAll",
    }
}

open_enum! {
    /// Operation on a privilege.
    pub enum PrivilegeChange {
        /// The privilege is granted.
        Grant = "create",
        /// The privilege is revoked.
        Revoke = "delete",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::types::decode_str;

    #[test]
    fn documented_samples_are_read() {
        assert!(
            decode_str::<PrivilegeCheck>(r#"{"has_privilege": 1}"#)
                .unwrap()
                .has_privilege
                .is_some_and(Flag::is_yes)
        );
        let check = decode_str::<PartnerPrivilegeCheck>;
        assert_eq!(check(r#"{"has_privilege": true}"#).unwrap().has_privilege, Some(true));
        assert_eq!(check("{}").unwrap().has_privilege, None, "nothing is not no");
        let policy = decode_str::<PrivilegePolicy>(r#"{"policy_switch": true}"#).unwrap();
        assert_eq!(policy.policy_switch, Some(true));
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
        let room = |json| decode_str::<TicketQuota>(json).unwrap().allows_another();
        assert!(
            room(r#"{"total": 123, "un_used": 123}"#) && room(r#"{"total":-1,"un_used":-1}"#) && room("{}")
        );
        assert!(!room(r#"{"total":30,"un_used":0}"#));
        ShowTicketQuota::new("").validate().unwrap_err();
        ChangePrivilege::new("").validate().unwrap_err();
    }
}
