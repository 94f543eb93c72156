//! Rules for setting up enterprises, and their credit.

use super::{MAKING, Membership, Unit};
use crate::{
    core::{Account, AccountKind, Refusal, bad_request, refuse},
    slices::customers::ACCOUNTS_PER_NUMBER,
    state::State,
};
use huaweicloud_partner::{
    enterprise::{
        CreateMember, Custody, MastersPhone, MemberCodeSent, MemberCreated, MemberPermission,
        SendMemberVerificationCode,
    },
    error::codes,
    types::{Personal, Secret, UtcTime},
};

impl State {
    /// Returns the payer of a customer's purchases and usage: the master account that has its money in
    /// custody, else the customer.
    pub(crate) fn payer_of<'s>(&'s self, customer: &'s str) -> &'s str {
        let member = self.enterprise.members.get(customer).filter(|member| member.custody);
        member.map_or(customer, |member| &member.master)
    }

    /// The same, where it is somebody else.
    pub(crate) fn other_payer_of(&self, customer: &str) -> Option<String> {
        Some(self.payer_of(customer)).filter(|payer| *payer != customer).map(str::to_owned)
    }

    /// The unit at the top of an enterprise, which is there as soon as somebody looks.
    pub(crate) fn top_unit(&mut self, master: &str) -> String {
        let top = self.enterprise.units.values().find(|unit| unit.master == master && unit.above.is_none());
        if let Some(top) = top {
            return top.id.clone();
        }
        let id = self.fresh("");
        let name = self.accounts.get(master).map(|account| account.name.clone()).unwrap_or_default();
        let top = Unit { id: id.clone(), master: master.to_owned(), above: None, name };
        self.enterprise.units.insert(id.clone(), top);
        id
    }

    /// The enterprise sets up a unit, at the top or below another one. Returns its id.
    pub(crate) fn add_unit(
        &mut self,
        master: &str,
        name: Personal,
        below: Option<&str>,
    ) -> Result<String, Refusal> {
        let above = self.unit(master, below)?;
        let (id, tie) = (self.fresh(""), self.fresh(""));
        let unit = Unit { id: id.clone(), master: master.to_owned(), above: Some((above, tie)), name };
        self.enterprise.units.insert(id.clone(), unit);
        Ok(id)
    }

    /// The id of a unit that is named by its id or name; the top where none is.
    fn unit(&mut self, master: &str, named: Option<&str>) -> Result<String, Refusal> {
        let is_master = |kind: AccountKind| kind == AccountKind::EnterpriseMaster;
        if !self.accounts.get(master).is_some_and(|account| is_master(account.kind)) {
            return Err(refuse(codes::ACCOUNT_NOT_FOUND));
        }
        let top = self.top_unit(master);
        let Some(named) = named else { return Ok(top) };
        let own = self.enterprise.units.values().filter(|unit| unit.master == master);
        let unit = own.into_iter().find(|unit| unit.id == named || unit.name.expose() == named);
        unit.map(|unit| unit.id.clone()).ok_or_else(|| refuse(codes::BAD_PARAMETER))
    }

    /// A customer joins an enterprise; it can be used at once.
    pub(crate) fn add_member(
        &mut self,
        master: &str,
        account: String,
        unit: Option<&str>,
        custody: bool,
        permissions: Vec<MemberPermission>,
    ) -> Result<(), Refusal> {
        let unit = self.unit(master, unit)?;
        let free = self.accounts.get(&account).is_some_and(|account| account.kind == AccountKind::Customer)
            && !self.enterprise.members.contains_key(&account);
        if !free {
            return Err(refuse(codes::ACCOUNT_NOT_FOUND));
        }
        let made = self.now.instant().saturating_sub(MAKING).into();
        let master = master.to_owned();
        let membership = Membership { master, unit, display_name: None, custody, permissions, made };
        self.enterprise.members.insert(account, membership);
        Ok(())
    }
}

/// Creates the member, which takes ten seconds. A login name that is taken is refused with the code of a
/// customer's registration.
pub(crate) fn create_member(
    world: &mut State,
    caller: &Account,
    request: CreateMember,
) -> Result<MemberCreated, Refusal> {
    if world.enterprise.units.get(&request.party_id).is_none_or(|unit| unit.master != caller.id) {
        return Err(bad_request("party_id: the enterprise has no such unit".to_owned()));
    }
    world.may_create_members(&caller.id)?;
    let new = request.new_sub_customer;
    world.is_no_lead(new.mobile_phone.as_ref())?;
    if !is_login(new.customer_name.expose()) {
        return Err(refuse(codes::LOGIN_NAME_MALFORMED));
    }
    if !is_password(&new.password, &new.customer_name) {
        return Err(refuse(codes::PASSWORD_MALFORMED));
    }
    if world.accounts.values().any(|account| account.login == new.customer_name) {
        return Err(refuse(codes::LOGIN_NAME_TAKEN));
    }
    let mobile_phone = if new.use_pri_mobile_phone == Some(MastersPhone::Yes) {
        caller.mobile_phone.clone()
    } else {
        let number = new.mobile_phone.unwrap_or_default();
        check_code(world, &number, new.verification_code.as_ref())?;
        Some(number)
    };
    let serves = |account: &&Account| mobile_phone.is_some() && account.mobile_phone == mobile_phone;
    if world.accounts.values().filter(serves).count() >= ACCOUNTS_PER_NUMBER {
        return Err(refuse(codes::MOBILE_REGISTERED_TOO_OFTEN));
    }
    let id = world.fresh("sandbox-member-");
    let account = Account {
        id: id.clone(),
        kind: AccountKind::Customer,
        name: caller.name.clone(), // one legal entity
        login: new.customer_name,
        access_key: format!("AK{}", id.to_uppercase()),
        secret_key: format!("SK{}", id.to_uppercase()).into(),
        associated_with: None,
        associated_on: None,
        association_type: None,
        mobile_phone,
        email: None,
        xaccount_id: None,
        xaccount_type: None,
        ..caller.clone()
    };
    let custody = request.financial_custody == Some(Custody::On);
    let permissions = if custody {
        use MemberPermission::{ReadConsumption, ReadFinances, ShareDiscounts};
        vec![ReadFinances, ReadConsumption, ShareDiscounts]
    } else {
        request.permission_ids.unwrap_or_default()
    };
    let membership = Membership {
        master: caller.id.clone(),
        unit: request.party_id,
        display_name: request.display_name,
        custody,
        permissions,
        made: world.now,
    };
    world.accounts.insert(id.clone(), account);
    world.enterprise.members.insert(id, membership);
    Ok(MemberCreated::default())
}

/// Puts the code into the sandbox's outbox. Up to 15 an hour to one number; the real limit is not
/// documented.
pub(crate) fn send_member_code(
    world: &mut State,
    request: SendMemberVerificationCode,
) -> Result<MemberCodeSent, Refusal> {
    let hour_ago: UtcTime = world.now.instant().saturating_sub(time::Duration::HOUR).into();
    if world.identity.codes_sent(&request.mobile_phone, hour_ago) >= 15 {
        return Err(refuse(codes::MEMBER_CODES_USED_UP));
    }
    world.deliver_code(request.mobile_phone, request.timeout.unwrap_or(10))?;
    Ok(MemberCodeSent::default())
}

pub(crate) fn check_code(world: &State, number: &Personal, code: Option<&Secret>) -> Result<(), Refusal> {
    match world.identity.last_code(number.expose()).filter(|sent| code == Some(&sent.code)) {
        None => Err(refuse(codes::CODE_WRONG)),
        Some(sent) if sent.expires <= world.now => Err(refuse(codes::CODE_EXPIRED)),
        Some(_) => Ok(()),
    }
}

/// The rules of login names, as for customers: they are not documented for members.
fn is_login(name: &str) -> bool {
    (5..=32).contains(&name.len())
        && name.starts_with(|first: char| first.is_ascii_alphabetic() || "_-".contains(first))
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}

/// The rules of passwords, as for customers: two of four classes, and not the name or its reverse.
pub(crate) fn is_password(password: &Secret, name: &Personal) -> bool {
    let (password, name) = (password.expose(), name.expose());
    let classes = [
        password.contains(|c: char| c.is_ascii_uppercase()),
        password.contains(|c: char| c.is_ascii_lowercase()),
        password.contains(|c: char| c.is_ascii_digit()),
        password.contains(|c: char| !c.is_ascii_alphanumeric()),
    ];
    (8..=32).contains(&password.chars().count())
        && classes.into_iter().filter(|has| *has).count() >= 2
        && password != name
        && !password.chars().eq(name.chars().rev())
}
