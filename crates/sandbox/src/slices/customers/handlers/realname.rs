//! The authentication of customers' real names. Of the files of an application only the names and sizes are known: what is
//! on the pictures is not looked at.

use http::StatusCode;

use crate::{
    core::{Account, Refusal, bad_request, refuse, refuse_with},
    handler::{Route, Simulated, route},
    slices::customers::realname::spend_code,
    state::State,
};
use huaweicloud_partner::{
    customers::{
        AuthenticateEnterprise, AuthenticatePerson, AuthenticationApplied, AuthenticationReview,
        AuthenticationState, AuthenticationStatus, ChangeToEnterprise, FaceCheckQrCode, PersonDocument,
        PersonMethod, ReviewResult, ShowAuthenticationReview, ShowAuthenticationStatus, ShowFaceCheckQrCode,
        VerifiedType,
    },
    error::codes,
    fill,
    types::{CustomerId, Personal, Secret, Site},
};

pub(crate) const ROUTES: &[Route] = &[
    route::<AuthenticatePerson>(),
    route::<AuthenticateEnterprise>(),
    route::<ChangeToEnterprise>(),
    route::<ShowAuthenticationReview>(),
    route::<ShowFaceCheckQrCode>(),
    route::<ShowAuthenticationStatus>(),
];

impl Simulated for AuthenticatePerson {
    fn prepare(&mut self) -> Result<(), Refusal> {
        formats(&self.verified_file_url)
    }

    /// A document is reviewed by a person; a bank card with the right code is decided at once.
    fn run(self, world: &mut State, caller: &Account) -> Result<AuthenticationApplied, Refusal> {
        let customer = own(world, caller, &self.customer_id)?;
        world.check_files(&caller.id, &self.verified_file_url)?;
        let china = caller.site == Site::China;
        let by_card = self.identify_type == PersonMethod::BankCard;
        if by_card && !china {
            return Err(bad_request("identify_type: bank cards are not offered on this site".to_owned()));
        }
        if !by_card && self.verified_type == Some(PersonDocument::Passport) {
            count("verified_file_url", self.verified_file_url.len(), if china { 3 } else { 2 })?;
        }
        let is_review = match self.bank_card_info.filter(|_| by_card) {
            Some(card) => spend_code(world, &card.mobile, &card.verification_code, |world| {
                world.apply_for_verification(
                    &customer,
                    VerifiedType::Person,
                    self.name,
                    self.verified_number,
                    false,
                )
            })?,
            None => world.apply_for_verification(
                &customer,
                VerifiedType::Person,
                self.name,
                self.verified_number,
                true,
            )?,
        };
        Ok(fill!(AuthenticationApplied { is_review: Some(is_review) }))
    }
}

impl Simulated for AuthenticateEnterprise {
    fn prepare(&mut self) -> Result<(), Refusal> {
        formats(&self.verified_file_url)
    }

    fn run(self, world: &mut State, caller: &Account) -> Result<AuthenticationApplied, Refusal> {
        let customer = own(world, caller, &self.customer_id)?;
        world.check_files(&caller.id, &self.verified_file_url)?;
        pictures(caller, self.verified_file_url.len(), self.enterprise_person.is_some())?;
        if world.standing(&customer).verified.is_some() {
            return Err(refuse(codes::REALNAME_ALREADY_DONE));
        }
        let kind = VerifiedType::Enterprise;
        let is_review =
            world.apply_for_verification(&customer, kind, self.corp_name, self.verified_number, true)?;
        Ok(fill!(AuthenticationApplied { is_review: Some(is_review) }))
    }
}

impl Simulated for ChangeToEnterprise {
    fn prepare(&mut self) -> Result<(), Refusal> {
        formats(&self.verified_file_url)
    }

    /// Only for a customer that is authenticated as a person: for others the one code that is documented for this call.
    fn run(self, world: &mut State, caller: &Account) -> Result<AuthenticationApplied, Refusal> {
        let customer = own(world, caller, &self.customer_id)?;
        world.check_files(&caller.id, &self.verified_file_url)?;
        pictures(caller, self.verified_file_url.len(), self.enterprise_person.is_some())?;
        if world.standing(&customer).verified.is_none() {
            return Err(refuse(codes::REVIEW_NOT_POSSIBLE));
        }
        let kind = VerifiedType::Enterprise;
        let is_review =
            world.apply_for_verification(&customer, kind, self.corp_name, self.verified_number, true)?;
        Ok(fill!(AuthenticationApplied { is_review: Some(is_review) }))
    }
}

impl Simulated for ShowAuthenticationReview {
    /// For somebody else's customer no code of its own is documented.
    fn run(self, world: &mut State, caller: &Account) -> Result<AuthenticationReview, Refusal> {
        if !world.accounts.is_below(&caller.id, self.customer_id.as_str()) {
            return Err(refuse_with(StatusCode::FORBIDDEN, codes::ACCESS_DENIED));
        }
        let Some(last) = world.applications(self.customer_id.as_str()).last() else {
            return Ok(AuthenticationReview::default());
        };
        let review_result = match last.state(world.now) {
            AuthenticationState::UnderReview => ReviewResult::UnderReview,
            AuthenticationState::Refused => ReviewResult::Refused,
            _ => ReviewResult::Passed,
        };
        let opinion = last.refusal.clone().filter(|_| review_result == ReviewResult::Refused);
        Ok(fill!(AuthenticationReview { review_result: Some(review_result), opinion }))
    }
}

impl Simulated for ShowFaceCheckQrCode {
    /// Returns a new address at each call. No server is behind it: no face is checked in the sandbox.
    fn run(self, world: &mut State, _caller: &Account) -> Result<FaceCheckQrCode, Refusal> {
        let code = world.fresh("");
        Ok(fill!(FaceCheckQrCode {
            qr_code_url: Secret::from(format!("https://sandbox.invalid/face-check/{code}")),
        }))
    }
}

impl Simulated for ShowAuthenticationStatus {
    fn run(self, world: &mut State, caller: &Account) -> Result<AuthenticationStatus, Refusal> {
        let standing = world.standing(&caller.id);
        let verified_type = standing.verified.map(|(kind, _)| kind);
        Ok(fill!(AuthenticationStatus { verified_status: Some(standing.state), verified_type }))
    }
}

/// A customer of the caller or of one of its resellers: these calls take no reseller.
fn own(world: &State, caller: &Account, customer: &CustomerId) -> Result<String, Refusal> {
    if world.accounts.is_below(&caller.id, customer.as_str()) {
        Ok(customer.to_string())
    } else {
        Err(refuse(codes::NOT_OWN_CUSTOMER))
    }
}

/// Attachments are pictures or PDF files, by the ending of their names.
fn formats(files: &[Personal]) -> Result<(), Refusal> {
    const FORMATS: [&str; 6] = ["jpg", "jpeg", "bmp", "png", "gif", "pdf"];
    let known = |file: &Personal| {
        let ending = file.expose().rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        ending.is_some_and(|ending| FORMATS.contains(&ending.as_str()))
    };
    if files.iter().all(known) { Ok(()) } else { Err(refuse(codes::ATTACHMENT_MALFORMED)) }
}

/// The document of an enterprise is one picture on the China site and two elsewhere; a person's card is two more.
fn pictures(caller: &Account, given: usize, with_person: bool) -> Result<(), Refusal> {
    let document = if caller.site == Site::China { 1 } else { 2 };
    count("verified_file_url", given, if with_person { document + 2 } else { document })
}

fn count(field: &str, given: usize, wanted: usize) -> Result<(), Refusal> {
    if given == wanted { Ok(()) } else { Err(bad_request(format!("{field}: {wanted} files on this site"))) }
}
