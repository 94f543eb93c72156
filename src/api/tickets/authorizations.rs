//! Access that engineers ask for and customers grant: to hosts and accounts.
//!
//! The engineer asks. The customer lists what is asked ([`ListAuthorizations`]), looks at it ([`ShowAuthorization`]) and
//! grants it ([`GrantAuthorization`]) or refuses it ([`ActOnAuthorization`]); what was granted can be withdrawn. What was
//! done with it is in [`ListSessions`](super::ListSessions).

use super::{
    AuthorizationId, TicketId,
    common::{Done, Tag, ticket_operation},
};
use crate::{
    operation,
    operation::request,
    types::{
        CustomerId, LocalTime, Personal, Secret, fields::EmptyAsNone, open_enum::open_codes,
        open_enum::open_enum, response,
    },
};

ticket_operation! {
    /// The access that engineers ask for or were granted, one page.
    ///
    /// Called by the user who opened the tickets, or by a member of the same user group.
    GET "/v2/servicerequest/authorizations" as osm -> AuthorizationPage {
        rows(100, incident_auth_list: TicketAuthorization, total: count, key: id),
        source("https://support.huaweicloud.com/api-ticket/ListAuthorizations.html"),
    }
    pub struct ListAuthorizations {
        optional {
            /// Only those on tickets of the IAM user of this name.
            sub_customer_name: Personal where len(0..=64),
            /// Only those on this ticket.
            incident_id: TicketId,
            /// Only those in this state.
            status: AuthorizationStatus,
            /// Only those on tickets with this in their description.
            simple_description: Personal where len(0..=64),
            /// Rows to skip; none by default.
            offset: u32 where range(0..=65535),
            /// Rows per page.
            limit: u32 where range(1..=100) default(10),
            /// The IAM user group, for tickets of another member.
            group_id: String where len(0..=64),
        }
        check |it, check| check.len("incident_id", &it.incident_id.as_ref().map(TicketId::as_str), 0..=64)
    }
}

ticket_operation! {
    /// Shows the requested access with its hosts or accounts.
    ///
    /// Called by the user who opened the ticket, or by a member of the same user group.
    GET "/v2/servicerequest/authorizations/{authorization_id}" as osm "ShowAuthorizationDetail" -> AuthorizationDetail {
        source("https://support.huaweicloud.com/api-ticket/ShowAuthorizationDetail.html"),
    }
    pub struct ShowAuthorization {
        required {
            /// Authorization that the operation applies to.
            authorization_id: AuthorizationId where len(1..=32),
        }
        optional {
            /// The IAM user group, for the ticket of another member.
            group_id: String where len(0..=64),
        }
    }
}

ticket_operation! {
    /// Grants the access that is asked for.
    ///
    /// Called by the user who opened the ticket, or by a member of the same user group. Either the login of
    /// each host is handed over, or an agency under which the engineers act (inferred: the documentation
    /// states no rule). How passwords are to be encrypted is not documented; they travel as they are, inside
    /// TLS. What a repeat does is not documented.
    PUT "/v2/servicerequest/authorizations/{authorization_id}" as osm "ConfirmAuthorizations" -> Done {
        state("osm.ShowAuthorizationDetail"), success(acknowledged),
        source("https://support.huaweicloud.com/api-ticket/ConfirmAuthorizations.html"),
    }
    pub struct GrantAuthorization {
        required {
            /// Authorization that the operation applies to.
            authorization_id: AuthorizationId where len(1..=32),
        }
        optional {
            /// The logins, one for each detail, at most 6.
            auth_detail_list: Vec<GrantedLogin>,
            /// Start of the validity; a number whose unit is not documented, milliseconds since 1970 are likely.
            auth_effective_time: i64,
            /// End of the access, in the same form.
            auth_expire_time: i64,
            /// The IAM user group, for the ticket of another member.
            group_id: String where len(0..=64),
            /// The agency under which the engineers act, from [`ListAgencies`].
            agency_id: String where len(0..=64),
        }
        check |it, check| {
            let logins = it.auth_detail_list.as_deref().unwrap_or_default();
            let check = check
                .count("auth_detail_list", logins.len(), 0..=6)
                .range("auth_effective_time", &it.auth_effective_time, 0..=i64::MAX)
                .range("auth_expire_time", &it.auth_expire_time, 0..=i64::MAX)
                .ordered(
                    ("auth_effective_time", it.auth_effective_time),
                    ("auth_expire_time", it.auth_expire_time),
                );
            logins.iter().fold(check, |check, login| {
                check.range("port", &login.port, 1..=65535).len("account", &login.account, 0..=64).len(
                    "password",
                    &login.password,
                    0..=10240,
                )
            })
        }
    }
}

request! {
    /// The login for one detail of an authorization.
    pub struct GrantedLogin {
        required {
            /// The detail, from [`ShowAuthorization`].
            auth_detail_id: i64,
        }
        optional {
            /// The port of the host, 1 to 65535.
            port: i64,
            /// The login name, up to 64 characters.
            account: Personal,
            /// The password, up to 10240 characters.
            password: Secret,
        }
    }
}

ticket_operation! {
    /// Refuses access that is asked for, or withdraws access that was granted.
    ///
    /// Called by the user who opened the ticket, or by a member of the same user group. Another action is
    /// refused with `OSM.01010018`. The response to a repeat is not documented.
    PUT "/v2/servicerequest/authorizations/{authorization_id}/action" as osm "UpdateAuthorizations" -> Done {
        query("action_id"), state("osm.ShowAuthorizationDetail"), success(acknowledged),
        source("https://support.huaweicloud.com/api-ticket/UpdateAuthorizations.html"),
    }
    pub struct ActOnAuthorization {
        required {
            /// Authorization that the operation applies to.
            authorization_id: AuthorizationId where len(1..=32),
        }
        optional {
            /// Refuse or withdraw.
            action_id: AuthorizationAction,
            /// Reason for a refusal.
            reject_reason: String where len(0..=300),
            /// The IAM user group, for the ticket of another member.
            group_id: String where len(0..=64),
        }
    }
}

ticket_operation! {
    /// Tries the login of a host before it is granted.
    ///
    /// Called by the user who opened the ticket, or by a member of the same user group. A wrong login is
    /// refused with
    /// [`TICKET_LOGIN_WRONG`](crate::error::codes::TICKET_LOGIN_WRONG). A repeat tries again, which the host may
    /// count as a failed login.
    POST "/v2/servicerequest/authorizations/authorization-details/{authorization_detail_id}/verify-host" as osm "CheckHosts" -> Done {
        idempotent, success(acknowledged), source("https://support.huaweicloud.com/api-ticket/CheckHosts.html"),
    }
    pub struct CheckHost {
        required {
            /// The detail of the authorization, from [`ShowAuthorization`].
            authorization_detail_id: i64,
            /// The port of the host.
            port: i64 where range(1..=65535),
            /// The login name.
            account: Personal,
            /// Password of the account.
            password: Secret,
        }
        optional {
            /// The IAM user group, for the ticket of another member.
            group_id: String where len(0..=64),
        }
        check |it, check| check.range("authorization_detail_id", &it.authorization_detail_id, 0..=i64::MAX)
    }
}

ticket_operation! {
    /// The agencies of the account, under which engineers can act.
    GET "/v2/servicerequest/agencies" as osm -> Agencies {
        success(list "agency_list"),
        source("https://support.huaweicloud.com/api-ticket/ListAgencies.html"),
    }
    pub struct ListAgencies {
    }
}

operation! {
    /// Shows the login type of the caller's account; the values are not documented.
    ///
    /// Called by a partner or a customer for itself. Takes language and zone, but no site.
    GET "/v2/servicerequest/authorizations/login-type" as osm -> LoginType {
        sites(ALL), caller(Either), source("https://support.huaweicloud.com/api-ticket/ShowLoginType.html"),
    }
    pub struct ShowLoginType {
        optional {
            /// The language of translated names; the client's own, else Chinese. A header.
            #[header("X-Language")]
            #[with(Tag)]
            language: crate::types::Language,
            /// The zone of local times; the client's own, else UTC+8. A header.
            #[header("X-Time-Zone")]
            time_zone: crate::types::TimeZone,
        }
    }
}

response! {
    /// One page of authorizations.
    pub struct AuthorizationPage {
        /// Total number of matching rows.
        pub count: Option<u64>,
        /// Rows of this page.
        pub incident_auth_list: Vec<TicketAuthorization>,
    }
}

response! {
    /// Access that an engineer asked for.
    pub struct TicketAuthorization {
        /// Identifier of the authorization.
        pub id: AuthorizationId,
        /// State of the authorization.
        pub status: Option<AuthorizationStatus>,
        /// The ticket that it is for.
        pub incident_id: TicketId,
        /// Problem in the customer's words.
        pub simple_description: Option<Personal>,
        /// Purpose of the access in the engineer's words.
        pub auth_describe: Option<String>,
        /// Type of the accessed resource; 2 is an account in a sample.
        pub resource_type_id: Option<String>,
        /// Name of the kind of resource.
        pub resource_type_name: Option<String>,
        /// Type of the access; 4 is the console in a sample.
        pub visit_type_id: Option<String>,
        /// Name of the same.
        pub visit_type_name: Option<String>,
        /// Time of the request, in the requested time zone.
        #[with(EmptyAsNone)]
        pub create_time: Option<LocalTime>,
        /// Start of its validity.
        #[with(EmptyAsNone)]
        pub auth_effective_time: Option<LocalTime>,
        /// End of the access.
        #[with(EmptyAsNone)]
        pub auth_expire_time: Option<LocalTime>,
        /// Reason for the refusal.
        pub reject_reason: Option<String>,
        /// The account that the ticket belongs to.
        pub customer_id: Option<CustomerId>,
        /// The IAM user who opened the ticket.
        pub x_customer_id: Option<String>,
        /// That user's name.
        pub xcustomer_name: Option<Personal>,
        /// The text of the letter of authorization, up to 20,000 characters.
        pub content_of_auth_letter: Option<String>,
    }
}

response! {
    /// Access that an engineer asked for, with the hosts or accounts.
    pub struct AuthorizationDetail {
        /// Identifier of the authorization.
        pub id: AuthorizationId,
        /// State of the authorization.
        pub status: Option<AuthorizationStatus>,
        /// The ticket that it is for.
        pub incident_id: TicketId,
        /// Problem in the customer's words.
        pub simple_description: Option<Personal>,
        /// Type of the accessed resource.
        pub resource_type_id: Option<String>,
        /// Name of the kind of resource.
        pub resource_type_name: Option<String>,
        /// Type of the access.
        pub visit_type_id: Option<String>,
        /// Name of the same.
        pub visit_type_name: Option<String>,
        /// Start of its validity.
        #[with(EmptyAsNone)]
        pub auth_effective_time: Option<LocalTime>,
        /// End of the access.
        #[with(EmptyAsNone)]
        pub auth_expire_time: Option<LocalTime>,
        /// Reason for the refusal.
        pub reject_reason: Option<String>,
        /// The hosts or accounts, one to five.
        pub incident_auth_detail_list: Vec<AuthorizedThing>,
        /// The name of the IAM user who opened the ticket.
        pub xcustomer_name: Option<Personal>,
        /// The name of who decided.
        pub auth_handler_name: Option<Personal>,
        /// The agency under which the engineers act.
        pub agency_name: Option<String>,
        /// Purpose of the access in the engineer's words.
        pub auth_describe: Option<String>,
        /// Id of what is authorized.
        pub content_type_id: Option<String>,
        /// Name of the same.
        pub content_type_name: Option<String>,
    }
}

response! {
    /// A host or account that access is asked for.
    pub struct AuthorizedThing {
        /// The detail, which [`GrantedLogin`] and [`CheckHost`] name.
        pub id: Option<i64>,
        /// The port of a host.
        pub port: Option<i64>,
        /// The login name.
        pub account: Option<Personal>,
        /// Console or host.
        #[name("type")]
        pub kind: Option<AuthorizedKind>,
        /// Id of the host.
        pub instance_id: Option<String>,
        /// The host's name.
        pub instance_name: Option<String>,
        /// Region of the host.
        pub region_id: Option<String>,
    }
}

response! {
    /// The agencies of an account.
    pub struct Agencies {
        /// Total number of rows.
        pub total_count: Option<u64>,
        /// Agencies of the account.
        pub agency_list: Vec<SupportAgency>,
    }
}

response! {
    /// Agency of the caller's account.
    pub struct SupportAgency {
        /// Identifier of the agency.
        pub id: String,
        /// Name of the agency.
        pub name: Option<String>,
        /// Validity of the agency, as the identity service writes it.
        pub duration: Option<String>,
        /// The name of the account that delegates.
        pub trust_domain_name: Option<Personal>,
        /// Account that the agency trusts.
        pub trust_domain_id: Option<String>,
        /// Creation time, as the service writes it; the form is not documented.
        pub create_time: Option<String>,
        /// End of the validity, in the same form.
        pub expire_time: Option<String>,
    }
}

response! {
    /// Login type of an account.
    pub struct LoginType {
        /// The way, whose values are not documented.
        pub login_type: Option<String>,
    }
}

open_codes! {
    /// State of requested access. Which of recalled and cancelled is the customer's doing is not documented.
    pub enum AuthorizationStatus {
        /// Just made; in the newest text only.
        Initial = -1,
        /// Waits for the customer.
        Pending = 0,
        /// Access was granted.
        Granted = 1,
        /// Access was refused.
        Refused = 2,
        /// Access has expired.
        Expired = 3,
        /// Access was recalled.
        Recalled = 4,
        /// Access was cancelled.
        Cancelled = 5,
        /// Being approved; in the newest text only.
        InApproval = 6,
        /// Not approved; in the newest text only.
        ApprovalRefused = 7,
    }
}

impl AuthorizationStatus {
    /// Whether an action fits: what waits can be refused, what was granted withdrawn. A status or action that
    /// this version does not know is left to the service.
    pub fn permits(self, action: &AuthorizationAction) -> bool {
        match action {
            _ if !self.is_known() => true,
            AuthorizationAction::Refuse => self == Self::Pending,
            AuthorizationAction::Withdraw => self == Self::Granted,
            AuthorizationAction::Other(_) => true,
        }
    }
}

open_enum! {
    /// Action of the customer on requested access, besides granting it.
    pub enum AuthorizationAction {
        /// Refuses the access.
        Refuse = "reject",
        /// Withdraws what was granted.
        Withdraw = "cancel",
    }
}

open_codes! {
    /// Object to which access is requested.
    pub enum AuthorizedKind {
        /// Access to the console.
        Console = 0,
        /// Access to a host.
        Host = 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::operation::violated;
    use crate::types::decode_str;

    #[test]
    fn documented_samples_are_read() {
        let detail: AuthorizationDetail = decode_str(
            r#"{"status": 0, "incident_id": "test-123", "simple_description": "test", "resource_type_id": "2",
                "resource_type_name": "华为云账号", "visit_type_id": "4", "visit_type_name": "控制台登录"}"#,
        )
        .unwrap();
        assert_eq!(detail.status, Some(AuthorizationStatus::Pending));
        let agencies: Agencies = decode_str(
            r#"{"total_count": 1, "agency_list": [{"id": "123", "name": "123", "duration": "123", "trust_domain_name": "123",
                "trust_domain_id": "123", "create_time": "123", "expire_time": "123"}]}"#,
        )
        .unwrap();
        assert_eq!(agencies.agency_list[0].create_time.as_deref(), Some("123"));
        let request: GrantAuthorization = decode_str(
            r#"{"authorization_id": "a", "auth_detail_list": [{"auth_detail_id": 123, "port": 80}], "agency_id": "123456"}"#,
        )
        .unwrap();
        request.validate().unwrap();
    }

    #[test]
    fn passwords_are_not_printed() {
        let grant = GrantAuthorization::new("a1")
            .auth_detail_list(vec![GrantedLogin::new(1).account("marker").password("marker")]);
        let check = CheckHost::new(1, 22, "marker", "marker");
        assert!(!format!("{grant:?}{check:?}").contains("marker"));
        assert!(serde_json::to_string(&grant).unwrap().contains(r#""password":"marker""#));
    }

    #[test]
    fn documented_limits_are_checked() {
        let request = GrantAuthorization::new("a1")
            .auth_detail_list(vec![GrantedLogin::new(1).port(0)])
            .auth_effective_time(2)
            .auth_expire_time(1);
        assert_eq!(violated(&request), ["auth_effective_time", "port"]);
        ActOnAuthorization::new("a1").reject_reason("x".repeat(301)).validate().unwrap_err();
        CheckHost::new(1, 65536, "root", "x").validate().unwrap_err();
    }

    #[test]
    fn actions_fit_the_status() {
        use AuthorizationAction::{Refuse, Withdraw};
        use AuthorizationStatus as S;
        assert!(S::Pending.permits(&Refuse) && !S::Pending.permits(&Withdraw));
        assert!(S::Granted.permits(&Withdraw) && !S::Expired.permits(&Withdraw));
        assert!(S::from(9).permits(&Withdraw) && S::Expired.permits(&"reopen".into()));
    }
}
