//! Agreements that customers sign.

use super::{profile::Signature, refusal::bad_parameter};
use crate::{
    core::{Account, Refusal},
    state::State,
};
use huaweicloud_partner::{
    fill,
    tickets::{AgreementSignature, SignAgreement},
};

/// Each signature leaves a record of its own. Tickets are opened without one too.
pub(crate) fn sign_agreement(
    world: &mut State,
    caller: &Account,
    request: SignAgreement,
) -> Result<AgreementSignature, Refusal> {
    if !world.tickets.offering.agreements.iter().any(|one| one.id == request.id) {
        return Err(bad_parameter("there is no such agreement"));
    }
    let id = world.tickets.number();
    let signature = Signature { id, agreement: request.id, relation: request.relation_id, signed: world.now };
    world.tickets.profile_mut(&caller.id).signatures.push(signature);
    Ok(fill!(AgreementSignature { agreement_signed_record_id: Some(id) }))
}
