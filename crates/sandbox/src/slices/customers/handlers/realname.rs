//! The authentication of customers' real names. Of the files of an application only the names and sizes are known: what is
//! on the pictures is not looked at.

use http::StatusCode;

use crate::{
    core::{Account, Refusal, refuse_with},
    handler::{Route, Simulated, route},
    slices::customers::realname::{self, formats},
    state::State,
};
use huaweicloud_partner::{
    customers::{
        AuthenticateEnterprise, AuthenticatePerson, AuthenticationApplied, AuthenticationReview,
        AuthenticationState, AuthenticationStatus, ChangeToEnterprise, FaceCheckQrCode, ReviewResult,
        ShowAuthenticationReview, ShowAuthenticationStatus, ShowFaceCheckQrCode,
    },
    error::codes,
    fill,
    types::Secret,
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

    fn run(self, world: &mut State, caller: &Account) -> Result<AuthenticationApplied, Refusal> {
        realname::authenticate_person(world, caller, self)
    }
}

impl Simulated for AuthenticateEnterprise {
    fn prepare(&mut self) -> Result<(), Refusal> {
        formats(&self.verified_file_url)
    }

    fn run(self, world: &mut State, caller: &Account) -> Result<AuthenticationApplied, Refusal> {
        realname::authenticate_enterprise(world, caller, self)
    }
}

impl Simulated for ChangeToEnterprise {
    fn prepare(&mut self) -> Result<(), Refusal> {
        formats(&self.verified_file_url)
    }

    fn run(self, world: &mut State, caller: &Account) -> Result<AuthenticationApplied, Refusal> {
        realname::change_to_enterprise(world, caller, self)
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
