//! Applications for the authentication of a customer's real name.

use crate::{
    operation,
    operation::{Check, request},
    types::{
        CustomerId, Personal, Secret,
        open_enum::{open_codes, open_enum},
        response,
    },
};

use super::registration::is_country;

operation! {
    /// Applies for the authentication of a customer as a person, by an identity document or, on the China
    /// site, a bank card.
    ///
    /// The response says whether a person at Huawei Cloud has to look at it.
    ///
    /// The files must be below `download/` in the partner's bucket before the call, and the upload of
    /// attachments must be switched on in Partner Center (`CBC.99005030` otherwise). Each is at most 10 MB
    /// (`CBC.99000099`).
    ///
    /// Applications are counted (`CBC.99007191`), and a code for a bank card is spent by the first, so the
    /// client never repeats one after it may have been executed: a repeat is refused while the first is
    /// under review or after it succeeded (`CBC.99007188`).
    ///
    /// # Refusals
    /// The document: `CBC.99007189` its number belongs to too many customers, `CBC.99007193` it is blocked, `CBC.99007202`
    /// the check failed, `CBC.70600026` it cannot be reviewed. The bank card: `CBC.99000027` code expired, `CBC.99007219`
    /// another face, `CBC.99007255` wrong holder or telephone, `CBC.99007258` card frozen or expired, `CBC.99007261` card
    /// not supported, `CBC.99007260` and `CBC.99007262` trouble at the bank.
    POST "/v2/customers/realname-auths/individual" as bss "CreatePersonalRealnameAuth" -> AuthenticationApplied {
        sites(ALL), permissions("BPC_ITEM_SUBCUSTSERV_010119"),
        state("bss.ShowRealnameAuthenticationReviewResult"), success(field "is_review"),
        source("https://support.huaweicloud.com/api-bpconsole/mc_00017.html"),
    }
    pub struct AuthenticatePerson {
        required {
            /// Customer that this row describes.
            customer_id: CustomerId where len(1..=64),
            /// By document or by bank card.
            identify_type: PersonMethod,
            /// Addresses of the document files, in the order of [`PersonDocument`]; for a bank card one
            /// photograph of the face.
            ///
            /// Each is a path inside `download/` of the bucket, without bucket and `download/`: the file
            /// `download/test/abc023.jpg` is `test/abc023.jpg`. Capitals count. The file is a jpg, jpeg, bmp,
            /// png, gif or pdf; an ending that says something else is refused.
            verified_file_url: Vec<Personal>,
            /// The person's name.
            name: Personal where len(1..=255),
            /// The number of the document.
            verified_number: Personal where len(1..=32),
            /// The tag that Huawei gave to the partner's sales platform.
            xaccount_type: String where len(1..=64),
        }
        optional {
            /// Type of the document: required for [`PersonMethod::Document`], ignored for a bank card.
            verified_type: PersonDocument,
            /// Only [`AuthenticationChange::First`] is offered.
            change_type: AuthenticationChange,
            /// The card: needed for [`PersonMethod::BankCard`] (inferred). China site.
            bank_card_info: BankCard,
        }
        check |it, check| {
            let by_document = it.identify_type == PersonMethod::Document;
            let by_card = it.identify_type == PersonMethod::BankCard;
            let files = match (it.identify_type, it.verified_type) {
                (PersonMethod::BankCard, _) => 1..=1,
                (PersonMethod::Document, Some(PersonDocument::Passport)) => 2..=3,
                (PersonMethod::Document, Some(document)) if document.is_known() => 3..=3,
                _ => 1..=4,
            };
            let first = it.change_type.is_none_or(|change| change == AuthenticationChange::First);
            let check = check
                .rule(
                    "verified_type",
                    !by_document || it.verified_type.is_some(),
                    "must be given for a document",
                )
                .count("verified_file_url", it.verified_file_url.len(), files)
                .rule("verified_file_url", it.verified_file_url.iter().all(is_file), FILES)
                .rule("change_type", first, "must be -1, the first authentication")
                .rule(
                    "bank_card_info",
                    !by_card || it.bank_card_info.is_some(),
                    "must be given for a bank card",
                );
            match &it.bank_card_info {
                Some(card) => card.check(check),
                None => check,
            }
        }
    }
}

request! {
    /// The bank card by which a person is authenticated; China site.
    pub struct BankCard {
        required {
            /// The number of the card: digits, letters and hyphens, not a hyphen first.
            bank_account: Personal,
            /// The country code of the telephone, such as `0086`.
            areacode: String,
            /// The telephone number that the bank has for the card, without country code, up to 20 characters.
            mobile: Personal,
            /// Code that [`SendVerificationCode`](super::SendVerificationCode) sent for
            /// [`CodeScene::BankCard`](super::CodeScene::BankCard), up to 6 characters.
            verification_code: Secret,
        }
    }
}

impl BankCard {
    fn check(&self, check: Check) -> Check {
        check
            .form(
                "bank_card_info.bank_account",
                &self.bank_account,
                |number| {
                    number.starts_with(|first: char| first.is_ascii_alphanumeric())
                        && number.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
                },
                "must be digits, letters and hyphens, not a hyphen first",
            )
            .rule("bank_card_info.areacode", !self.areacode.is_empty(), "must not be empty")
            .len("bank_card_info.mobile", &self.mobile, 1..=20)
            .len("bank_card_info.verification_code", &self.verification_code, 1..=6)
    }
}

operation! {
    /// Applies for the authentication of a customer as an enterprise, by a document of the enterprise.
    ///
    /// Where the files are, what a repeat does and most refusals are those of [`AuthenticatePerson`];
    /// `CBC.99007004` says that a condition of the business is not met.
    POST "/v2/customers/realname-auths/enterprise" as bss "CreateEnterpriseRealnameAuthentication" -> AuthenticationApplied {
        sites(ALL), permissions("BPC_ITEM_SUBCUSTSERV_010119"),
        state("bss.ShowRealnameAuthenticationReviewResult"), success(field "is_review"),
        source("https://support.huaweicloud.com/api-bpconsole/mc_00018.html"),
    }
    pub struct AuthenticateEnterprise {
        required {
            /// Customer that this row describes.
            customer_id: CustomerId,
            /// Addresses of the document files, each as in [`AuthenticatePerson`], in this order.
            ///
            /// First the document: one image on the China site, front and back on the international one.
            /// Then, with an [`enterprise_person`](Self#structfield.enterprise_person), that person's
            /// identity card: the side with the portrait, the side with the emblem. So without a person 1 or
            /// 2 files, with one 3 or 4; which of the two is left to the site.
            verified_file_url: Vec<Personal>,
            /// The name of the enterprise, with a letter in it.
            corp_name: Personal,
            /// The number of its document; how long it may be is not documented.
            verified_number: Personal,
            /// The tag that Huawei gave to the partner's sales platform.
            xaccount_type: String,
        }
        optional {
            /// Type of the document; the service sets none without it.
            certificate_type: CertificateType,
            /// The country of registration by its two letters, such as `CN`. Empty text empties it.
            reg_country: String,
            /// The address of registration. Empty text empties it.
            reg_address: Personal,
            /// The legal representative, whose identity card then belongs to the files.
            enterprise_person: EnterprisePerson,
        }
        preset {
            /// By document of the enterprise: the only way that is offered.
            identify_type: EnterpriseMethod = by_document(),
        }
        check |it, check| {
            EnterpriseFields {
                customer_id: &it.customer_id,
                files: &it.verified_file_url,
                corp_name: &it.corp_name,
                verified_number: &it.verified_number,
                xaccount_type: &it.xaccount_type,
                reg_country: it.reg_country.as_deref(),
                reg_address: it.reg_address.as_ref(),
                person: it.enterprise_person.as_ref(),
            }
            .check()
        }
    }
}

operation! {
    /// Applies for a customer that is authenticated as a person to become an enterprise.
    ///
    /// No other change is offered. [`ShowAuthenticationReview`](super::ShowAuthenticationReview) then tells
    /// of the newest application, which may still be the one as a person. For this call only `CBC.70600026`,
    /// not reviewable, is documented; expect those of [`AuthenticateEnterprise`] too (inferred).
    PUT "/v2/customers/realname-auths/enterprise" as bss "ChangeEnterpriseRealnameAuthentication" -> AuthenticationApplied {
        sites(ALL), permissions("BPC_ITEM_SUBCUSTSERV_010119"),
        state("bss.ShowRealnameAuthenticationReviewResult"), success(field "is_review"),
        source("https://support.huaweicloud.com/api-bpconsole/mc_00019.html"),
    }
    pub struct ChangeToEnterprise {
        required {
            /// Customer that this row describes.
            customer_id: CustomerId,
            /// Addresses of the document files, as for [`AuthenticateEnterprise`].
            verified_file_url: Vec<Personal>,
            /// The name of the enterprise, with a letter in it.
            corp_name: Personal,
            /// The number of its document; how long it may be is not documented.
            verified_number: Personal,
            /// The tag that Huawei gave to the partner's sales platform.
            xaccount_type: String,
        }
        optional {
            /// Type of the document; the service sets none without it.
            certificate_type: CertificateType,
            /// The country of registration by its two letters, such as `CN`. Empty text empties it.
            reg_country: String,
            /// The address of registration. Empty text empties it.
            reg_address: Personal,
            /// The legal representative, whose identity card then belongs to the files.
            enterprise_person: EnterprisePerson,
        }
        preset {
            /// By document of the enterprise: the only way that is offered.
            identify_type: EnterpriseMethod = by_document(),
            /// From person to enterprise: the only change that is offered.
            change_type: AuthenticationChange = to_enterprise(),
        }
        check |it, check| {
            EnterpriseFields {
                customer_id: &it.customer_id,
                files: &it.verified_file_url,
                corp_name: &it.corp_name,
                verified_number: &it.verified_number,
                xaccount_type: &it.xaccount_type,
                reg_country: it.reg_country.as_deref(),
                reg_address: it.reg_address.as_ref(),
                person: it.enterprise_person.as_ref(),
            }
            .check()
            .rule("change_type", it.change_type == to_enterprise(), "must be 1, from person to enterprise")
        }
    }
}

request! {
    /// The legal representative of an enterprise.
    pub struct EnterprisePerson {
        required {
            /// That person's name; on the wire it is misspelt.
            #[name("legel_name")]
            legal_name: Personal,
            /// The number of that person's identity card; on the wire it is misspelt.
            #[name("legel_id_number")]
            legal_id_number: Personal,
        }
        optional {
            /// Role of that person in the enterprise.
            certifier_role: CertifierRole,
        }
    }
}

fn by_document() -> EnterpriseMethod {
    EnterpriseMethod::Document
}

fn to_enterprise() -> AuthenticationChange {
    AuthenticationChange::PersonToEnterprise
}

/// Fields that the two applications of an enterprise share.
struct EnterpriseFields<'a> {
    customer_id: &'a CustomerId,
    files: &'a [Personal],
    corp_name: &'a Personal,
    verified_number: &'a Personal,
    xaccount_type: &'a str,
    reg_country: Option<&'a str>,
    reg_address: Option<&'a Personal>,
    person: Option<&'a EnterprisePerson>,
}

impl EnterpriseFields<'_> {
    fn check(&self) -> Check {
        let files = if self.person.is_some() { 3..=4 } else { 1..=2 };
        let named = self
            .person
            .is_none_or(|person| !person.legal_name.is_empty() && !person.legal_id_number.is_empty());
        let has_letter = |name: &str| name.chars().any(char::is_alphabetic);
        Check::new()
            .len("customer_id", self.customer_id, 1..=64)
            .count("verified_file_url", self.files.len(), files)
            .rule("verified_file_url", self.files.iter().all(is_file), FILES)
            .len("corp_name", self.corp_name, 1..=255)
            .form("corp_name", self.corp_name, has_letter, "must not be digits, signs and blanks only")
            .rule("verified_number", !self.verified_number.is_empty(), "must not be empty")
            .len("xaccount_type", &self.xaccount_type, 1..=64)
            .form(
                "reg_country",
                &self.reg_country,
                |country| country.is_empty() || is_country(country),
                "must be the two letters of a country",
            )
            .len("reg_address", &self.reg_address.map(Personal::expose), 0..=256)
            .rule("enterprise_person", named, "must have a name and an identity number")
    }
}

const FILES: &str =
    "must be paths below download/, without it and the bucket, of jpg, jpeg, bmp, png, gif or pdf files";

/// A relative path; where it has an ending, that of a picture or a PDF. The documentation shows names without ending,
/// so none is demanded.
fn is_file(path: &Personal) -> bool {
    const ENDINGS: [&str; 6] = ["jpg", "jpeg", "bmp", "png", "gif", "pdf"];
    let path = path.expose();
    let name = path.rsplit('/').next().unwrap_or_default();
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    !name.is_empty()
        && !path.starts_with('/')
        && !path.starts_with("download/")
        && !path.contains("://")
        && ending.is_none_or(|ending| ENDINGS.iter().any(|known| known.eq_ignore_ascii_case(ending)))
}

response! {
    /// The application was taken.
    pub struct AuthenticationApplied {
        /// Whether a review by a person follows.
        pub is_review: Option<ReviewNeed>,
    }
}

open_codes! {
    /// Method by which a person is authenticated.
    pub enum PersonMethod {
        /// By an identity document.
        Document = 0,
        /// By a bank card and the person's face; China site.
        BankCard = 4,
    }
}

open_codes! {
    /// An identity document of a person, with the files that it takes.
    pub enum PersonDocument {
        /// The identity card of the mainland: the side with the portrait, the side with the emblem, the portrait in hand.
        /// Only in older versions of the page.
        IdentityCard = 0,
        /// A passport. China site: the page with the data, the page with the entry stamp, the data in hand. International:
        /// the page with the data, the data in hand.
        Passport = 3,
        /// The permit of residents of Hong Kong and Macao: front, back, front in hand.
        HongKongMacaoPermit = 5,
        /// The permit of residents of Taiwan: front, back, front in hand.
        TaiwanPermit = 6,
        /// The residence permit of residents of Hong Kong and Macao: portrait, emblem, portrait in hand.
        HongKongMacaoResidence = 9,
        /// The residence permit of residents of Taiwan: portrait, emblem, portrait in hand.
        TaiwanResidence = 10,
    }
}

open_codes! {
    /// Kind of change that an application asks for.
    pub enum AuthenticationChange {
        /// First application; nothing is changed.
        First = -1,
        /// The customer is authenticated as a person and becomes an enterprise.
        PersonToEnterprise = 1,
    }
}

open_codes! {
    /// Method by which an enterprise is authenticated.
    pub enum EnterpriseMethod {
        /// By a document of the enterprise.
        Document = 1,
    }
}

open_codes! {
    /// A document of an enterprise.
    pub enum CertificateType {
        /// Business licence of the enterprise.
        BusinessLicence = 0,
        /// The certificate of a public institution as a legal person.
        PublicInstitution = 1,
        /// The registration of a social organisation as a legal person.
        SocialOrganisation = 2,
        /// The certificate of a body that enforces administrative law.
        LawEnforcementBody = 3,
        /// The certificate of an organisation code.
        OrganisationCode = 4,
        /// Any other document.
        AnyOther = 99,
    }
}

open_enum! {
    /// Role of a person in an enterprise.
    pub enum CertifierRole {
        /// Legal representative of the enterprise.
        LegalRepresentative = "legalPerson",
    }
}

open_codes! {
    /// Whether a person at Huawei Cloud has to look at an application.
    pub enum ReviewNeed {
        /// No: the customer is authenticated.
        Decided = 0,
        /// Yes: [`ShowAuthenticationReview`](super::ShowAuthenticationReview) tells how it went. How long it takes is not
        /// documented.
        UnderReview = 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::violated;
    use crate::types::decode_str;

    fn files(count: usize) -> Vec<Personal> {
        vec!["test/abc023.jpg".into(); count]
    }

    fn person(document: PersonDocument, count: usize) -> AuthenticatePerson {
        AuthenticatePerson::new("05d1", PersonMethod::Document, files(count), "Li Lei", "E1234", "Acme_IDP")
            .verified_type(document)
    }

    #[test]
    fn each_document_has_its_number_of_files() {
        for (document, allowed) in [
            (PersonDocument::IdentityCard, 3..=3),
            (PersonDocument::Passport, 2..=3),
            (PersonDocument::HongKongMacaoPermit, 3..=3),
            (PersonDocument::TaiwanPermit, 3..=3),
            (PersonDocument::HongKongMacaoResidence, 3..=3),
            (PersonDocument::TaiwanResidence, 3..=3),
            (PersonDocument::Other(77), 1..=4),
        ] {
            for count in 0..=5 {
                let fine = violated(&person(document, count)).is_empty();
                assert_eq!(fine, allowed.contains(&count), "{document:?} with {count}");
            }
        }
    }

    #[test]
    fn a_document_must_be_named_and_texts_have_their_lengths() {
        let request = AuthenticatePerson::new(
            "",
            PersonMethod::Document,
            files(3),
            "x".repeat(256),
            "9".repeat(33),
            "x".repeat(65),
        )
        .change_type(AuthenticationChange::PersonToEnterprise);
        assert_eq!(
            violated(&request),
            ["customer_id", "name", "verified_number", "xaccount_type", "verified_type", "change_type"]
        );
    }

    #[test]
    fn a_bank_card_needs_the_card_and_one_face() {
        let by_card = |count| {
            AuthenticatePerson::new("05d1", PersonMethod::BankCard, files(count), "Li Lei", "E1", "Acme_IDP")
        };
        assert_eq!(violated(&by_card(2)), ["verified_file_url", "bank_card_info"]);
        let card = BankCard::new("6222-0200", "0086", "13800000000", "253001");
        assert!(violated(&by_card(1).bank_card_info(card)).is_empty());
        let card = BankCard::new("-6222", "", "1".repeat(21), "2530011");
        assert_eq!(
            violated(&by_card(1).bank_card_info(card)),
            [
                "bank_card_info.bank_account",
                "bank_card_info.areacode",
                "bank_card_info.mobile",
                "bank_card_info.verification_code"
            ]
        );
    }

    #[test]
    fn a_file_is_a_relative_path_of_a_known_format() {
        for (path, fine) in [
            ("abc023.jpg", true),
            ("test/ABC023.PDF", true),
            ("test.v2/abc023", true),
            ("abc023.docx", false),
            ("", false),
            ("test/", false),
            ("/test/abc023.jpg", false),
            ("download/abc023.jpg", false),
            ("https://bucket.obs.example.com/download/abc023.jpg", false),
        ] {
            assert_eq!(is_file(&path.into()), fine, "{path}");
        }
    }

    #[test]
    fn a_legal_representative_brings_two_more_files() {
        let request = |count| AuthenticateEnterprise::new("05d1", files(count), "Acme 1", "91-0", "Acme_IDP");
        for count in 0..=5 {
            assert_eq!(violated(&request(count)).is_empty(), (1..=2).contains(&count), "{count}");
            let with = request(count).enterprise_person(EnterprisePerson::new("Li Lei", "1101"));
            assert_eq!(violated(&with).is_empty(), (3..=4).contains(&count), "{count} with a person");
        }
        assert_eq!(
            violated(&request(3).enterprise_person(EnterprisePerson::new("Li Lei", ""))),
            ["enterprise_person"]
        );
    }

    #[test]
    fn the_name_of_an_enterprise_has_a_letter() {
        for (name, fine) in
            [("华为技术", true), ("3M", true), ("2026", false), ("-- 1 --", false), ("  ", false)]
        {
            let request = ChangeToEnterprise::new("05d1", files(1), name, "91-0", "Acme_IDP");
            assert_eq!(violated(&request).is_empty(), fine, "{name}");
        }
        let request = ChangeToEnterprise::new("05d1", files(1), "Acme", "", "Acme_IDP")
            .reg_country("CHN")
            .reg_address("x".repeat(257))
            .change_type(AuthenticationChange::First);
        assert_eq!(violated(&request), ["verified_number", "reg_country", "reg_address", "change_type"]);
        assert!(
            violated(
                &AuthenticateEnterprise::new("1", files(1), "Acme", "9", "A").reg_country("").reg_address("")
            )
            .is_empty()
        );
    }

    #[test]
    fn fixed_codes_and_misspelt_names_are_on_the_wire() {
        let request = ChangeToEnterprise::new("05d1", files(3), "Acme", "91-0", "Acme_IDP")
            .certificate_type(CertificateType::BusinessLicence)
            .enterprise_person(
                EnterprisePerson::new("Li Lei", "1101").certifier_role(CertifierRole::LegalRepresentative),
            );
        let written = serde_json::to_value(&request).unwrap();
        assert_eq!((&written["identify_type"], &written["change_type"]), (&1.into(), &1.into()));
        assert_eq!(
            written["enterprise_person"],
            serde_json::json!({"legel_name":"Li Lei","legel_id_number":"1101","certifier_role":"legalPerson"})
        );
        let read: AuthenticateEnterprise = decode_str(
            r#"{"customer_id":"1","verified_file_url":["a.jpg"],"corp_name":"A","verified_number":"9","xaccount_type":"T"}"#,
        )
        .unwrap();
        assert_eq!(read.identify_type, EnterpriseMethod::Document);
    }

    #[test]
    fn persons_are_not_printed() {
        let request =
            AuthenticateEnterprise::new("1", vec![Personal::from("marker")], "marker", "marker", "T")
                .enterprise_person(EnterprisePerson::new("marker", "marker"));
        assert!(!format!("{request:?}").contains("marker"));
    }

    #[test]
    fn the_response_says_whether_a_review_follows() {
        let applied: AuthenticationApplied = decode_str(r#"{"is_review":"1"}"#).unwrap();
        assert_eq!(applied.is_review, Some(ReviewNeed::UnderReview));
        assert_eq!(decode_str::<AuthenticationApplied>("{}").unwrap().is_review, None);
    }
}
