//! Real-name authentication of customers.

use serde::{Deserialize, Serialize};

use crate::{
    core::{Account, Refusal, bad_request, refuse},
    state::State,
};
use huaweicloud_partner::{
    customers::{
        AuthenticateEnterprise, AuthenticatePerson, AuthenticationApplied, AuthenticationState,
        ChangeToEnterprise, PersonDocument, PersonMethod, ReviewNeed, VerifiedType,
    },
    error::{ErrorCode, codes},
    fill,
    types::{CustomerId, Personal, Secret, Site, UtcTime},
};

/// Time that a review takes; the real time is not documented.
const REVIEW: time::Duration = time::Duration::minutes(20);

/// Number of refused applications that a customer may have; the real figure is not documented.
const ATTEMPTS: usize = 5;

/// Number of customers that one document of a person may be used for; the real figure is not documented.
const CUSTOMERS_PER_DOCUMENT: usize = 5;

/// Largest size of a file in megabytes.
const GREATEST_FILE: u32 = 10;

/// An application for the authentication of a real name.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Application {
    pub(crate) kind: VerifiedType,
    /// The person or enterprise.
    pub(crate) name: Personal,
    /// The number of the document.
    pub(crate) number: Personal,
    /// Time at which the review ends or ended.
    pub(crate) decided: UtcTime,
    /// Reason for a refusal; without one the application is approved.
    pub(crate) refusal: Option<Personal>,
}

impl Application {
    /// Returns the state of the review at a time.
    pub(crate) fn state(&self, now: UtcTime) -> AuthenticationState {
        match &self.refusal {
            _ if now < self.decided => AuthenticationState::UnderReview,
            Some(_) => AuthenticationState::Refused,
            None => AuthenticationState::Authenticated,
        }
    }
}

/// State of a customer's real-name authentication.
pub(crate) struct Standing<'w> {
    pub(crate) state: AuthenticationState,
    /// As what and under which name it is authenticated.
    pub(crate) verified: Option<(VerifiedType, &'w Personal)>,
}

impl State {
    /// Returns the state of a customer's authentication: once it has passed it stays so, whatever is applied
    /// for later.
    pub(crate) fn standing(&self, customer: &str) -> Standing<'_> {
        let applications = self.applications(customer);
        let passed = |one: &&Application| one.state(self.now) == AuthenticationState::Authenticated;
        let verified = applications.iter().rev().find(passed).map(|one| (one.kind, &one.name));
        let state = match (verified, applications.last()) {
            (Some(_), _) => AuthenticationState::Authenticated,
            (None, Some(last)) => last.state(self.now),
            (None, None) => AuthenticationState::None,
        };
        Standing { state, verified }
    }

    /// All applications of a customer, the newest last.
    pub(crate) fn applications(&self, customer: &str) -> &[Application] {
        self.customers.applications.get(customer).map_or(&[], Vec::as_slice)
    }

    /// Files an application; `reviewed` where a person has to look at it.
    pub(crate) fn apply_for_verification(
        &mut self,
        customer: &str,
        kind: VerifiedType,
        name: Personal,
        number: Personal,
        reviewed: bool,
    ) -> Result<ReviewNeed, Refusal> {
        let now = self.now;
        let earlier = self.applications(customer);
        if earlier.last().is_some_and(|last| last.state(now) == AuthenticationState::UnderReview)
            || self.standing(customer).verified.is_some_and(|(held, _)| held == kind)
        {
            return Err(refuse(codes::REALNAME_ALREADY_DONE));
        }
        if let Some(code) = self.customers.refused_identities.get(number.expose()) {
            return Err(refuse(ErrorCode::from(code.as_str())));
        }
        let refused = |one: &&Application| one.state(now) == AuthenticationState::Refused;
        if earlier.iter().filter(refused).count() >= ATTEMPTS {
            return Err(refuse(codes::REALNAME_TRIED_TOO_OFTEN));
        }
        let stands_behind = |applications: &&Vec<Application>| {
            applications.iter().any(|one| {
                one.number == number && one.kind == kind && one.state(now) != AuthenticationState::Refused
            })
        };
        if kind == VerifiedType::Person
            && self.customers.applications.values().filter(stands_behind).count() >= CUSTOMERS_PER_DOCUMENT
        {
            return Err(refuse(codes::IDENTITY_USED_TOO_OFTEN));
        }
        let refusal = self.customers.refused_documents.get(number.expose()).cloned();
        if refusal.is_some() && !reviewed {
            return Err(refuse(codes::REALNAME_FAILED)); // no one has to look at it
        }
        let decided = if reviewed { now.instant().saturating_add(REVIEW).into() } else { now };
        let application = Application { kind, name, number, decided, refusal };
        self.customers.applications.entry(customer.to_owned()).or_default().push(application);
        Ok(if reviewed { ReviewNeed::UnderReview } else { ReviewNeed::Decided })
    }

    /// Huawei Cloud can read files from a partner's bucket from now on, or can no longer.
    pub(crate) fn set_bucket(&mut self, partner: &str, readable: bool) -> Result<(), Refusal> {
        self.partner(partner)?;
        if readable {
            self.customers.without_bucket.remove(partner);
        } else {
            self.customers.without_bucket.insert(partner.to_owned());
        }
        self.note_change_of_state();
        Ok(())
    }

    /// A partner puts a file of some megabytes into its bucket.
    pub(crate) fn put_file(&mut self, partner: &str, path: String, megabytes: u32) -> Result<(), Refusal> {
        self.partner(partner)?;
        self.customers.file_sizes.entry(partner.to_owned()).or_default().insert(path, megabytes);
        self.note_change_of_state();
        Ok(())
    }

    fn partner(&self, id: &str) -> Result<(), Refusal> {
        let known = self.accounts.get(id).is_some_and(|account| account.kind.is_partner());
        if known { Ok(()) } else { Err(refuse(codes::ACCOUNT_NOT_FOUND)) }
    }

    /// Refuses files that cannot be read or are too large. A file of which nothing is known is there and small.
    pub(crate) fn check_files(&self, partner: &str, files: &[Personal]) -> Result<(), Refusal> {
        if self.customers.without_bucket.contains(partner) {
            return Err(refuse(codes::REALNAME_NOT_ENABLED));
        }
        let sizes = self.customers.file_sizes.get(partner);
        let size = |file: &Personal| sizes.and_then(|sizes| sizes.get(file.expose())).copied();
        if files.iter().filter_map(size).any(|megabytes| megabytes > GREATEST_FILE) {
            return Err(refuse(codes::ATTACHMENT_TOO_LARGE));
        }
        Ok(())
    }

    /// From now on applications with the number of a document are refused at once, with one of the codes that say what is
    /// wrong with a person or a bank card.
    pub(crate) fn refuse_identity(&mut self, number: &Personal, code: &ErrorCode) -> Result<(), Refusal> {
        let of_persons = [
            codes::IDENTITY_BLOCKED,
            codes::FACE_NOT_MATCHING,
            codes::CARD_HOLDER_WRONG,
            codes::CARD_FROZEN,
            codes::CARD_ISSUER_FAILED,
            codes::CARD_NOT_SUPPORTED,
            codes::BANK_UNREACHABLE,
        ];
        if !of_persons.contains(code) {
            return Err(refuse(codes::BAD_PARAMETER));
        }
        self.customers.refused_identities.insert(number.expose().to_owned(), code.as_str().to_owned());
        self.note_change_of_state();
        Ok(())
    }

    /// A customer is authenticated without anybody's application.
    pub(crate) fn authenticate(
        &mut self,
        customer: &str,
        kind: VerifiedType,
        name: Personal,
    ) -> Result<(), Refusal> {
        if !self.accounts.contains_key(customer) {
            return Err(refuse(codes::ACCOUNT_NOT_FOUND));
        }
        let number = Personal::default();
        let application = Application { kind, name, number, decided: self.now, refusal: None };
        self.customers.applications.entry(customer.to_owned()).or_default().push(application);
        Ok(())
    }

    /// The reviewer refuses what is under review.
    pub(crate) fn reject_review(&mut self, customer: &str, reason: Personal) -> Result<(), Refusal> {
        let now = self.now;
        let last =
            self.customers.applications.get_mut(customer).and_then(|applications| applications.last_mut());
        let last = last.filter(|last| last.state(now) == AuthenticationState::UnderReview);
        let last = last.ok_or_else(|| refuse(codes::REVIEW_NOT_POSSIBLE))?;
        last.decided = now;
        last.refusal = Some(reason);
        Ok(())
    }
}

/// Does something with the code that was sent to a number, which is spent by it.
pub(crate) fn spend_code<T>(
    world: &mut State,
    mobile: &Personal,
    code: &Secret,
    then: impl FnOnce(&mut State) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    match world.identity.last_code(mobile.expose()).filter(|sent| sent.code == *code) {
        None => return Err(refuse(codes::CODE_WRONG)),
        Some(sent) if sent.expires <= world.now => return Err(refuse(codes::CODE_EXPIRED)),
        Some(_) => {}
    }
    let done = then(world)?;
    world.identity.spend_code(mobile, world.now);
    Ok(done)
}

/// A customer of the caller or of one of its resellers: these calls take no reseller.
pub(crate) fn own_customer(
    world: &State,
    caller: &Account,
    customer: &CustomerId,
) -> Result<String, Refusal> {
    if world.accounts.is_below(&caller.id, customer.as_str()) {
        Ok(customer.to_string())
    } else {
        Err(refuse(codes::NOT_OWN_CUSTOMER))
    }
}

/// Attachments are pictures or PDF files, by the ending of their names.
pub(crate) fn formats(files: &[Personal]) -> Result<(), Refusal> {
    const FORMATS: [&str; 6] = ["jpg", "jpeg", "bmp", "png", "gif", "pdf"];
    let known = |file: &Personal| {
        let ending = file.expose().rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        ending.is_some_and(|ending| FORMATS.contains(&ending.as_str()))
    };
    if files.iter().all(known) { Ok(()) } else { Err(refuse(codes::ATTACHMENT_MALFORMED)) }
}

/// The document of an enterprise is one picture on the China site and two elsewhere; a person's card is two more.
pub(crate) fn pictures(caller: &Account, given: usize, with_person: bool) -> Result<(), Refusal> {
    let document = if caller.site == Site::China { 1 } else { 2 };
    count("verified_file_url", given, if with_person { document + 2 } else { document })
}

pub(crate) fn count(field: &str, given: usize, wanted: usize) -> Result<(), Refusal> {
    if given == wanted { Ok(()) } else { Err(bad_request(format!("{field}: {wanted} files on this site"))) }
}

/// A document is reviewed by a person; a bank card with the right code is decided at once.
pub(crate) fn authenticate_person(
    world: &mut State,
    caller: &Account,
    request: AuthenticatePerson,
) -> Result<AuthenticationApplied, Refusal> {
    let customer = own_customer(world, caller, &request.customer_id)?;
    world.check_files(&caller.id, &request.verified_file_url)?;
    let china = caller.site == Site::China;
    let by_card = request.identify_type == PersonMethod::BankCard;
    if by_card && !china {
        return Err(bad_request("identify_type: bank cards are not offered on this site".to_owned()));
    }
    if !by_card && request.verified_type == Some(PersonDocument::Passport) {
        count("verified_file_url", request.verified_file_url.len(), if china { 3 } else { 2 })?;
    }
    let is_review = match request.bank_card_info.filter(|_| by_card) {
        Some(card) => spend_code(world, &card.mobile, &card.verification_code, |world| {
            world.apply_for_verification(
                &customer,
                VerifiedType::Person,
                request.name,
                request.verified_number,
                false,
            )
        })?,
        None => world.apply_for_verification(
            &customer,
            VerifiedType::Person,
            request.name,
            request.verified_number,
            true,
        )?,
    };
    Ok(fill!(AuthenticationApplied { is_review: Some(is_review) }))
}

pub(crate) fn authenticate_enterprise(
    world: &mut State,
    caller: &Account,
    request: AuthenticateEnterprise,
) -> Result<AuthenticationApplied, Refusal> {
    let customer = own_customer(world, caller, &request.customer_id)?;
    world.check_files(&caller.id, &request.verified_file_url)?;
    pictures(caller, request.verified_file_url.len(), request.enterprise_person.is_some())?;
    if world.standing(&customer).verified.is_some() {
        return Err(refuse(codes::REALNAME_ALREADY_DONE));
    }
    let kind = VerifiedType::Enterprise;
    let is_review =
        world.apply_for_verification(&customer, kind, request.corp_name, request.verified_number, true)?;
    Ok(fill!(AuthenticationApplied { is_review: Some(is_review) }))
}

/// Only for a customer that is authenticated as a person: for others the one code that is documented for this call.
pub(crate) fn change_to_enterprise(
    world: &mut State,
    caller: &Account,
    request: ChangeToEnterprise,
) -> Result<AuthenticationApplied, Refusal> {
    let customer = own_customer(world, caller, &request.customer_id)?;
    world.check_files(&caller.id, &request.verified_file_url)?;
    pictures(caller, request.verified_file_url.len(), request.enterprise_person.is_some())?;
    if world.standing(&customer).verified.is_none() {
        return Err(refuse(codes::REVIEW_NOT_POSSIBLE));
    }
    let kind = VerifiedType::Enterprise;
    let is_review =
        world.apply_for_verification(&customer, kind, request.corp_name, request.verified_number, true)?;
    Ok(fill!(AuthenticationApplied { is_review: Some(is_review) }))
}
