//! Contacts, rights, agreements, and what is looked up.

use super::*;

#[tokio::test]
async fn a_contact_is_verified_with_the_code_it_received() {
    let (sandbox, client) = customer();
    let tickets = Tickets::new(&client);
    let mobile = "13811112222";
    assert!(tickets.begin_verification(mobile, ContactWay::Phone, "86").await.unwrap());
    let sent = sandbox.code_sent_to(mobile).unwrap();
    assert_eq!(sent.expose().len(), 6);
    let wrong = if sent.expose() == "000000" { "111111" } else { "000000" };
    let refused = tickets.finish_verification(mobile, ContactWay::Phone, "86", wrong).await.unwrap_err();
    assert_eq!(code(&refused), &codes::VERIFICATION_FAILED);
    let serial =
        tickets.finish_verification(mobile, ContactWay::Phone, "86", sent.clone()).await.unwrap().unwrap();
    let twice = client.send(&VerifyContact::new(sent, mobile, ContactWay::Phone)).await.unwrap_err();
    assert_eq!(code(&twice), &codes::VERIFICATION_FAILED);
    assert!(!tickets.begin_verification(mobile, ContactWay::Phone, "86").await.unwrap());
    let check = client.send(&CheckContact::new(mobile, ContactWay::Phone)).await.unwrap();
    assert_eq!(check.expire_time.unwrap().to_string(), "2026-05-07 01:00:00");

    let usual = client.send(&ListVerifiedContacts::new()).await.unwrap();
    assert_eq!((usual.count, usual.contact_list.len()), (Some(1), 0), "the documented offset is 1");
    let all: Vec<_> = client.items(ListVerifiedContacts::new().area_code("86")).try_collect().await.unwrap();
    assert_eq!(all[0].verified_id.as_ref(), Some(&serial));
    let expiring = ListVerifiedContacts::new().expired_time(check.expire_time.unwrap()).offset(0_u32);
    assert_eq!(client.send(&expiring).await.unwrap().contact_list.len(), 1);

    let ticket = disk("slow").remind_mobile(mobile).area_code("86");
    client.send(&ticket.clone()).await.unwrap_err();
    client.send(&ticket.clone().verified_phone(serial.as_str())).await.unwrap();
    sandbox.clock().advance(MINUTE * 60 * 24);
    client.send(&ticket.verified_phone(serial)).await.unwrap_err();

    client.send(&SendContactCode::new("ops@example.com", ContactWay::Email, "")).await.unwrap();
    let late = sandbox.code_sent_to("ops@example.com").unwrap();
    sandbox.clock().advance(MINUTE * 10);
    client.send(&VerifyContact::new(late, "ops@example.com", ContactWay::Email)).await.unwrap_err();
}

#[tokio::test]
async fn rights_and_quotas_hold() {
    let sandbox = Sandbox::small_distributor();
    let (partner, client) = (client(&sandbox, "distributor"), client(&sandbox, "customer-1"));
    let quota = |client: Client| async move {
        let quota = client.send(&ShowTicketQuota::new("uc-bill")).await.unwrap().into_inner();
        (quota.total, quota.un_used)
    };
    assert_eq!(quota(client.clone()).await, (Some(-1), Some(-1)));
    assert_eq!(quota(partner.clone()).await, (Some(30), Some(30)));
    about(&sandbox, TicketEvent::LimitTickets { account: "distributor".into(), monthly: 2 });
    open(&partner, "one").await;
    open(&partner, "two").await;
    assert_eq!(quota(partner.clone()).await, (Some(2), Some(0)));
    assert_eq!(code(&partner.send(&disk("three")).await.unwrap_err()), &codes::SUPPORT_PLAN_REFUSES);
    sandbox.clock().advance(MINUTE * 60 * 24 * 31);
    open(&partner, "three").await;
    let elsewhere = ShowTicketQuota::new("uc-bill").product_category_id("ecs");
    assert_eq!(code(&client.send(&elsewhere).await.unwrap_err()), &codes::TICKET_BAD_PARAMETER);

    let has = |privilege: Privilege| {
        let (client, operation) = (client.clone(), CheckPrivilege::new(privilege));
        async move { client.send(&operation).await }
    };
    assert!(has(Privilege::OpenTickets).await.unwrap().has_privilege.unwrap().is_yes());
    assert!(!has(Privilege::ActForDelegators).await.unwrap().has_privilege.unwrap().is_yes());
    let change = |change: PrivilegeChange, privilege: Privilege| {
        let (client, operation) = (client.clone(), ChangePrivilege::new(change).privilege(privilege));
        async move { client.send(&operation).await }
    };
    change(PrivilegeChange::Grant, Privilege::ActForDelegators).await.unwrap();
    assert!(has(Privilege::ActForDelegators).await.unwrap().has_privilege.unwrap().is_yes());
    change(PrivilegeChange::Revoke, Privilege::OpenTickets).await.unwrap();
    open(&client, "no policy yet").await;
    assert_eq!(client.send(&ShowPrivilegePolicy::new()).await.unwrap().policy_switch, Some(false));
    about(&sandbox, TicketEvent::SwitchPolicy { account: "customer-1".into(), on: true });
    assert_eq!(client.send(&ShowPrivilegePolicy::new()).await.unwrap().policy_switch, Some(true));
    assert_eq!(code(&client.send(&disk("policy")).await.unwrap_err()), &codes::NO_ROLE_FOR_TICKETS);
    for bad in [change("lend".into(), Privilege::Export), change(PrivilegeChange::Grant, "fly".into())] {
        assert_eq!(code(&bad.await.unwrap_err()), &codes::TICKET_BAD_PARAMETER);
    }

    assert_eq!(partner.send(&CheckPartnerPrivilege::new()).await.unwrap().has_privilege, Some(false));
    let wrong = client
        .with(CallOptions::new().skip_validation())
        .send(&CheckPartnerPrivilege::new())
        .await
        .unwrap_err();
    assert_eq!(wrong.kind(), ErrorKind::WrongCaller);
    about(
        &sandbox,
        TicketEvent::ServeCustomers {
            partner: "distributor".into(),
            handles_tickets: true,
            zone: "GMT+8".into(),
            days: "1-5".into(),
            hours: "09:00-18:00".into(),
        },
    );
    assert_eq!(partner.send(&CheckPartnerPrivilege::new()).await.unwrap().has_privilege, Some(true));
    let service = client.send(&ShowPartnerService::new()).await.unwrap().into_inner();
    assert_eq!(service.partners_service_info[0].service_time_hour.as_deref(), Some("09:00-18:00"));
    assert_eq!(
        code(&partner.send(&ShowPartnerService::new()).await.unwrap_err()),
        &codes::CUSTOMER_WITHOUT_PARTNER
    );
    let vendor = client.send(&ShowPartnerService::new().product_id("p")).await.unwrap_err();
    assert_eq!(code(&vendor), &codes::TICKET_PARTNER_NOT_FOUND);

    assert!(client.send(&ListUsers::new()).await.unwrap().sub_customer_infos.is_empty());
    let user = |id: &str, name: &str| TicketEvent::AddUser {
        account: "customer-1".into(),
        id: id.into(),
        name: name.into(),
        mobile: Some("13800001111".into()),
        email: None,
        area_code: Some("86".into()),
    };
    about(&sandbox, user("user-1", "night shift"));
    about(&sandbox, user("user-2", "day shift"));
    let users = client.send(&ListUsers::new().sub_customer_name("day shift")).await.unwrap().into_inner();
    assert_eq!(users.sub_customer_infos[0].customer_id, "user-2");
    assert_eq!(users.sub_customer_infos[0].mobile.as_ref().unwrap().expose(), "1****1");
    sandbox
        .apply(SandboxEvent::Tickets(TicketEvent::SwitchPolicy { account: "nobody".into(), on: true }))
        .unwrap_err();
}

#[tokio::test]
async fn agreements_are_signed() {
    let (_sandbox, client) = customer();
    let check = |kind: AgreementType| {
        let (client, operation) = (client.clone(), CheckAgreement::new().agreement_type(kind));
        async move { client.send(&operation).await }
    };
    assert_eq!(check(AgreementType::Authorization).await.unwrap().is_signed_latest, Some(false));
    let shown =
        client.send(&ShowAgreement::new().agreement_type(AgreementType::Authorization)).await.unwrap();
    let first = client.send(&shown.case_agreement.sign().unwrap().relation_id("AUTH1")).await.unwrap();
    let second = client.send(&shown.case_agreement.sign().unwrap()).await.unwrap();
    assert_ne!(first.agreement_signed_record_id, second.agreement_signed_record_id);
    assert_eq!(check(AgreementType::Authorization).await.unwrap().is_signed_latest, Some(true));
    assert_eq!(client.send(&CheckAgreement::new()).await.unwrap().is_signed_latest, Some(false));
    let usual = client.send(&ShowAgreement::new()).await.unwrap();
    assert_eq!(usual.case_agreement.agreement_type, Some(AgreementType::Ticket));
    assert_eq!(code(&client.send(&SignAgreement::new(99)).await.unwrap_err()), &codes::TICKET_BAD_PARAMETER);
    assert_eq!(code(&check("5".into()).await.unwrap_err()), &codes::TICKET_BAD_PARAMETER);
}

#[tokio::test]
async fn the_table_is_looked_up() {
    let (sandbox, client) = customer();
    let categories = client.send(&ListCategories::new()).await.unwrap().into_inner();
    assert_eq!(
        (categories.total_count, categories.incident_sub_type_list[0].incident_product_category_list.len()),
        (Some(2), 2)
    );
    let ecs = client.send(&ListTicketProducts::new().product_category_name("ecs")).await.unwrap();
    assert_eq!(ecs.incident_product_category_list[0].incident_product_category_id, "ecs");
    assert_eq!(client.send(&ListTicketProducts::new()).await.unwrap().total_count, Some(3));
    assert_eq!(client.send(&ListProblemTypes::new()).await.unwrap().total_count, Some(7));
    let problems = client.send(&ListProblemTypes::new().product_category_id("rds")).await.unwrap();
    assert_eq!(problems.incident_business_type_list[0].case_type, Some(CaseType::Fault));
    let severities = client.send(&ListSeverities::new("ecs", "ecs-disk")).await.unwrap();
    assert_eq!((severities.show, severities.severity_list.len()), (Some(false), 1));
    about(&sandbox, TicketEvent::SupportPlan { account: "customer-1".into(), holds: true });
    let severities = client.send(&ListSeverities::new("ecs", "ecs-disk")).await.unwrap();
    assert_eq!((severities.show, severities.severity_list.len()), (Some(true), 3));
    assert!(client.send(&ListSeverities::new("rds", "ecs-disk")).await.unwrap().severity_list.is_empty());
    let form = client.send(&ListParameters::new("rds-slow")).await.unwrap();
    assert_eq!(form.required().collect::<Vec<_>>(), ["instance_id"]);
    assert_eq!(client.send(&ListTemplates::new("ecs-disk")).await.unwrap().total_count, Some(1));
    assert_eq!(client.send(&ListRegions::new()).await.unwrap().total_count, Some(4));
    assert_eq!(client.send(&ListOwnRegions::new()).await.unwrap().count, Some(0));
    open(&client, "slow").await;
    assert_eq!(client.send(&ListOwnRegions::new()).await.unwrap().region_infos[0].region_id, "cn-north-4");
    assert_eq!(client.send(&ListAreaCodes::new()).await.unwrap().area_code_list[0].area_code, "86");
    let limits = client.send(&ShowTicketLimits::new()).await.unwrap().into_inner();
    assert_eq!(limits.config.create_case_ccemail_max_count, Some(10));
    let key = "case.create-case.diagnose-list";
    assert_eq!(client.send(&ShowSetting::new(key)).await.unwrap().config_value, None);
    about(&sandbox, TicketEvent::Set { key: key.into(), value: "1,2".into() });
    assert_eq!(client.send(&ShowSetting::new(key)).await.unwrap().config_value.as_deref(), Some("1,2"));
    assert_eq!(
        code(&client.send(&ShowSetting::new("other")).await.unwrap_err()),
        &codes::TICKET_BAD_PARAMETER
    );
    assert_eq!(client.send(&ListScoreDimensions::new()).await.unwrap().total_count, Some(2));
}

#[tokio::test]
async fn a_diagnosis_takes_its_time() {
    let (sandbox, client) = customer();
    about(&sandbox, TicketEvent::AddMachine { machine: machine("ecs-7") });
    let database = Machine { id: "db-1".into(), is_database: true, faults: Vec::new(), ..machine("") };
    about(&sandbox, TicketEvent::AddMachine { machine: database });
    let servers = client.send(&ListDiagnosableResources::new().region("cn-north-4")).await.unwrap();
    assert_eq!(
        (servers.total_count, servers.result[0].access_ipv4.as_deref()),
        (Some(1), Some("203.0.113.7"))
    );
    let none = ListDiagnosableResources::new().project_id("elsewhere");
    assert_eq!(client.send(&none).await.unwrap().total_count, Some(0));

    let tickets = Tickets::new(&client);
    let run = tickets.diagnose(StartDiagnosis::server("203.0.113.7")).await.unwrap();
    let early = run.show().await.unwrap();
    assert_eq!((early.status, early.findings().count()), (Some(DiagnosisStatus::Preparing), 0));
    let over = run.wait(MINUTE * 2).await.unwrap();
    assert_eq!(over.status, Some(DiagnosisStatus::Finished));
    let found: Vec<_> = over.findings().map(|check| check.check_id.clone().unwrap()).collect();
    assert_eq!((over.items_result.len(), found), (2, vec!["ecs-disk".to_owned()]));
    let reports = ShowDiagnosisChecks::new().job_id(run.job()).item_ids("ecs-disk");
    let reports = client.send(&reports).await.unwrap();
    assert!(reports.item_results[0].suggestion.as_ref().unwrap().contains("disk"));

    let foreign = tickets.diagnose(StartDiagnosis::server("198.51.100.1")).await.unwrap();
    assert_eq!(foreign.wait(MINUTE).await.unwrap().status, Some(DiagnosisStatus::Unavailable));
    let healthy = tickets.diagnose(StartDiagnosis::database("db-1")).await.unwrap();
    assert_eq!(healthy.wait(MINUTE * 2).await.unwrap().findings().count(), 0);
    let latest = client.send(&ShowDiagnosis::new()).await.unwrap();
    assert_eq!(latest.job_id.map(|id| id.to_string()).as_deref(), Some(healthy.job()));
    let records: Vec<_> =
        client.items(ListDiagnoses::new().kind(DiagnosisType::Server)).try_collect().await.unwrap();
    assert_eq!((records.len(), records[1].red_count), (2, Some(1)));
    client.send(&RateDiagnosis::new(DiagnosisType::Server, true).content("good")).await.unwrap();
    for bad in [StartDiagnosis::new(DiagnosisType::Network), StartDiagnosis::new(DiagnosisType::Other(9))] {
        assert_eq!(code(&client.send(&bad).await.unwrap_err()), &codes::TICKET_BAD_PARAMETER);
    }
    assert_eq!(
        code(&client.send(&ShowDiagnosis::new().job_id("4711")).await.unwrap_err()),
        &codes::TICKET_BAD_PARAMETER
    );
}

#[tokio::test]
async fn a_report_needs_a_type_and_its_files() {
    let (_sandbox, client) = customer();
    let (proof, identity) = (attach(&client, "proof.png", b"p").await, attach(&client, "id.png", b"i").await);
    let reporter =
        || Reporter::new("Li Lei", "13800000000", ReporterCapacity::Individual, vec![identity.clone()]);
    let report = |kind: &str, file: &AttachmentId| {
        FileReport::new(kind, "https://example.com", "spam", vec![file.clone()], reporter())
    };
    let unchecked = client.with(CallOptions::new().skip_validation());
    let untyped = unchecked.send(&report("", &proof)).await.unwrap_err();
    assert_eq!(code(&untyped), &codes::FEEDBACK_TYPE_MISSING);
    let lost = client.send(&report("1", &"ACC0".into())).await.unwrap_err();
    assert_eq!(code(&lost), &codes::TICKET_BAD_PARAMETER);
    client.send(&report("1", &proof)).await.unwrap();
}
