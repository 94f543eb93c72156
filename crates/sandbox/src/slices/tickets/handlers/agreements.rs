//! Agreements and their signatures.

use crate::{
    core::{Account, Refusal},
    handler::Simulated,
    slices::tickets::{agreements, refusal::bad_parameter},
    state::State,
};
use huaweicloud_partner::{
    fill,
    tickets::{
        Agreement, AgreementCheck, AgreementSignature, AgreementType, CheckAgreement, ShowAgreement,
        ShownAgreement, SignAgreement,
    },
};

impl Simulated for ShowAgreement {
    /// Without a type, the agreement on opening tickets.
    fn run(self, world: &mut State, _caller: &Account) -> Result<ShownAgreement, Refusal> {
        let kind = self.agreement_type.unwrap_or(AgreementType::Ticket);
        let found = world.tickets.offering().agreements.iter().rev().find(|one| one.kind == kind);
        let found = found.ok_or_else(|| bad_parameter("there is no agreement of this type"))?;
        let language = self.language.as_ref();
        Ok(fill!(ShownAgreement {
            case_agreement: fill!(Agreement {
                id: found.id.to_string(),
                agreement_name: Some(found.name.in_language(language)),
                agreement_type: Some(found.kind.clone()),
                agreement_type_name: Some(found.name.in_language(language)),
                content: Some(found.content.in_language(language)),
                version: Some(found.version.clone()),
            }),
        }))
    }
}

impl Simulated for CheckAgreement {
    fn run(self, world: &mut State, caller: &Account) -> Result<AgreementCheck, Refusal> {
        let kind = self.agreement_type.unwrap_or(AgreementType::Ticket);
        let found = world.tickets.offering().agreements.iter().rev().find(|one| one.kind == kind);
        let found = found.ok_or_else(|| bad_parameter("there is no agreement of this type"))?;
        let signed = world.tickets.profile(caller).signatures.iter().any(|one| one.agreement == found.id);
        Ok(fill!(AgreementCheck { is_signed_latest: Some(signed) }))
    }
}

impl Simulated for SignAgreement {
    fn run(self, world: &mut State, caller: &Account) -> Result<AgreementSignature, Refusal> {
        agreements::sign_agreement(world, caller, self)
    }
}
