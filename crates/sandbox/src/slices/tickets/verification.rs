//! Verification of contacts.

use time::Duration;

use super::{profile::VerifiedNumber, refusal::refuse};
use crate::{
    core::{Account, Refusal},
    state::State,
};
use huaweicloud_partner::{
    error::codes,
    tickets::{Done, SendContactCode, VerifyContact},
};

/// Validity of a code and of a verification. Neither is documented.
const CODE_LASTS: Duration = Duration::minutes(10);

const VERIFICATION_LASTS: Duration = Duration::days(1);

/// Puts the code into the sandbox's outbox, where a test reads it; it is valid for ten minutes. No code of the ticket
/// service says that a code did not arrive.
pub(crate) fn send_contact_code(world: &mut State, request: SendContactCode) -> Result<Done, Refusal> {
    let number = world.tickets.number();
    // As many codes as there are numbers of six digits, no two alike for long.
    let code = format!("{:06}", number.wrapping_mul(7919).rem_euclid(1_000_000));
    let expires = world.now.instant().saturating_add(CODE_LASTS).into();
    let arrives = world.identity.is_reachable(&request.contact_value);
    world.identity.keep_code(request.contact_value, code, (world.now, expires), arrives);
    Ok(Done::default())
}

/// Accepts the latest code only, and only once. The verification counts for the caller.
pub(crate) fn verify_contact(
    world: &mut State,
    caller: &Account,
    request: VerifyContact,
) -> Result<Done, Refusal> {
    let now = world.now;
    let latest = world.identity.last_code(request.contact_value.expose());
    let good = latest.is_some_and(|sent| sent.code == request.verify_code && now < sent.expires);
    if !good {
        return Err(refuse(codes::VERIFICATION_FAILED));
    }
    world.identity.spend_code(&request.contact_value, now);
    let verified = VerifiedNumber {
        id: world.tickets.fresh("VC"),
        way: request.contact_way,
        value: request.contact_value,
        area_code: request.area_code,
        expires: now.instant().saturating_add(VERIFICATION_LASTS).into(),
    };
    world.tickets.profile_mut(&caller.id).verified.push(verified);
    Ok(Done::default())
}
