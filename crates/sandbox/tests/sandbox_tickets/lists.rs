//! Tests of lists of tickets, their labels and relations.

use super::*;

#[tokio::test]
async fn tickets_are_found_by_every_filter() {
    let (sandbox, client) = customer();
    let slow = open(&client, "The disk is slow").await;
    sandbox.clock().advance(MINUTE * 20);
    let bill =
        client.send(&OpenTicket::new("uc-bill", "A bill is wrong")).await.unwrap().into_inner().incident_id;
    let deleted = open(&client, "gone").await;
    client.send(&ActOnTicket::new(&deleted, TicketAction::Cancel)).await.unwrap();
    client.send(&ActOnTicket::new(&deleted, TicketAction::Delete)).await.unwrap();
    client.send(&CreateLabel::new("night", "#000000")).await.unwrap();
    let label = client.send(&ListLabels::new()).await.unwrap().label_list[0].label_id.unwrap();
    client.send(&AttachLabels::new(&slow, [label])).await.unwrap();

    let all = client.send(&ListTickets::new()).await.unwrap();
    assert_eq!((all.total_count, &all.incident_info_list[0].incident_id), (Some(2), &bill));
    assert_eq!(all.incident_info_list[1].product_category_name.as_deref(), Some("Elastic Cloud Server"));
    assert_eq!(all.incident_info_list[1].label_list[0].name.as_deref(), Some("night"));
    let time = |text: &str| text.parse::<LocalTime>().unwrap();
    for (request, found) in [
        (ListTickets::new().search_key(["disk".to_owned(), "slow".to_owned()]), Some(&slow)),
        (ListTickets::new().search_key(["disk".to_owned(), "bill".to_owned()]), None),
        (ListTickets::new().label_id_list([label.to_string()]), Some(&slow)),
        (ListTickets::new().app_key("BILL"), Some(&bill)),
        (ListTickets::new().app_key(slow.as_str()), Some(&slow)),
        (ListTickets::new().incident_id(&bill), Some(&bill)),
        (ListTickets::new().query_end_time(time("2026-05-06 01:19:59")), Some(&slow)),
        (
            ListTickets::new().query_start_time(time("2026-05-06 09:20:00")).time_zone(TimeZone::BEIJING),
            Some(&bill),
        ),
        (ListTickets::new().status(TicketStatus::WaitingForCustomer), Some(&slow)),
        (ListTickets::new().status(TicketStatus::Deleted), Some(&deleted)),
        (ListTickets::new().incident_status("3,13"), Some(&deleted)),
        (ListTickets::new().x_customer_id("somebody"), None),
        (ListTickets::new().x_customer_id("customer-1").limit(1_u32), Some(&bill)),
        (ListTickets::new().x_customer_name("customer_1").offset(1_u32), Some(&slow)),
    ] {
        let page = client.send(&request.clone()).await.unwrap();
        let ids: Vec<_> = page.incident_info_list.iter().map(|row| &row.incident_id).collect();
        assert_eq!(ids, Vec::from_iter(found), "{request:?}");
    }
    let counts = client.send(&CountTickets::new()).await.unwrap();
    assert_eq!((counts.of(TicketStatus::Deleted), counts.of(TicketStatus::ToBeAccepted)), (1, 1));
    let none = client.send(&CountTickets::new().status(TicketStatus::Paused)).await.unwrap();
    assert_eq!(none.incident_status_counts[0].count, Some(0));

    let console = ListConsoleTickets::new().product_category_id("ecs").label_id_list([label]);
    let console = client.send(&console).await.unwrap();
    assert_eq!(console.incident_info_list[0].label_list[0].label_id, label.to_string());
    let second = client.send(&ListConsoleTickets::new().page_no(2_u32).page_size(1_u32)).await.unwrap();
    assert_eq!((second.total_count, &second.incident_info_list[0].incident_id), (Some(2), &slow));

    let export = ExportTickets::new(Language::English, TimeZone::UTC).incident_id(format!("{slow},{bill}"));
    let file = client.download(export.clone()).await.unwrap();
    assert_eq!(file.file_name().as_deref(), Some("tickets.xlsx"));
    let sheet = read(file).await;
    let sheet = String::from_utf8_lossy(&sheet);
    assert!(
        sheet.contains("A bill is wrong") && sheet.contains("2026-05-06 01:00:00") && !sheet.contains("gone")
    );
    let log = client.send(&ListTicketLog::new(&bill)).await.unwrap();
    assert_eq!(log.incident_operate_log_list[1].operate_type, Some(LoggedAction::Exported));
    client.send(&ChangePrivilege::new(PrivilegeChange::Revoke).privilege(Privilege::Export)).await.unwrap();
    assert_eq!(code(&client.download(export).await.unwrap_err()), &codes::TICKET_NO_PERMISSION);
}

#[tokio::test]
async fn times_and_names_are_as_asked_for() {
    let (_sandbox, client) = customer();
    let ticket = open(&client, "slow").await;
    let plain = client.with(CallOptions::new());
    for (zone, hour) in
        [(TimeZone::UTC, "2026-05-06 01:00:00"), ("GMT-3:30".parse().unwrap(), "2026-05-05 21:30:00")]
    {
        let shown = client.send(&ShowTicket::new(&ticket).time_zone(zone)).await.unwrap().into_inner();
        assert_eq!(shown.incident_detail_info.create_time.unwrap().to_string(), hour);
    }
    let chinese = ShowTicket::new(&ticket).language(Language::Chinese);
    let shown = client.send(&chinese).await.unwrap().into_inner().incident_detail_info;
    assert_eq!(shown.business_type_name.as_deref(), Some("磁盘故障"));
    drop(plain);
    let sandbox = Sandbox::small_distributor();
    let usual = sandbox.client("customer-1").unwrap();
    let ticket = open(&usual, "slow").await;
    let shown = detail(&usual, &ticket).await;
    assert_eq!(shown.create_time.unwrap().to_string(), "2026-05-06 09:00:00");
    assert_eq!(shown.incident_type_name.as_deref(), Some("产品技术支持"));
}

#[tokio::test]
async fn accounts_see_their_own_tickets_only() {
    let (sandbox, client) = customer();
    let ticket = open(&client, "mine").await;
    let file = attach(&client, "mine.log", b"x").await;
    let other = self::client(&sandbox, "distributor");
    assert_eq!(other.send(&ListTickets::new()).await.unwrap().total_count, Some(0));
    let foreign = other.send(&ShowTicket::new(&ticket).group_id("group")).await.unwrap_err();
    assert_eq!(code(&foreign), &codes::TICKET_NOT_FOUND);
    other.download(DownloadAttachment::new(&file)).await.unwrap_err();
    let own = open(&other, "ours").await;
    let related = other.send(&RelateTickets::new(&own, vec![ticket])).await.unwrap_err();
    assert_eq!(code(&related), &codes::TICKETS_OF_DIFFERENT_PEOPLE);
}

#[tokio::test]
async fn labels_and_relations() {
    let (_sandbox, client) = customer();
    let ticket = open(&client, "slow").await;
    for name in ["a", "b", "c", "d", "e", "f"] {
        client.send(&CreateLabel::new(name, "#00ff00")).await.unwrap();
    }
    let ids: Vec<i64> = client
        .send(&ListLabels::new())
        .await
        .unwrap()
        .label_list
        .iter()
        .map(|label| label.label_id.unwrap())
        .collect();
    client.send(&AttachLabels::new(&ticket, ids[..5].to_vec())).await.unwrap();
    let sixth = client.send(&AttachLabels::new(&ticket, [ids[5]])).await.unwrap_err();
    assert_eq!(code(&sixth), &codes::TICKET_BAD_PARAMETER);
    client.send(&DetachLabels::new(&ticket, ids[1..4].to_vec())).await.unwrap();
    client.send(&ChangeLabel::new(ids[0], "alpha", "#0000ff")).await.unwrap();
    client.send(&DeleteLabel::new(ids[4])).await.unwrap();
    client.send(&DeleteLabel::new(ids[4])).await.unwrap();
    let left = client.send(&ListTicketLabels::new(&ticket)).await.unwrap().into_inner().case_label_list;
    assert_eq!(
        (left.len(), left[0].name.as_deref(), left[0].color.as_deref()),
        (1, Some("alpha"), Some("#0000ff"))
    );
    let found = client.send(&ListLabels::new().name("ALPH")).await.unwrap();
    assert_eq!((found.total_count, found.label_list[0].label_id), (Some(1), Some(ids[0])));
    assert_eq!(client.send(&ListLabels::new().label_id(ids[2])).await.unwrap().label_list.len(), 1);
    for request in [AttachLabels::new(&ticket, [4711]), AttachLabels::new(&ticket, [ids[4]])] {
        assert_eq!(code(&client.send(&request).await.unwrap_err()), &codes::TICKET_BAD_PARAMETER);
    }
    assert_eq!(
        code(&client.send(&ChangeLabel::new(4711, "x", "x")).await.unwrap_err()),
        &codes::TICKET_BAD_PARAMETER
    );
    for _ in 5..30 {
        client.send(&CreateLabel::new("more", "#000000")).await.unwrap();
    }
    assert_eq!(
        code(&client.send(&CreateLabel::new("31", "#000000")).await.unwrap_err()),
        &codes::TICKET_BAD_PARAMETER
    );

    let mut others = Vec::new();
    for name in ["one", "two", "three", "four"] {
        others.push(open(&client, name).await);
    }
    client.send(&RelateTickets::new(&ticket, others[..3].to_vec())).await.unwrap();
    client.send(&RelateTickets::new(&ticket, others[..1].to_vec())).await.unwrap();
    let fourth = client.send(&RelateTickets::new(&ticket, others[3..].to_vec())).await.unwrap_err();
    assert_eq!(code(&fourth), &codes::TICKET_BAD_PARAMETER);
    client.send(&UnrelateTicket::new(&ticket, &others[0])).await.unwrap();
    client.send(&UnrelateTicket::new(&ticket, &others[0])).await.unwrap();
    let related = client.send(&ListRelatedTickets::new(&ticket)).await.unwrap();
    assert_eq!(related.case_relation_list.len(), 2);
    assert_eq!(related.case_relation_list[0].case_id, others[1]);
    let nothing = client.send(&RelateTickets::new(&ticket, ["TT0"])).await.unwrap_err();
    assert_eq!(code(&nothing), &codes::TICKET_NOT_FOUND);
}
