"""The whole life of a service ticket with the official SDK against a running sandbox.

    python3 ticket_life.py ADDRESS ACCESS_KEY SECRET_KEY [WIRE_JSON]

Needs the package huaweicloudsdkosm. The account must be a customer's. Time passes by the sandbox's own control. With a
file of inputs, every operation of the SDK is called once more. Prints one line of JSON with the steps and what became of
each operation, and ends with 1 where something did not go as it must.
"""

import io
import json
import os
import re
import sys
import tempfile
import traceback
import urllib.request
import zipfile

from huaweicloudsdkcore.auth.credentials import GlobalCredentials
from huaweicloudsdkcore.exceptions.exceptions import ServiceResponseException
from huaweicloudsdkcore.http.formdata import FormFile
from huaweicloudsdkcore.http.http_config import HttpConfig
import huaweicloudsdkosm.v2 as osm

SOURCE = "83aeb0f2834c4df49826c781d32a963e"
LOG = bytes(range(256)) * 500
COMMON = {"x_site": 0, "x_language": "en-us", "x_time_zone": "GMT+8"}

address, access_key, secret_key = sys.argv[1:4]
credentials = GlobalCredentials(access_key, secret_key).with_iam_endpoint(address)
config = HttpConfig.get_default_config()
config.timeout = (5, 30)
client = (
    osm.OsmClient.new_builder()
    .with_credentials(credentials)
    .with_http_config(config)
    .with_endpoint(address)
    .build()
)


def call(name, body=None, **arguments):
    """Calls an operation by the SDK's name of it. What the service refuses with HTTP 200 is in the answer."""
    kind = "".join(part.capitalize() for part in name.split("_")) + "Request"
    return getattr(client, name)(getattr(osm, kind)(body=body, **arguments) if body else getattr(osm, kind)(**arguments))


def control(path, body=None):
    """Asks the sandbox for what no client of the service can do."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{address}/_sandbox/{path}", data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def wait(minutes):
    """Lets time pass in the sandbox."""
    control("clock", {"seconds": minutes * 60})


def bytes_of(download):
    """All bytes of a download."""
    held = io.BytesIO()
    download.consume_download_stream(lambda response: held.write(response.content))
    return held.getvalue()


def expect(what, found, wanted):
    assert found == wanted, f"{what}: {found!r} instead of {wanted!r}"


def status(ticket):
    return call("show_case_status", case_id=ticket, **COMMON).status


steps = []


def step(does):
    """Notes that a step has been taken."""
    steps.append(does)


def find_the_path():
    categories = call("list_case_categories", **COMMON).incident_sub_type_list
    category = next(one for one in categories if one.incident_sub_type_name == "Product support")
    product = next(
        one for one in category.incident_product_category_list if one.incident_product_category_acronym == "ECS"
    )
    problems = call(
        "list_problem_types", product_category_id=product.incident_product_category_id, **COMMON
    ).incident_business_type_list
    problem = next(one for one in problems if one.business_type_name == "Disk fault")
    expect("case_type", problem.case_type, "5")
    regions = call("list_regions", **COMMON).data_center_list
    return category, product, problem, regions[0]


def upload(name, content):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, name)
        with open(path, "wb") as file:
            file.write(content)
        with open(path, "rb") as file:
            form = osm.UploadAccessoryRequestBody(
                file=FormFile(file, "text/plain"), form_data=json.dumps({"accessFrom": "incident"})
            )
            return call("upload_accessory", form, **COMMON).accessory_id


def life():
    limits = call("show_accessory_limits", **COMMON).accessory_limit
    expect("limit_count", int(limits.limit_count), 5)
    category, product, problem, region = find_the_path()
    step("found the path")

    log = upload("disk.log", LOG)
    expect("the bytes that come back", bytes_of(call("download_accessories", accessory_id=log, **COMMON)), LOG)
    step("uploaded a file and downloaded it")

    opening = osm.CreateOrderIncidentV2Req(
        incident_sub_type_id=category.incident_sub_type_id,
        product_category_id=product.incident_product_category_id,
        business_type_id=problem.business_type_id,
        region_id=region.region_id,
        simple_description="The disk of ecs-7 answers slowly.",
        source_id=SOURCE,
        accessory_ids=[log],
    )
    ticket = call("create_cases", opening, **COMMON).incident_id
    expect("the status of a new ticket", status(ticket), 0)
    listed = call("list_cases", search_key=["disk", "slowly"], **COMMON)
    expect("the tickets found", [one.incident_id for one in listed.incident_info_list], [ticket])
    step("opened a ticket")

    press = osm.WorkOrderOperateV2Req(operate_desc="please")
    call("update_cases", press, case_id=ticket, action_id="press", **COMMON)
    again = call("update_cases", press, case_id=ticket, action_id="press", **COMMON)
    expect("urging again", again.error_code, "OSM.01010004")
    odd = call("update_cases", press, case_id=ticket, action_id="reopen", **COMMON)
    expect("an action that is unknown", odd.error_code, "OSM.01010013")
    step("urged it")

    first = call("list_new_instant_messages", case_ids=[ticket], **COMMON)
    wait(5)
    expect("the status once it is taken", status(ticket), 1)
    wait(10)
    news = call(
        "list_new_instant_messages",
        case_ids=[ticket],
        last_message_time_id=first.last_message_time_id,
        **COMMON,
    )
    messages = news.immsg[0].message_list
    expect("who wrote", [message.type for message in messages], [1, 1])
    assert messages[-1].content.endswith("?"), messages[-1].content
    expect("the status of a question", status(ticket), 17)
    unread = call("list_unread_new_instant_messages", case_ids=[ticket], **COMMON)
    expect("unread messages", unread.imunread[0].unread_num, 2)
    call("update_new_instant_messages_read", osm.UpdateUnreadNewInstantMsgV2Req(), case_id=ticket, **COMMON)
    step("read what the engineer asks")

    encoded = osm.AccessoryJsonFormatReq(
        accessory_name="trace.log", accessory_from="message", upload_type=0, accessory_data="dHJhY2U="
    )
    trace = call("upload_json_accessories", encoded, **COMMON).accessory_id
    answer = osm.CreateMessageV2Req(
        message=osm.CreateMessageDoV2(content="All the time.", accessory_ids=[trace])
    )
    call("create_messages", answer, case_id=ticket, **COMMON)
    expect("the status of an answered ticket", status(ticket), 1)
    expect("the trace", bytes_of(call("download_accessories", accessory_id=trace, **COMMON)), b"trace")
    archive = bytes_of(call("download_accessories", accessory_id=f"{log},{trace}", **COMMON))
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        expect("a broken file in the archive", files.testzip(), None)
        expect("the files of the archive", sorted(files.namelist()), ["disk.log", "trace.log"])
    links = call("list_accessory_access_urls", accessory_ids=[trace], **COMMON).accessory_urls
    with urllib.request.urlopen(links[0].accessory_url, timeout=30) as fetched:
        expect("what is behind the link", fetched.read(), b"trace")
    step("answered with a file")

    wait(15)
    expect("the status of a result", status(ticket), 2)
    shown = call("show_case_detail", case_id=ticket, **COMMON).incident_detail_info
    expect("messages", len(shown.message_list), 5)
    page = call("list_messages", case_id=ticket, offset=1, limit=2, **COMMON)
    expect("a page of messages", (page.count, len(page.message_list)), (5, 2))
    step("got a result")

    dimensions = call("list_satisfaction_dimensions", **COMMON).satisfaction_dimension_list
    scores = [
        osm.IncidentSatisfactionV2Do(satisfaction_id=one.satisfaction_id, satisfaction_value=one.value)
        for one in dimensions
    ]
    early = call(
        "create_scores",
        osm.CreateScoreV2Req(judgement="Quick.", incident_satisfaction_list=scores),
        case_id=ticket,
        **COMMON,
    )
    expect("a score before the end", early.error_code, "OSM.01010001")
    call("update_cases", osm.WorkOrderOperateV2Req(judgement="Quick."), case_id=ticket, action_id="close", **COMMON)
    expect("the status of a closed ticket", status(ticket), 3)
    call(
        "create_scores",
        osm.CreateScoreV2Req(judgement="Quick and clear.", incident_satisfaction_list=scores),
        case_id=ticket,
        **COMMON,
    )
    shown = call("show_case_detail", case_id=ticket, **COMMON).incident_detail_info
    expect("the verdict", shown.judgement, "Quick and clear.")
    step("closed and scored it")

    sheet = bytes_of(call("download_cases", language="en-us", timezone="GMT+8", incident_id=ticket, **COMMON))
    with zipfile.ZipFile(io.BytesIO(sheet)) as parts:
        rows = parts.read("xl/worksheets/sheet1.xml").decode()
    assert ticket in rows and "answers slowly" in rows, rows
    step("exported it")

    logs = call("list_case_operate_logs", case_id=ticket, limit=100, **COMMON).incident_operate_log_list
    expect("the log", [line.operate_type for line in logs], [0, 2, 85, 3, 5, 84])
    call("update_cases", osm.WorkOrderOperateV2Req(), case_id=ticket, action_id="delete", **COMMON)
    expect("the status of a deleted ticket", status(ticket), 13)
    expect("the tickets left", call("list_cases", **COMMON).total_count, 0)
    step("deleted it")


def built(kind, fields):
    """A model of the SDK from flat fields by their names on the wire."""
    values = {}
    for attribute, of in kind.openapi_types.items():
        name = kind.attribute_map[attribute]
        if name == "body":
            values[attribute] = built(getattr(osm, of), fields)
        elif fields.get(name) is not None:
            values[attribute] = value(fields[name], of)
    return kind(**values)


def value(given, of):
    inner = re.match(r"list\[(.*)\]", of)
    if inner:
        return [value(item, inner.group(1)) for item in given]
    model = getattr(osm, of, None)
    return built(model, given) if hasattr(model, "openapi_types") else given


def open_ticket():
    opening = osm.CreateOrderIncidentV2Req(
        business_type_id="ecs-advice", simple_description="What is this?", source_id=SOURCE
    )
    return call("create_cases", opening, **COMMON).incident_id


def prepared():
    """A world with something for every operation: values for all of them, and values for single ones."""
    control("events", {"tickets": {"script_engineer": {"ticket": None, "script": []}}})
    ticket, other, closed = open_ticket(), open_ticket(), open_ticket()
    client.create_labels(built(osm.CreateLabelsRequest, {"name": "night", "color": "#000000"}))
    label = call("list_labels", **COMMON).label_list[0].label_id

    machine = {
        "id": "ecs-7", "account": "customer-1", "name": "shop", "region": "cn-north-4", "project": "project-1",
        "address": "203.0.113.7", "port": 22, "login": "root", "password": "right", "faults": ["ecs-disk"],
    }
    ask = {"ask_access": {"purpose": "to look at the disk", "machines": ["ecs-7"]}}
    control("events", [
        {"tickets": {"add_machine": {"machine": machine}}},
        {"tickets": {"script_engineer": {"ticket": ticket, "script": [{"after_minutes": 1, "act": ask}]}}},
        {"tickets": {"script_engineer": {"ticket": closed, "script": [{"after_minutes": 1, "act": "take"}]}}},
    ])
    wait(2)
    call("update_cases", osm.WorkOrderOperateV2Req(), case_id=closed, action_id="close", **COMMON)
    access = call("list_authorizations", **COMMON).incident_auth_list[0].id
    detail = call("show_authorization_detail", authorization_id=access, **COMMON).incident_auth_detail_list[0].id
    login = {"auth_detail_id": detail, "account": "root", "password": "right"}
    grant = {"authorization_id": access, "auth_detail_list": [login]}
    expect("a grant", client.confirm_authorizations(built(osm.ConfirmAuthorizationsRequest, grant)).error_code, None)
    session = {"authorization": access, "detail": detail, "record": {"seconds": 10}}
    session = control("events", {"tickets": {"hold_session": session}})["ids"][0]

    answer = osm.CreateMessageV2Req(message=osm.CreateMessageDoV2(content="here"))
    call("create_messages", answer, case_id=ticket, **COMMON)
    message = call("show_case_detail", case_id=ticket, **COMMON).incident_detail_info.message_list[-1].message_id
    contact = {"contact_value": "13811112222", "contact_way": 0, "area_code": "86"}
    client.send_verify_codes(built(osm.SendVerifyCodesRequest, contact))
    code = control("code?receiver=13811112222")["code"]
    wait(1)

    common = {
        "case_id": ticket, "case_ids": [ticket], "incident_id": ticket, "limit": 10, "offset": 0, "id": 1, "type": 1,
        "label_id": label, "label_ids": [label], "related_id": other, "related_id_list": [other], "color": "#ffffff",
        "authorization_id": access, "authorization_detail_id": detail, "session_id": int(session), "port": 22,
        "account": "root", "password": "right", "product_category_id": "ecs", "business_type_id": "ecs-advice",
        "simple_description": "What is this?", "source_id": SOURCE, "config_key": "case.create-case.diagnose-list",
        "language": "en-us", "timezone": "GMT+8", "create_time": "1999999999999", "agreement_type": "0",
        "params": {"eip": "203.0.113.7"}, "privilege": "export", "operation": "create", "verify_code": code,
        "message": {"content": "here"}, "message_id": message, "judgement": "good", "X-Site": 0, "X-Language": "en-us",
        "X-Time-Zone": "GMT+8", "accessory_name": "a.log", "accessory_from": "message", "accessory_data": "YQ==",
        "is_helpful": True, "relation_type": "DEFAULT", "name": "night", "title": "spam", "content": "spam", **contact,
    }
    single = {
        "UpdateCases": {"action_id": "press"}, "UpdateAuthorizations": {"action_id": "cancel"},
        "CreateScores": {
            "case_id": closed, "incident_satisfaction_list": [{"satisfaction_id": 1, "satisfaction_value": 5}],
        },
        "CreateCases": {"verify_code": None, "area_code": None}, "ShowDownloadAccessoryUrl": {"incident_id": None},
    }
    return common, single, {"ConfirmAuthorizations": "answered", "UploadAccessory": "answered"}


def every_operation(inputs):
    """What became of every operation: answered, or a code. One whose answer the SDK cannot read raises."""
    common, single, outcomes = prepared()
    methods = {name.replace("_", ""): name for name in dir(osm.OsmClient) if hasattr(osm.OsmClient, f"{name}_invoker")}
    for id in sorted(inputs, key=lambda id: (id.startswith("Delete"), id)):
        if id in outcomes:
            continue  # called on the way here
        file = upload("shot.png", b"image")
        reporter = {"name": "Li Lei", "mobile": "13800000000", "id_type": 20, "id_files": [file]}
        files = {"accessory_id": file, "accessory_ids": [file], "files": [file], "contacts": reporter}
        known = {**common, **files, **single.get(id, {})}
        # With everything, then only with values that exist.
        for fields in ({**inputs[id], **known}, known):
            fields = {name: fields[name] for name in fields if name in inputs[id]}
            try:
                answer = getattr(client, methods[id.lower()])(built(getattr(osm, f"{id}Request"), fields))
                if hasattr(answer, "consume_download_stream"):
                    content = bytes_of(answer)
                    code = json.loads(content)["error_code"] if content.startswith(b"{") else None
                else:
                    code = json.loads(answer.raw_content or "{}").get("error_code")
                    answer.to_dict()
                outcomes[id] = "answered" if code in (None, "0") else code
            except ServiceResponseException as error:
                outcomes[id] = error.error_code
            if outcomes[id] == "answered":
                break
    return outcomes


wrong, operations = None, {}
try:
    life()
    if len(sys.argv) > 4:
        with open(sys.argv[4], encoding="utf-8") as wire:
            operations = every_operation({row["id"]: row["input"] for row in json.load(wire) if row["service"] == "osm"})
except Exception:
    wrong = traceback.format_exc()
print(json.dumps({"steps": steps, "wrong": wrong, "operations": operations}))
sys.exit(1 if wrong else 0)
