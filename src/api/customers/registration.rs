//! Registration of a customer: preliminary checks, the verification code and the account.

use crate::{
    error::{ApiError, Error, ErrorCode},
    operation,
    operation::{Leg, RecordFacts, Resolvable, TargetResult, TimeWindow},
    types::{
        CustomerId, Personal, ResellerId, Secret, decode,
        open_enum::{open_codes, open_enum},
        response,
    },
};

use super::list::{Customer, ListCustomers};

operation! {
    /// Whether a login name, mobile number or e-mail address can still be used for a new customer.
    ///
    /// The response is a hint: another account may take the name before [`CreateCustomer`] runs (inferred).
    POST "/v2/partners/sub-customers/users/check-identity" as bss "CheckUserIdentity" -> IdentityCheck {
        read, sites(ALL), rate(5), permissions("BPC_ITEM_SUBCUSTSERV_010118"),
        source("https://support.huaweicloud.com/api-bpconsole/mc_00023.html"),
    }
    pub struct CheckIdentity {
        required {
            /// Type of [`search_value`](Self#structfield.search_value).
            search_type: IdentityType,
            /// The text to be checked.
            ///
            /// - A login name: 5 to 32 letters, digits, `_` and `-`, beginning with a letter or `-`, not with `op_` or
            ///   `shadow_`. [`CreateCustomer`] takes a leading `_` as well, but here it is refused.
            /// - A mobile number with its country code: `00`, two digits, `-`, the number; `0086-13800000000`. The China
            ///   site knows 0086 only; that is left to the site.
            /// - A complete e-mail address.
            search_value: Personal,
        }
        check |it, check| {
            let check = check.len("search_value", &it.search_value, 1..=64);
            let (field, value) = ("search_value", &it.search_value);
            match it.search_type {
                IdentityType::LoginName => check.form(
                    field,
                    value,
                    |name| is_login_name(name) && !name.starts_with('_'),
                    "must be a login name: 5 to 32 letters, digits, _ and -, a letter or - first, without op_ or shadow_",
                ),
                IdentityType::Mobile => check.form(
                    field,
                    value,
                    is_international_number,
                    "must be a number with its country code, such as 0086-13800000000",
                ),
                IdentityType::Email => check.form(field, value, is_email, "must be an e-mail address"),
                IdentityType::Other(_) => check,
            }
        }
    }
}

operation! {
    /// Sends a verification code to a person, by text message on the China site, by e-mail elsewhere.
    ///
    /// [`SendVerificationCode::to_mobile`] and [`SendVerificationCode::to_email`] make the two forms. Every
    /// call sends a message, so the client never repeats it after it may have been executed; there is no
    /// record to look it up in, the person knows.
    ///
    /// Refused with `CBC.99004015` after 15 codes in an hour or 60 in a day; whether these are counted for
    /// the receiver or for the partner is not documented. The code itself is checked where it is used:
    /// `CBC.99004008` or `CBC.99000027` says expired, `CBC.99004010` wrong, `CBC.99004009` wrong more than
    /// three times.
    POST "/v2/bases/verificationcode/send" as bss "SendVerificationMessageCode" -> CodeSent {
        sites(ALL), permissions("BPC_ITEM_SUBCUSTSERV_010118"), success(empty),
        source("https://support.huaweicloud.com/api-bpconsole/mc_00024.html"),
    }
    pub struct SendVerificationCode {
        required {
            /// Text message or e-mail.
            receiver_type: CodeChannel,
        }
        optional {
            /// Validity of the code in minutes; 10 by default. The service silently makes 5 of
            /// anything above 60.
            timeout: u32 where range(1..=3000),
            /// Receiver of the text message: a Chinese number without country code, such as `13800000000`.
            /// China site.
            mobile_phone: Personal where len(1..=32),
            /// The language of the message: Chinese by default on the China site, English on the others.
            lang: MessageLanguage where len(0..=16),
            /// Purpose of the code: registration by default. China site.
            scene: CodeScene,
            /// Customer whose bank card is to be checked: required for [`CodeScene::BankCard`], ignored
            /// otherwise. China site.
            customer_id: CustomerId,
            /// Receiver of the e-mail. Not on the China site.
            email: Personal where len(1..=64),
        }
        check |it, check| {
            let (by_text, by_mail) =
                (it.receiver_type == CodeChannel::TextMessage, it.receiver_type == CodeChannel::Email);
            let for_card = it.scene == Some(CodeScene::BankCard);
            check
                .rule("mobile_phone", !by_text || it.mobile_phone.is_some(), "must be given for a text message")
                .form("mobile_phone", &it.mobile_phone, is_chinese_number, CHINESE_NUMBER)
                .rule("email", !by_mail || it.email.is_some(), "must be given for an e-mail")
                .form("email", &it.email, is_email, "must be an e-mail address")
                .rule("scene", !(for_card && by_mail), "must be registration for an e-mail")
                .rule("customer_id", !for_card || it.customer_id.is_some(), "must be given for a bank card")
                .len("customer_id", &it.customer_id, usize::from(for_card)..=64)
        }
    }
}

impl SendVerificationCode {
    /// A text message to a Chinese number without country code.
    pub fn to_mobile(mobile_phone: impl Into<Personal>) -> Self {
        Self::new(CodeChannel::TextMessage).mobile_phone(mobile_phone)
    }

    /// An e-mail to an address.
    pub fn to_email(email: impl Into<Personal>) -> Self {
        Self::new(CodeChannel::Email).email(email)
    }
}

operation! {
    /// Creates an account for a new customer and associates it with the partner.
    ///
    /// 99005035`). The page that registers customers must show Huawei Cloud's customer agreement and privacy
    /// statement.
    ///
    /// The account is there when the response comes; the association follows, and shows in [`ListCustomers`].
    /// The customer is a resale customer on the China site and a Reseller-model customer, frozen at first, on
    /// the others.
    ///
    /// # What differs between the sites
    /// China: `mobile_phone`, `cooperation_type`. The others: `email`, and `domain_area` is needed there. A request does not
    /// know its site, so what only one site demands is checked by that site; a mixture that no site takes is refused here.
    ///
    /// # Never twice
    /// A repeat may make a second account, so the client never repeats it after it may have been executed.
    /// With a `domain_name` and an `xaccount_id` of its own a repeat is harmless, because the first would be
    /// in its way (`CBC.99000038`, `CBC.99000039`; inferred): with them an unknown outcome can be settled.
    ///
    /// `CBC.99000050`, which comes with HTTP status 500, says that the account exists and its association is
    /// open. Never create it again. The error names the account: read it with [`CreatedCustomer::named_in`],
    /// or field by field with [`ApiError::field`], and look for it with [`ListCustomers`] until it is
    /// associated.
    ///
    /// # Refusals
    /// The verification code: `CBC.99004008` expired, `CBC.99004010` wrong, `CBC.99004009` wrong more than three times. The
    /// mobile number: `CBC.5017` malformed, `CBC.99000029` taken, `CBC.99000030` used for too many accounts. Number or
    /// address known to Huawei as a lead of its own: `CBC.99000051`. A distributor without a reseller: `CBC.50010059`.
    POST "/v2/partners/sub-customers" as bss "CreateSubCustomer" -> CreatedCustomer {
        sites(ALL), permissions("BPC_ITEM_SUBCUSTSERV_010118"), state("bss.ListSubCustomers"),
        success(field "domain_id"), source("https://support.huaweicloud.com/api-bpconsole/mc_00016.html"),
    }
    pub struct CreateCustomer {
        required {
            /// The partner's own id of this user on its sales platform, used for no other customer. Single
            /// sign-on uses it again later.
            xaccount_id: String where len(1..=128),
            /// The tag that Huawei gave to the partner's sales platform; shown in Partner Center under
            /// Support, Open capabilities, Access configuration.
            xaccount_type: String where len(1..=64),
        }
        optional {
            /// The login name: 5 to 32 letters, digits, `_` and `-`, not a digit first, not beginning with
            /// `op_` or `shadow_`. Without one, or with empty text, 32 random characters.
            domain_name: Personal,
            /// The customer's mobile number: Chinese, without country code, such as `13800000000`. Without
            /// one the customer receives no text messages. China site.
            mobile_phone: Personal where len(0..=32),
            /// The customer's e-mail address. Without one the customer receives no mail. Not on the China
            /// site.
            email: Personal,
            /// The six characters that [`SendVerificationCode`] sent; needed with a mobile number or e-mail
            /// address.
            verification_code: Secret where len(6..=6),
            /// The country that the customer belongs to, by its two letters of ISO 3166, such as `MX`. Needed
            /// on all sites but China, which does not know it. Which countries are allowed is not documented.
            domain_area: String,
            /// 8 to 32 characters with at least two of: capital letters, small letters, digits, others.
            /// Neither the login name nor its reverse, and without the mobile number or e-mail address in it.
            /// Without one the customer signs in only through the partner's platform.
            password: Secret where len(8..=32),
            /// Whether marketing messages are kept from the customer; they are sent by default.
            is_close_market_ms: MarketingMessages,
            /// Referral instead of resale. China site, for partners that used it before; being withdrawn.
            cooperation_type: CooperationType,
            /// The reseller that the customer is for; from a distributor.
            indirect_partner_id: ResellerId where len(0..=64),
            /// Whether to wait for the association; the service does not by default. In what form it reports
            /// it is not documented beyond `CBC.99000050`.
            include_association_result: bool,
        }
        check |it, check| {
            let given = |text: &Option<Personal>| text.as_ref().is_some_and(|text| !text.is_empty());
            let (by_mobile, by_mail) = (given(&it.mobile_phone), given(&it.email));
            let outside_china = by_mail || it.domain_area.is_some();
            check
                .form(
                    "domain_name",
                    &it.domain_name,
                    |name| name.is_empty() || is_login_name(name),
                    "must be 5 to 32 letters, digits, _ and -, not a digit first, without op_ or shadow_",
                )
                .form(
                    "mobile_phone",
                    &it.mobile_phone,
                    |text| text.is_empty() || is_chinese_number(text),
                    CHINESE_NUMBER,
                )
                .rule("mobile_phone", !(by_mobile && outside_china), "must be left out outside the China site")
                .form("email", &it.email, |text| text.is_empty() || is_email(text), "must be an e-mail address")
                .rule(
                    "verification_code",
                    !(by_mobile || by_mail) || it.verification_code.is_some(),
                    "must be given with a mobile number or e-mail address",
                )
                .rule(
                    "domain_area",
                    !by_mail || it.domain_area.is_some(),
                    "must be given outside the China site",
                )
                .form("domain_area", &it.domain_area, is_country, "must be the two letters of a country")
                .form(
                    "password",
                    &it.password,
                    is_mixed,
                    "must mix two of capitals, small letters, digits, others",
                )
                .form(
                    "password",
                    &it.password,
                    |password| !it.is_name(password),
                    "must not be the login name or its reverse",
                )
                .form(
                    "password",
                    &it.password,
                    |password| !it.has_contact(password),
                    "must not contain the contact",
                )
                .rule(
                    "cooperation_type",
                    it.cooperation_type.is_none() || !outside_china,
                    "must be left out outside the China site",
                )
        }
    }
}

impl CreateCustomer {
    fn is_name(&self, password: &str) -> bool {
        self.domain_name.as_ref().map(Personal::expose).is_some_and(|name| {
            !name.is_empty() && (password == name || name.chars().rev().eq(password.chars()))
        })
    }

    fn has_contact(&self, password: &str) -> bool {
        [&self.mobile_phone, &self.email]
            .into_iter()
            .flatten()
            .any(|contact| !contact.is_empty() && password.contains(contact.expose()))
    }
}

impl Resolvable for CreateCustomer {
    type Query = ListCustomers;

    const BY_STATE: bool = false;

    /// By the login name where one was given; otherwise all customers that were associated since. The end of the window
    /// is left open, because the association may come long after the account.
    fn query(&self, window: TimeWindow) -> ListCustomers {
        let mut query = ListCustomers::new().associated_on_begin(window.from);
        query.account_name = self.domain_name.clone().filter(|name| !name.is_empty());
        query.indirect_partner_id.clone_from(&self.indirect_partner_id);
        query
    }

    fn legs(&self) -> Vec<Leg> {
        vec![Leg::new(&self.xaccount_id, "")]
    }

    fn on_behalf_of(&self) -> Option<&str> {
        self.indirect_partner_id.as_ref().map(ResellerId::as_str)
    }

    /// The platform's own id is the target, which no other customer has; where the list does not show it, the login
    /// name tells.
    fn facts(&self, record: &Customer) -> RecordFacts {
        let named = |name: &Personal| !name.is_empty() && *name == record.account_name;
        let target = match record.xaccount_id.as_deref() {
            Some(id)
                if !id.is_empty()
                    && record.xaccount_type.as_ref().is_none_or(|tag| *tag == self.xaccount_type) =>
            {
                id.to_owned()
            }
            Some(id) if !id.is_empty() => format!("customer {}", record.customer_id),
            _ if self.domain_name.as_ref().is_some_and(named) => self.xaccount_id.clone(),
            _ => format!("customer {}", record.customer_id),
        };
        RecordFacts::new()
            .id(Some(record.customer_id.to_string()))
            .target(Some(target))
            .undated()
            .kind(Some(String::new()))
    }

    fn results(&self, output: &CreatedCustomer) -> Vec<TargetResult> {
        vec![TargetResult::executed(&self.xaccount_id, output.domain_id.to_string())]
    }
}

response! {
    /// Result of the check of a login name, number or address.
    pub struct IdentityCheck {
        /// Error code, absent on success. Any other code makes the call fail, so a received response holds
        /// none or the code of success.
        pub error_code: Option<ErrorCode>,
        /// Message that goes with the code.
        pub error_msg: Option<String>,
        /// Whether the name, number or address is free.
        pub check_result: Option<Availability>,
        /// Number of customers that may still register with a mobile number, which several may share; only
        /// for numbers.
        pub mobile_remain_available_num: Option<i64>,
    }
}

response! {
    /// Success of sending a code; the service returns no fields (HTTP status 204).
    pub struct CodeSent {}
}

response! {
    /// The account that was made.
    pub struct CreatedCustomer {
        /// The customer, under the name `customer_id` in all other calls; up to 64 characters.
        pub domain_id: CustomerId,
        /// The login name, as given or made up by the service; up to 64 characters.
        pub domain_name: Personal,
    }
}

impl CreatedCustomer {
    /// The account that an error of [`CreateCustomer`] names: with `CBC.99000050` the account was made and only its
    /// association is open. `None` where the error names none.
    ///
    /// ```
    /// use huaweicloud_partner::{
    ///     Error, ErrorKind,
    ///     customers::CreatedCustomer,
    ///     error::ApiError,
    /// };
    ///
    /// let body = r#"{"error_code":"CBC.99000050","error_msg":"timeout","domain_id":"06a7","domain_name":"acme-1"}"#;
    /// let refusal = ApiError::read(http::StatusCode::INTERNAL_SERVER_ERROR, body.into());
    /// let error = Error::from_api(ErrorKind::Refused, "bss.CreateSubCustomer", refusal);
    ///
    /// let customer = CreatedCustomer::named_in(&error).unwrap();
    /// assert_eq!(customer.domain_id.as_str(), "06a7");
    /// ```
    pub fn named_in(error: &Error) -> Option<Self> {
        let body = error.api().map_or_else(|| error.body(), ApiError::body);
        decode::<Self>(body).ok().filter(|customer| !customer.domain_id.as_str().is_empty())
    }
}

open_enum! {
    /// Type of a text to be checked.
    pub enum IdentityType {
        /// An e-mail address.
        Email = "email",
        /// A mobile number with its country code.
        Mobile = "mobile",
        /// Login name of the customer.
        LoginName = "name",
    }
}

open_enum! {
    /// Whether a name, number or address can be used for a new customer.
    pub enum Availability {
        /// Text can be used.
        Available = "available",
        /// Text cannot be used: another customer uses it, or a number has reached its limit.
        Used = "used_by_user",
    }
}

open_codes! {
    /// The way a verification code takes.
    pub enum CodeChannel {
        /// A text message: China site only.
        TextMessage = 1,
        /// An e-mail: all other sites.
        Email = 2,
    }
}

open_codes! {
    /// Purpose of a verification code; China site.
    pub enum CodeScene {
        /// The authentication of a person by bank card.
        BankCard = 18,
        /// Registration of a customer.
        Registration = 29,
    }
}

open_enum! {
    /// The language of a message to a customer; written otherwise than [`Language`](crate::types::Language).
    pub enum MessageLanguage {
        /// Simplified Chinese language.
        Chinese = "zh-cn",
        /// Messages are in English.
        English = "en-us",
    }
}

open_enum! {
    /// Whether marketing messages are kept from a customer. Text on the wire.
    pub enum MarketingMessages {
        /// Login messages are switched off.
        Off = "true",
        /// Login messages are sent.
        On = "false",
    }
}

impl From<bool> for MarketingMessages {
    /// `true` keeps them from the customer, as on the wire.
    fn from(closed: bool) -> Self {
        if closed { Self::Off } else { Self::On }
    }
}

open_enum! {
    /// Cooperation type of a new customer, where it is not resale.
    pub enum CooperationType {
        /// Referral: the customer pays Huawei Cloud. Any other code makes a resale customer.
        Referral = "1",
    }
}

const CHINESE_NUMBER: &str = "must be a Chinese mobile number without country code";

/// The documented form for creating a customer; the check before it is stricter.
fn is_login_name(name: &str) -> bool {
    (5..=32).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
        && !name.starts_with(|first: char| first.is_ascii_digit())
        && !name.starts_with("op_")
        && !name.starts_with("shadow_")
}

/// Digits that begin as every Chinese mobile number does; which ranges are in use is left to the service.
fn is_chinese_number(text: &str) -> bool {
    text.starts_with('1') && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_international_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once('-').is_some_and(|(country, number)| {
        country.len() == 4 && country.starts_with("00") && digits(country) && digits(number)
    })
}

fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty())
}

pub(super) fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// At least two of capitals, small letters, digits and others.
fn is_mixed(password: &str) -> bool {
    let kinds: [fn(char) -> bool; 4] = [
        |c| c.is_ascii_uppercase(),
        |c| c.is_ascii_lowercase(),
        |c| c.is_ascii_digit(),
        |c| !c.is_ascii_alphanumeric(),
    ];
    kinds.iter().filter(|kind| password.chars().any(**kind)).count() >= 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::fits;
    use crate::operation::violated;
    use crate::types::decode_str;

    #[test]
    fn what_is_checked_has_the_form_of_its_kind() {
        for (kind, good, bad) in [
            ("name", "ceshiyonghu001", "_ceshi"),
            ("name", "-abcd", "12345"),
            ("name", "op-abc", "op_abc"),
            ("name", "shadow", "shadow_1"),
            ("name", "abcde", "abcd"),
            ("mobile", "0086-13800000000", "13800000000"),
            ("mobile", "0034-600000000", "1034-600000000"),
            ("email", "a@example.com", "example.com"),
            ("new kind", "anything", ""),
        ] {
            assert!(violated(&CheckIdentity::new(kind, good)).is_empty(), "{good}");
            assert!(violated(&CheckIdentity::new(kind, bad)).contains(&"search_value"), "{bad}");
        }
        assert_eq!(violated(&CheckIdentity::new("email", format!("{}@b", "a".repeat(63)))), ["search_value"]);
    }

    #[test]
    fn the_result_of_a_check_is_read() {
        let check: IdentityCheck =
            decode_str(r#"{"check_result":"available","mobile_remain_available_num":3}"#).unwrap();
        assert_eq!(
            (check.check_result, check.mobile_remain_available_num),
            (Some(Availability::Available), Some(3))
        );
        let check: IdentityCheck = decode_str(r#"{"check_result":"reserved"}"#).unwrap();
        assert!(check.check_result.is_some_and(|result| !result.is_known()));
    }

    #[test]
    fn a_code_needs_the_receiver_of_its_channel() {
        let china: SendVerificationCode = decode_str(
            r#"{"receiver_type":1,"timeout":5,"mobile_phone":"18800008888","lang":"en-us","scene":18,
                "customer_id":"a0d736359ada40aab6502d1a828c1809"}"#,
        )
        .unwrap();
        assert_eq!((violated(&china).len(), china.scene), (0, Some(CodeScene::BankCard)));
        assert!(violated(&SendVerificationCode::to_email("li@example.com").timeout(3000_u32)).is_empty());

        assert_eq!(violated(&SendVerificationCode::new(CodeChannel::TextMessage)), ["mobile_phone"]);
        assert_eq!(violated(&SendVerificationCode::new(CodeChannel::Email)), ["email"]);
        assert_eq!(violated(&SendVerificationCode::to_mobile("008613800000000")), ["mobile_phone"]);
        assert_eq!(
            violated(&SendVerificationCode::to_email("li@x").scene(CodeScene::BankCard).timeout(0_u32)),
            ["timeout", "scene", "customer_id"]
        );
    }

    #[test]
    fn an_empty_response_is_read() {
        assert_eq!(decode_str::<CodeSent>("{}").unwrap(), CodeSent {});
    }

    #[test]
    fn both_forms_of_registration_pass_and_their_mixture_does_not() {
        let china = CreateCustomer::new("35rey", "Acme_IDP")
            .domain_name("acme-1")
            .mobile_phone("13800000000")
            .verification_code("253001")
            .password("long Enough")
            .is_close_market_ms(true)
            .cooperation_type(CooperationType::Referral);
        assert_eq!(violated(&china), [""; 0]);
        let abroad = CreateCustomer::new("35rey", "Acme_IDP")
            .email("li@example.com")
            .verification_code("253001")
            .domain_area("MX");
        assert_eq!(violated(&abroad), [""; 0]);

        assert_eq!(
            violated(&china.email("li@example.com")),
            ["mobile_phone", "domain_area", "cooperation_type"]
        );
        assert_eq!(
            violated(&CreateCustomer::new("", "").email("li").domain_area("MEX").verification_code("1")),
            ["xaccount_id", "xaccount_type", "email", "verification_code", "domain_area"]
        );
        assert_eq!(
            violated(&CreateCustomer::new("a", "b").mobile_phone("13800000000")),
            ["verification_code"]
        );
        assert!(violated(&CreateCustomer::new("a", "b").domain_name("").mobile_phone("")).is_empty());
    }

    #[test]
    fn passwords_follow_all_rules() {
        let request = CreateCustomer::new("a", "b")
            .domain_name("acme-0001")
            .mobile_phone("13800000000")
            .verification_code("253001");
        for password in
            ["Short1", "lowercaseonly", "acme-0001", "1000-emca", "my13800000000", &"aB".repeat(17), ""]
        {
            assert!(violated(&request.clone().password(password)).contains(&"password"), "{password}");
        }
        assert!(violated(&request.password("acme-0002")).is_empty());
    }

    #[test]
    fn secrets_and_persons_are_not_printed() {
        let request = CreateCustomer::new("id", "tag")
            .email("marker")
            .domain_name("marker")
            .password("marker")
            .verification_code("marker");
        assert!(!format!("{request:?}").contains("marker"));
    }

    #[test]
    fn the_account_is_found_in_the_error_of_an_open_association() {
        let named = |body: &'static str| {
            let api = ApiError::read(http::StatusCode::INTERNAL_SERVER_ERROR, body.into());
            let refused = Error::from_api(crate::ErrorKind::Refused, "bss.CreateSubCustomer", api);
            let unknown = Error::new(crate::ErrorKind::OutcomeUnknown, "bss.CreateSubCustomer", "open")
                .with_body(body.into());
            let found = CreatedCustomer::named_in(&refused);
            assert_eq!(found, CreatedCustomer::named_in(&unknown));
            found.map(|customer| customer.domain_id)
        };
        assert_eq!(
            named(r#"{"error_code":"CBC.99000050","domain_id":"06a7","domain_name":"n"}"#),
            Some("06a7".into())
        );
        assert_eq!(named(r#"{"error_code":"CBC.0999","error_msg":"other"}"#), None);
        assert_eq!(named("<html>"), None);
    }

    #[test]
    fn a_customer_is_recognised_by_the_platforms_id() {
        let window = TimeWindow {
            from: "2026-05-01T08:00:00Z".parse().unwrap(),
            until: "2026-05-01T08:01:00Z".parse().unwrap(),
        };
        let request = CreateCustomer::new("u-7", "Acme_IDP").domain_name("acme-1").indirect_partner_id("r1");
        let query = request.query(window);
        assert_eq!(query.account_name.as_ref().map(Personal::expose), Some("acme-1"));
        assert_eq!((query.associated_on_end, query.indirect_partner_id), (None, Some("r1".into())));

        let recognised = |record: &str| fits(&request, "u-7", &decode_str::<Customer>(record).unwrap());
        assert!(recognised(r#"{"xaccount_id":"u-7","xaccount_type":"Acme_IDP","account_name":"x"}"#));
        assert!(recognised(r#"{"account_name":"acme-1"}"#));
        assert!(!recognised(r#"{"xaccount_id":"u-8","account_name":"acme-1"}"#));
        assert!(!recognised(r#"{"xaccount_id":"u-7","xaccount_type":"Other_IDP"}"#));
        assert!(!recognised(r#"{"account_name":"acme-10"}"#));
    }
}
