//! The member accounts of an enterprise.

use crate::{
    customers::MessageLanguage,
    operation,
    operation::{
        Check, Leg, RecordFacts, Resolvable, TargetResult, TimeWindow, digest_of, personal_target, request,
    },
    types::{
        CustomerId, Personal, Secret,
        open_enum::{open_codes, open_enum},
        response,
    },
};

operation! {
    /// The members of the calling enterprise, one page.
    ///
    /// This is where the outcome of a [`CreateMember`] is found whose response was lost. Leave name filters out
    /// rather than empty: an empty one filters.
    GET "/v2/enterprises/multi-accounts/sub-customers" as bss "ListEnterpriseSubCustomers" -> MemberPage {
        sites(ALL), caller(EnterpriseMaster), rows(100, sub_customer_infos: Member, total: total_count, key: id),
        source("https://support.huaweicloud.com/api-oce/ep_00021.html"),
    }
    pub struct ListMembers {
        optional {
            /// Only members of this login name, no blanks.
            sub_customer_account_name: Personal where len(0..=64),
            /// Only members of this display name, no blanks.
            sub_customer_display_name: Personal where len(0..=64),
            /// Whether the names need only be contained; exact by default.
            fuzzy_query: NameMatch,
            /// Rows to skip; none by default.
            offset: u32,
            /// Rows per page.
            limit: u32 where range(1..=100) default(10),
            /// Only members of this unit, from [`ListOrganizations`](super::ListOrganizations).
            org_id: String where len(0..=20),
        }
        check |it, check| {
            let has_no_whitespace = |text: &str| !text.contains(char::is_whitespace);
            check
                .form(
                    "sub_customer_account_name",
                    &it.sub_customer_account_name,
                    has_no_whitespace,
                    "must have no blanks",
                )
                .form(
                    "sub_customer_display_name",
                    &it.sub_customer_display_name,
                    has_no_whitespace,
                    "must have no blanks",
                )
        }
    }
}

operation! {
    /// Makes a new account and hangs it below a unit of the calling enterprise.
    ///
    /// Its number is either given, together with the code that [`SendMemberVerificationCode`] sent there, or
    /// the master's own. Anyone who offers this must have shown the agreements on enterprise management, users
    /// and privacy, and on custody where that is switched on, and have them accepted.
    ///
    /// There is no key against repeats, so the client never repeats it after it may have been executed; a
    /// second account under the same login name is presumably refused. The response names nothing:
    /// [`ListMembers`] does.
    ///
    /// Refused with [`ADDRESS_THROTTLED`](crate::error::codes::ADDRESS_THROTTLED) after too many from one
    /// address, `CBC.99000026` or `CBC.99000027` for a wrong or expired code, `CBC.99000029` or
    /// `CBC.99000030` for a number that is taken or has too many accounts, `CBC.99000031` for a bad login
    /// name, `CBC.99000036` for a bad password, and
    /// [`ENTERPRISE_CHECK_FAILED`](crate::error::codes::ENTERPRISE_CHECK_FAILED), with HTTP status 500, where
    /// the enterprise must not.
    POST "/v2/enterprises/multi-accounts/sub-customers" as bss "CreateSubEnterpriseAccount" -> MemberCreated {
        caller(EnterpriseMaster), state("bss.ListEnterpriseSubCustomers"), success(empty),
        source("https://support.huaweicloud.com/api-oce/ep_00023.html"),
    }
    pub struct CreateMember {
        required {
            /// The unit, from [`ListOrganizations`](super::ListOrganizations).
            party_id: String,
            /// Account to create.
            new_sub_customer: NewMember,
        }
        optional {
            /// Name of the member within the enterprise. The page forbids special characters, the model
            /// allows them.
            display_name: Personal,
            /// Permissions that the master requests from the member. Ignored for members in custody, which
            /// have a fixed set.
            permission_ids: Vec<MemberPermission>,
            /// Whether the master takes the member's money into custody; not by default.
            financial_custody: Custody,
        }
        preset {
            /// Association of member and master; one legal entity is the only value.
            sub_customer_association_type: MemberAssociation = same_legal_entity(),
        }
        check |it, check| {
            let check = check.len("party_id", &it.party_id, 1..=20).len(
                "display_name",
                &it.display_name,
                0..=64,
            );
            it.new_sub_customer.check(check)
        }
    }
}

const fn same_legal_entity() -> MemberAssociation {
    MemberAssociation::SameLegalEntity
}

impl Resolvable for CreateMember {
    type Query = ListMembers;

    const BY_STATE: bool = false;

    /// Members carry no time: the login name, which is unique, tells.
    fn query(&self, _window: TimeWindow) -> ListMembers {
        ListMembers::new().sub_customer_account_name(self.new_sub_customer.customer_name.clone())
    }

    fn legs(&self) -> Vec<Leg> {
        vec![Leg::new(digest_of(&self.new_sub_customer.customer_name), "")]
    }

    fn facts(&self, record: &Member) -> RecordFacts {
        let target = personal_target(record.name.as_ref(), &self.new_sub_customer.customer_name, false);
        let id = record.name.as_ref().map(digest_of);
        RecordFacts::new().id(id).target(target).undated().kind(Some(String::new()))
    }

    /// The response names no id; a digest of the login name, which is personal, stands for it.
    fn results(&self, _output: &MemberCreated) -> Vec<TargetResult> {
        let name = digest_of(&self.new_sub_customer.customer_name);
        vec![TargetResult::executed(&name, &name)]
    }
}

request! {
    /// The account of a member to be made.
    pub struct NewMember {
        required {
            /// The name under which it will log in.
            customer_name: Personal,
            /// The password with which it will log in: at least 8 characters.
            password: Secret,
        }
        optional {
            /// The number of the member's administrator; needed unless the master's is taken.
            mobile_phone: Personal,
            /// Whether the master's number is taken instead; not by default.
            use_pri_mobile_phone: MastersPhone,
            /// The code that was sent to `mobile_phone`, up to 6 characters.
            verification_code: Secret,
        }
    }
}

impl NewMember {
    fn check(&self, check: Check) -> Check {
        let own_phone = self.use_pri_mobile_phone != Some(MastersPhone::Yes);
        let given = |text: Option<&str>| text.is_some_and(|text| !text.is_empty());
        check
            .rule("customer_name", !self.customer_name.is_empty(), "must not be empty")
            .rule("password", self.password.expose().chars().count() >= 8, "must have at least 8 characters")
            .len("verification_code", &self.verification_code, 0..=6)
            .rule(
                "mobile_phone",
                !own_phone || given(self.mobile_phone.as_ref().map(Personal::expose)),
                "must be given unless use_pri_mobile_phone is Y",
            )
            .rule(
                "verification_code",
                !own_phone || given(self.verification_code.as_ref().map(Secret::expose)),
                "must be given unless use_pri_mobile_phone is Y",
            )
    }
}

operation! {
    /// Sends the administrator of a member to be made the code that [`CreateMember`] asks for.
    ///
    /// Each call sends a message, so the client never repeats it after it may have been executed. Refused
    /// with [`MEMBER_CODES_USED_UP`](crate::error::codes::MEMBER_CODES_USED_UP) after too many, and with
    /// [`MASTER_ONLY`](crate::error::codes::MASTER_ONLY) for anybody but a master.
    POST "/v2/enterprises/multi-accounts/sm-verification-code" as bss "SendSmsVerificationCode" -> MemberCodeSent {
        caller(EnterpriseMaster), success(empty),
        source("https://support.huaweicloud.com/api-oce/ep_00014.html"),
    }
    pub struct SendMemberVerificationCode {
        required {
            /// Receiver of the message.
            mobile_phone: Personal,
            /// Variables of the message: the name of the member, see [`MessageVariable::member_name`].
            sm_template_args: Vec<MessageVariable>,
        }
        optional {
            /// Validity of the code in minutes; 10 by default.
            timeout: u32,
            /// The language of the message; by default the one that the account prefers.
            language: MessageLanguage,
        }
        check |it, check| {
            let named = it.sm_template_args.iter().any(|one| one.key == MessageVariableName::MemberName);
            let check = check
                .rule("mobile_phone", !it.mobile_phone.is_empty(), "must not be empty")
                .rule("sm_template_args", named, "must have sub_customer_name")
                .rule("timeout", it.timeout != Some(0), "must be above zero");
            it.sm_template_args
                .iter()
                .fold(check, |check, one| check.len("sm_template_args", &one.value, 1..=255))
        }
    }
}

request! {
    /// A variable of a text message.
    pub struct MessageVariable {
        required {
            /// Name of the variable.
            key: MessageVariableName,
            /// Value of the variable, up to 255 characters.
            value: Personal,
        }
    }
}

impl MessageVariable {
    /// The name of the member that the code is for.
    pub fn member_name(name: impl Into<Personal>) -> Self {
        Self::new(MessageVariableName::MemberName, name)
    }
}

response! {
    /// One page of members.
    pub struct MemberPage {
        /// Total number of members that match.
        pub total_count: Option<u64>,
        /// Rows of this page.
        pub sub_customer_infos: Vec<Member>,
    }
}

response! {
    /// A member account of an enterprise.
    pub struct Member {
        /// The account, by which all other calls name it as a customer.
        pub id: CustomerId,
        /// The name under which it logs in.
        pub name: Option<Personal>,
        /// Name of the account within the enterprise.
        pub display_name: Option<Personal>,
        /// State of the member account.
        pub status: Option<MemberStatus>,
        /// The unit that it belongs to.
        pub org_id: Option<String>,
        /// Name of the unit; may be empty at the top.
        pub org_name: Option<Personal>,
    }
}

response! {
    /// The account was made; the service says nothing more.
    #[derive(Eq)]
    pub struct MemberCreated {}
}

response! {
    /// The code is on its way; the service says nothing more.
    #[derive(Eq)]
    pub struct MemberCodeSent {}
}

open_codes! {
    /// State of a member account.
    pub enum MemberStatus {
        /// Account is in use.
        Normal = 1,
        /// Account is being created.
        Creating = 2,
        /// Account is being closed.
        Closing = 3,
        /// Account is closed.
        Closed = 4,
        /// Account is being registered.
        Registering = 101,
        /// Made, and to be activated.
        ToBeActivated = 102,
    }
}

open_codes! {
    /// Comparison of names.
    pub enum NameMatch {
        /// Names are equal.
        Exact = 0,
        /// Name contains the text.
        Contained = 1,
    }
}

open_codes! {
    /// Association of a member with the master.
    pub enum MemberAssociation {
        /// Member and master are one legal entity.
        SameLegalEntity = 1,
    }
}

open_codes! {
    /// Whether the master has a member's money in custody.
    pub enum Custody {
        /// Accounting is not unified.
        Off = 0,
        /// Accounting is unified; the member permits to view its finances and consumption, and inherits the
        /// discounts.
        On = 1,
    }
}

open_enum! {
    /// Permission that a member gives the master.
    pub enum MemberPermission {
        /// The master sees the member's finances.
        ReadFinances = "READ_FINANCE_INFO",
        /// The master sees what the member consumes.
        ReadConsumption = "READ_CONSUME_BILL",
        /// The master manages the member's invoices.
        ManageInvoices = "SUBSTITUTE-OPEN-INVOICE",
        /// The member may not have invoices issued itself.
        ForbidInvoices = "TAKE-OVER-OPEN-INVOICE",
        /// The member shares the master's credit line.
        ShareCredit = "SHARE-CREDIT-TO-SUB",
        /// The member inherits the master's commercial discounts.
        ShareDiscounts = "SHARE-BIZ-DISCOUNT-TO-SUB",
    }
}

open_enum! {
    /// Whether the master's number is a member's too.
    pub enum MastersPhone {
        /// The member uses the master's number; a given number is ignored.
        Yes = "Y",
        /// The member has a number of its own.
        No = "N",
    }
}

open_enum! {
    /// The variables of the message with a code; the service knows one.
    pub enum MessageVariableName {
        /// The name of the member to be made.
        MemberName = "sub_customer_name",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::operation::fits;
    use crate::operation::violated;
    use crate::{operation::RequestParts, types::decode_str};

    #[test]
    fn members_are_read() {
        let page: MemberPage = decode_str(
            r#"{"total_count":1,"sub_customer_infos":[{"id":"m1","name":"d_2035","display_name":"m","status":102,
                "org_id":"65419","org_name":""}]}"#,
        )
        .unwrap();
        let member = &page.sub_customer_infos[0];
        assert_eq!((member.id.as_str(), member.status), ("m1", Some(MemberStatus::ToBeActivated)));
        assert!(!format!("{member:?}").contains("d_2035"));
    }

    #[test]
    fn the_documented_query_is_built() {
        let query: ListMembers = decode_str(
            r#"{"offset":0,"limit":10,"sub_customer_account_name":"d_2035","sub_customer_display_name":"m",
                "fuzzy_query":1,"org_id":"65419"}"#,
        )
        .unwrap();
        query.validate().unwrap();
        assert_eq!(
            RequestParts::of(&query).unwrap().query,
            "fuzzy_query=1&limit=10&offset=0&org_id=65419&sub_customer_account_name=d_2035&\
             sub_customer_display_name=m"
        );
        let query = query.sub_customer_account_name("a b").org_id("x".repeat(21)).limit(0_u32);
        assert_eq!(violated(&query), ["sub_customer_account_name", "limit", "org_id"]);
    }

    #[test]
    fn a_number_needs_its_code_and_the_masters_needs_none() {
        let create = |member: NewMember| violated(&CreateMember::new("65419", member));
        assert_eq!(
            create(NewMember::new("", "short")),
            ["customer_name", "password", "mobile_phone", "verification_code"]
        );
        let own = NewMember::new("d_2035", "long enough").mobile_phone("13800000000");
        assert_eq!(create(own.clone()), ["verification_code"]);
        assert_eq!(create(own.clone().verification_code("1234567")), ["verification_code"]);
        assert!(create(own.verification_code("123456")).is_empty());
        let fine = NewMember::new("d_2035", "long enough").use_pri_mobile_phone(MastersPhone::Yes);
        assert!(create(fine).is_empty());
    }

    #[test]
    fn the_association_is_filled_in_and_nothing_secret_is_printed() {
        let request: CreateMember = decode_str(
            r#"{"party_id":"1","new_sub_customer":{"customer_name":"marker","password":"marker12"}}"#,
        )
        .unwrap();
        assert_eq!(request.sub_customer_association_type, MemberAssociation::SameLegalEntity);
        assert!(!format!("{request:?}").contains("marker"));
        let body = String::from_utf8(RequestParts::of(&request).unwrap().body.to_vec()).unwrap();
        assert!(body.contains(r#""sub_customer_association_type":1"#) && body.contains("marker12"), "{body}");
    }

    #[test]
    fn a_member_is_recognised_by_its_login_name() {
        let request = CreateMember::new("65419", NewMember::new("d_2035", "long enough"));
        let member = |name: &str| Member { name: Some(name.into()), ..Member::default() };
        let target = digest_of(&"d_2035".into());
        assert!(fits(&request, &target, &member("d_2035")));
        assert!(
            !fits(&request, &target, &member("d_2036")) && request.facts(&member("d_2036")).target.is_some()
        );
        assert!(!fits(&request, &target, &Member::default()));
        for alike in ["D_2035", " d_2035", "d_2035\t", "d_ 2035"] {
            assert_eq!(request.facts(&member(alike)).target, None, "{alike} matches in part");
        }
        let shown = format!(
            "{:?}{:?}{:?}",
            request.legs(),
            request.facts(&member("d_2035")),
            request.results(&MemberCreated {})
        );
        assert!(!shown.contains("d_2035"), "{shown}");
    }

    #[test]
    fn a_code_is_sent_for_a_named_member() {
        let request = SendMemberVerificationCode::new("13800000000", vec![MessageVariable::member_name("m")]);
        request.validate().unwrap();
        let bad = SendMemberVerificationCode::new("", Vec::<MessageVariable>::new()).timeout(0_u32);
        assert_eq!(violated(&bad), ["mobile_phone", "sm_template_args", "timeout"]);
        let long = SendMemberVerificationCode::new("1", vec![MessageVariable::member_name("x".repeat(256))]);
        assert_eq!(violated(&long), ["sm_template_args"]);
    }
}
