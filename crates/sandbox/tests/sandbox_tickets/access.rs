//! Access of engineers to machines.

use super::*;

#[tokio::test]
async fn access_is_granted_used_and_withdrawn() {
    let (sandbox, client) = customer();
    about(&sandbox, TicketEvent::AddMachine { machine: machine("ecs-7") });
    let say = ScriptStep::new(2, EngineerAct::Say { text: "Thank you.".into() });
    sandbox.script_engineers(vec![ask(&["ecs-7", "of-nobody"]), say]);
    let ticket = open(&client, "slow").await;
    sandbox.clock().advance(MINUTE * 30);
    let asked = client.send(&ListAuthorizations::new().incident_id(&ticket)).await.unwrap();
    let id = asked.incident_auth_list[0].id.clone();
    assert_eq!(
        (asked.count, asked.incident_auth_list[0].status),
        (Some(1), Some(AuthorizationStatus::Pending))
    );
    assert_eq!(detail(&client, &ticket).await.message_list.len(), 1, "the engineer waits");
    let shown = client.send(&ShowAuthorization::new(&id)).await.unwrap();
    let thing = &shown.incident_auth_detail_list[0];
    assert_eq!((shown.incident_auth_detail_list.len(), thing.kind), (1, Some(AuthorizedKind::Host)));
    assert_eq!(thing.instance_id.as_deref(), Some("ecs-7"));
    let thing_id = thing.id.unwrap();

    let check = |password: &str| {
        let (client, operation) = (client.clone(), CheckHost::new(thing_id, 22, "root", password));
        async move { client.send(&operation).await }
    };
    check("right").await.unwrap();
    assert_eq!(code(&check("wrong").await.unwrap_err()), &codes::TICKET_LOGIN_WRONG);
    let withdraw = || ActOnAuthorization::new(&id).action_id(AuthorizationAction::Withdraw);
    assert_eq!(code(&client.send(&withdraw()).await.unwrap_err()), &codes::AUTHORIZATION_ACTION_UNKNOWN);
    let bare = client.send(&GrantAuthorization::new(&id)).await.unwrap_err();
    assert_eq!(code(&bare), &codes::TICKET_BAD_PARAMETER);
    let login = GrantedLogin::new(thing_id).account("root").password("right");
    let until = (sandbox.clock().now().unix_timestamp() + 3600) * 1000;
    let grant = GrantAuthorization::new(&id).auth_detail_list(vec![login]).auth_expire_time(until);
    client.send(&grant.clone()).await.unwrap();
    assert_eq!(code(&client.send(&grant).await.unwrap_err()), &codes::AUTHORIZATION_ACTION_UNKNOWN);
    sandbox.clock().advance(MINUTE * 2);
    assert_eq!(detail(&client, &ticket).await.message_list.len(), 2, "the engineer goes on");

    let record = SessionRecord {
        seconds: 65,
        commands: ["iostat", "exit"]
            .iter()
            .zip(1..)
            .map(|(command, after_seconds)| Occurrence { after_seconds, command: (*command).to_owned() })
            .collect(),
        transfers: vec![TransferRecord {
            seconds: 2,
            file_name: "a.log".into(),
            file_size: "12k".into(),
            ..TransferRecord::default()
        }],
    };
    let hold =
        |detail| TicketEvent::HoldSession { authorization: id.to_string(), detail, record: record.clone() };
    let session: i64 = about(&sandbox, hold(thing_id)).unwrap().parse().unwrap();
    assert_eq!(
        client.send(&ListSessions::new(&id, thing_id)).await.unwrap().total_count,
        Some(0),
        "not over yet"
    );
    sandbox.clock().advance(MINUTE * 2);
    let sessions = client.send(&ListSessions::new(&id, thing_id)).await.unwrap();
    assert_eq!(
        (sessions.session_list[0].session_id, sessions.session_list[0].duration.as_deref()),
        (Some(session), Some("00:01:05"))
    );
    let commands = client.send(&ListSessionCommands::new(&id, thing_id, session)).await.unwrap();
    assert_eq!(commands.ops_list[0].oper.as_deref(), Some("exit"), "the latest first");
    let sorted = ListSessionCommands::new(&id, thing_id, session).sort(SortOrder::EarliestFirst).limit(1_u32);
    assert_eq!(client.send(&sorted).await.unwrap().ops_list[0].oper.as_deref(), Some("iostat"));
    let transfers = client.send(&ListSessionTransfers::new(&id, thing_id, session)).await.unwrap();
    assert_eq!(transfers.file_ops_list[0].file_size.as_deref(), Some("12k"));
    let none = client.send(&ListSessionCommands::new(&id, thing_id, 4711)).await.unwrap_err();
    assert_eq!(code(&none), &codes::TICKET_BAD_PARAMETER);

    client.send(&withdraw()).await.unwrap();
    let page = client.send(&ListAuthorizations::new().status(AuthorizationStatus::Cancelled)).await.unwrap();
    assert_eq!(page.count, Some(1));
    sandbox.apply(SandboxEvent::Tickets(hold(thing_id))).unwrap_err();
    let log = client.send(&ListTicketLog::new(&ticket)).await.unwrap();
    let actions: Vec<_> = log.incident_operate_log_list.iter().map(|entry| entry.operate_type).collect();
    assert_eq!(
        actions[1..],
        [LoggedAction::AuthorizationGranted, LoggedAction::AuthorizationWithdrawn].map(Some)
    );
}

#[tokio::test]
async fn access_is_refused_recalled_and_expires() {
    let (sandbox, client) = customer();
    about(&sandbox, TicketEvent::AddMachine { machine: machine("ecs-7") });
    let recall = ScriptStep::new(120, EngineerAct::RecallAccess);
    sandbox.script_engineers(vec![ask(&[]), recall]);
    let ticket = open(&client, "slow").await;
    sandbox.clock().advance(MINUTE);
    let pending = async |ticket: &TicketId| {
        client
            .send(&ListAuthorizations::new().incident_id(ticket))
            .await
            .unwrap()
            .into_inner()
            .incident_auth_list
            .remove(0)
    };
    let access = pending(&ticket).await;
    assert_eq!((access.resource_type_id.as_deref(), access.visit_type_id.as_deref()), (Some("2"), Some("4")));
    let without = client.send(&GrantAuthorization::new(&access.id)).await.unwrap_err();
    assert_eq!(code(&without), &codes::TICKET_BAD_PARAMETER);
    assert!(client.send(&ListAgencies::new()).await.unwrap().agency_list.is_empty());
    about(&sandbox, TicketEvent::AddAgency { account: "customer-1".into(), name: "support".into() });
    let agencies = client.send(&ListAgencies::new()).await.unwrap();
    let grant = GrantAuthorization::new(&access.id);
    client.send(&grant.clone().agency_id("AGENCY0")).await.unwrap_err();
    client.send(&grant.agency_id(agencies.agency_list[0].id.as_str())).await.unwrap();
    assert_eq!(
        client.send(&ShowAuthorization::new(&access.id)).await.unwrap().agency_name.as_deref(),
        Some("support")
    );
    sandbox.clock().advance(MINUTE * 120);
    assert_eq!(pending(&ticket).await.status, Some(AuthorizationStatus::Recalled));

    let ticket = open(&client, "again").await;
    sandbox.clock().advance(MINUTE);
    let access = pending(&ticket).await;
    let refuse =
        ActOnAuthorization::new(&access.id).action_id(AuthorizationAction::Refuse).reject_reason("no");
    client.send(&refuse.clone()).await.unwrap();
    assert_eq!(pending(&ticket).await.reject_reason.as_deref(), Some("no"));
    assert_eq!(code(&client.send(&refuse).await.unwrap_err()), &codes::AUTHORIZATION_ACTION_UNKNOWN);
    let odd = ActOnAuthorization::new(&access.id).action_id("lend");
    assert_eq!(code(&client.send(&odd).await.unwrap_err()), &codes::AUTHORIZATION_ACTION_UNKNOWN);

    sandbox.script_engineers(vec![ask(&["ecs-7"])]);
    let ticket = open(&client, "once more").await;
    sandbox.clock().advance(MINUTE);
    let access = pending(&ticket).await;
    let detail = client.send(&ShowAuthorization::new(&access.id)).await.unwrap().incident_auth_detail_list[0]
        .id
        .unwrap();
    let login = GrantedLogin::new(detail).account("root").password("right");
    let until = (sandbox.clock().now().unix_timestamp() + 60) * 1000;
    client
        .send(&GrantAuthorization::new(&access.id).auth_detail_list(vec![login]).auth_expire_time(until))
        .await
        .unwrap();
    sandbox.clock().advance(MINUTE);
    assert_eq!(pending(&ticket).await.status, Some(AuthorizationStatus::Expired));
    client.send(&ShowAuthorization::new("AUTH0")).await.unwrap_err();
}
