"""A partner's working day with the official SDK against a running sandbox, then every operation of both SDKs.

    python3 working_day.py WIRE_JSON < FIRST_LINE_OF_THE_SERVER

Prints one JSON object: the steps of the day, and what became of each operation. Ends with 1 where the day did not go
as it must. Whether operations that have no state behind them yet are too many is for the caller to decide.
"""

import datetime
import decimal
import importlib
import json
import re
import sys
import traceback
import urllib.parse
import urllib.request

from huaweicloudsdkcore.auth.credentials import GlobalCredentials
from huaweicloudsdkcore.exceptions.exceptions import ServiceResponseException
from huaweicloudsdkcore.http.http_config import HttpConfig

NOT_SIMULATED = "SANDBOX.0001"
# Refusals that tell that another account should call.
OTHERS = ("CBC.0150", "CBC.0151", "CBC.0156", "CBC.70300008", "CBC.30000010", "CBC.99003016", "CBC.99000086")
# The accounts that call, by SDK: those of the China site and those of the international one.
CALLERS = {
    "bss": ["distributor", "provider", "customer-1", "master"],
    "bssintl": ["intl-distributor", "intl-provider", "intl-customer-1", "intl-master"],
}


class Mistyped(Exception):
    """A field of an answer is of another type than the SDK says."""


class Service:
    """One SDK, pointed at the sandbox."""

    def __init__(self, name, server):
        package = f"huaweicloudsdk{name}.v2"
        self.name = name
        self.models = importlib.import_module(package)
        self.server = server
        self.keys = {account["id"]: account for account in server["accounts"]}
        self.clients = {}
        self.answered = set()

    def client(self, account):
        if account not in self.clients:
            kind = getattr(self.models, f"{self.name.capitalize()}Client")
            keys = self.keys[account]
            # Without the account id: the SDK asks the identity service for it.
            credentials = GlobalCredentials(keys["access_key"], keys["secret_key"]).with_iam_endpoint(self.server["address"])
            config = HttpConfig.get_default_config()
            config.timeout = (5, 30)
            builder = kind.new_builder().with_credentials(credentials).with_http_config(config)
            self.clients[account] = builder.with_endpoint(self.server["address"]).build()
        return self.clients[account]

    def operations(self):
        """The ids of all operations with the names of their methods."""
        kind = getattr(self.models, f"{self.name.capitalize()}Client")
        methods = {name.replace("_", ""): name for name in dir(kind) if hasattr(kind, f"{name}_invoker")}
        ids = [name[: -len("Request")] for name in dir(self.models) if name.endswith("Request")]
        return {id: methods.pop(id.lower()) for id in ids if id.lower() in methods}, methods

    def call(self, account, id, fields):
        """Calls an operation with flat fields by their names on the wire."""
        method = self.operations()[0][id]
        request = self.build(getattr(self.models, f"{id}Request"), dict(fields))
        response = getattr(self.client(account), method)(request)
        content = getattr(response, "raw_content", None)
        if content:
            self.compare(json.loads(content, parse_float=decimal.Decimal), type(response).__name__, type(response).__name__)
        response.to_dict()
        self.answered.add(id)
        return response

    def build(self, kind, fields):
        values = {}
        for attribute, of in kind.openapi_types.items():
            name = kind.attribute_map[attribute]
            if name == "body":
                values[attribute] = self.value(fields, of)
            elif fields.get(name) is not None:
                values[attribute] = self.value(fields[name], of)
        return kind(**values)

    def value(self, value, of):
        inner = re.match(r"list\[(.*)\]", of)
        if inner:
            return [self.value(item, inner.group(1)) for item in value]
        model = getattr(self.models, of, None)
        return self.build(model, value) if hasattr(model, "openapi_types") else value

    def compare(self, value, of, place):
        """Whether an answer has the types that the SDK says; the SDK itself turns most into most."""
        inner = re.match(r"list\[(.*)\]", of)
        model = getattr(self.models, of, None)
        plain = {"str": str, "int": int, "bool": bool, "float": (int, decimal.Decimal)}.get(of)
        if value is None:
            return
        if inner:
            if not isinstance(value, list):
                raise Mistyped(f"{place} is no list")
            for item in value:
                self.compare(item, inner.group(1), f"{place}[]")
        elif hasattr(model, "openapi_types"):
            if not isinstance(value, dict):
                raise Mistyped(f"{place} is no object")
            for attribute, of_field in model.openapi_types.items():
                name = model.attribute_map[attribute]
                if name in value:
                    self.compare(value[name], of_field, f"{place}.{name}")
        elif plain and (not isinstance(value, plain) or (of != "bool" and isinstance(value, bool))):
            raise Mistyped(f"{place} is {value!r}, not {of}")


def control(server, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{server['address']}/_sandbox/{path}", data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)


def refusal(call):
    """The code with which a call is refused; it must be."""
    try:
        call()
    except ServiceResponseException as error:
        return error.error_code
    raise AssertionError("it was not refused")


def new_customer(service, partner, receiver, steps, **more):
    """Creates a customer with a code that was sent; a wrong code and a repeat are refused."""
    call = lambda id, **fields: service.call(partner, id, fields)
    kind = 1 if "mobile_phone" in receiver else 2
    call("SendVerificationMessageCode", receiver_type=kind, timeout=10, **receiver)
    query = urllib.parse.urlencode({"receiver": list(receiver.values())[0]})
    code = control(service.server, f"code?{query}")["code"]
    steps.append("a verification code was sent and read")

    name = service.name
    new = dict(xaccount_id=f"day-{name}", xaccount_type="platform", domain_name=f"day_{name}", **receiver, **more)
    other = code[:-1] + ("0" if code[-1] != "0" else "1")
    wrong = refusal(lambda: call("CreateSubCustomer", verification_code=other, **new))
    created = call("CreateSubCustomer", verification_code=code, **new)
    found = call("ListSubCustomers", customer_id=created.domain_id)
    assert [row.customer_id for row in found.customer_infos] == [created.domain_id]
    again = refusal(lambda: call("CreateSubCustomer", verification_code=code, **new))
    steps.append(f"a customer was created and found; a wrong code gave {wrong}, a repeat {again}")
    return created.domain_id


def buying(service, customer, region, steps):
    """A customer's orders from price to refund; they are placed in the console. Answers an order that is open and a resource."""
    server = service.server
    call = lambda id, **fields: service.call(customer, id, fields)
    server_month = dict(
        id="1", cloud_service_type="hws.service.type.ec2", resource_type="hws.resource.type.vm", resource_spec="c6.large.2.linux",
        region=region, period_type=2, period_num=1, subscription_num=1,
    )
    rated = call("ListRateOnPeriodDetail", project_id="any", product_infos=[server_month])
    price = decimal.Decimal(str(rated.official_website_rating_result.official_website_amount))
    assert price > 0, rated
    steps.append(f"a server costs {price} a month")

    line = {"offer": f"c6.large.2.linux@{region}", "term": {"months": 1}, "quantity": 2}
    place = {"place_order": {"customer": customer, "lines": [line]}}
    paid, cancelled, left_open = control(server, "events", [place, place, place])["ids"]
    orders = {row.order_id: row.status for row in call("ListCustomerOrders").order_infos}
    assert set(orders) >= {paid, cancelled, left_open}, orders
    call("PayOrders", order_id=paid, use_coupon="NO", use_discount="NO")
    call("CancelCustomerOrder", order_id=cancelled)
    details = call("ShowCustomerOrderDetails", order_id=paid)
    assert decimal.Decimal(str(details.order_info.official_amount)) == 2 * price, details
    again = refusal(lambda: call("PayOrders", order_id=paid, use_coupon="NO", use_discount="NO"))
    steps.append(f"an order was paid and one cancelled; paying again gave {again}")

    # It is set up within the hour; the SDK goes on signing by the machine's clock.
    control(server, "clock", {"seconds": 3600})
    resources = [row.resource_id for row in call("ListPayPerUseCustomerResources", order_id=paid).data]
    assert len(resources) >= 2, "the servers are not there"
    renewed = call("RenewalResources", resource_ids=resources[:1], period_type=2, period_num=1, is_auto_pay=1)
    control(server, "clock", {"seconds": 3600})
    gone = call("CancelResourcesSubscription", resource_ids=resources[:1], unsubscribe_type=1)
    refund = call("ShowRefundOrderDetails", order_id=gone.order_ids[0])
    assert refund.refund_infos, refund
    steps.append(f"a resource was renewed by {renewed.order_ids[0]}, given back by {gone.order_ids[0]} and refunded")

    by_use = {"customer": customer, "offer": f"c6.large.2.linux@{region}", "amount": 3}
    control(server, "events", {"use": by_use})
    month = month_of(server)
    charges = call("ListCustomerselfResourceRecords", cycle=month)
    assert charges.fee_records, charges
    call("ShowCustomerMonthlySum", bill_cycle=month)
    steps.append(f"the month has {charges.total_count} charges")
    return left_open, resources[-1]


def month_of(server):
    """The billing month that it is in the sandbox, in Beijing."""
    now = datetime.datetime.strptime(control(server, "clock")["now"], "%Y-%m-%dT%H:%M:%SZ")
    return (now + datetime.timedelta(hours=8)).strftime("%Y-%m")


def china_day(service, steps):
    """A distributor's day: a customer, money, vouchers, records, bills, errors."""
    partner, customer, quota = "distributor", "customer-1", "quota-1"
    call = lambda id, **fields: service.call(partner, id, fields)
    new_customer(service, partner, {"mobile_phone": "13800000042"}, steps)

    def balance():
        answer = call("ListCustomersBalancesDetail", customer_infos=[{"customer_id": customer}])
        return decimal.Decimal(str(answer.customer_balances[0].amount))

    before = balance()
    call("UpdateCustomerAccountAmount", customer_id=customer, amount="120.50")
    assert balance() - before == decimal.Decimal("120.50"), (before, balance())
    much = refusal(lambda: call("UpdateCustomerAccountAmount", customer_id=customer, amount="99999999.00"))
    nobody = refusal(lambda: call("UpdateCustomerAccountAmount", customer_id="nobody", amount="1.00"))
    steps.append(f"money was allocated; too much gave {much}, a stranger {nobody}")

    issued = call("CreatePartnerCoupons", quota_id=quota, customer_ids=[customer], face_value=25.5)
    assert len(issued.coupon_infos) == 1, issued
    vouchers = [issued.coupon_infos[0].coupon_id]
    for _ in range(4):
        more = call("CreatePartnerCoupons", quota_id=quota, customer_ids=[customer, "nobody"], face_value=5)
        assert (len(more.coupon_infos), len(more.error_details)) == (1, 1), more
        vouchers.append(more.coupon_infos[0].coupon_id)
    call("ReclaimPartnerCoupons", coupon_id=vouchers[0])
    assert len(set(vouchers)) == 5, vouchers
    steps.append("vouchers were issued, one was reclaimed; a stranger got none")

    seen, total = [], None
    while total is None or len(seen) < total:
        page = call("ListPartnerCouponsRecord", offset=len(seen), limit=2)
        assert page.records, page
        total = page.total_count
        seen += [row.id for row in page.records]
    assert len(set(seen)) == len(seen) == total >= 6, (seen, total)
    steps.append(f"{total} records were read in pages of two")

    bought = buying(service, customer, "cn-north-4", steps)
    month = month_of(service.server)
    consuming = call("ListConsumeSubCustomers", bill_cycle=month)
    bill = call("ListSubCustomerBillDetail", customer_id=customer, bill_cycle=month)
    assert consuming.total_count and bill.total_count, (consuming, bill)
    steps.append(f"the partner's bill of the customer has {bill.total_count} rows")
    return bought


def international_day(service, steps):
    """A distributor's day on the international site: a customer, a budget, bills, errors."""
    partner, customer = "intl-distributor", "intl-customer-1"
    new_customer(service, partner, {"email": "day@example.com"}, steps, domain_area="SG")
    service.call(partner, "UpdateSubCustomerBudget", {"customer_id": customer, "budget_amount": 7500.5})
    budget = service.call(partner, "ShowSubCustomerBudget", {"customer_id": customer})
    assert decimal.Decimal(str(budget.budget_amount)) == decimal.Decimal("7500.5"), budget
    service.call(partner, "ShowPartnerConsumptionQuota", {})
    steps.append("a budget was set and read")
    bought = buying(service, customer, "ap-southeast-3", steps)
    service.call(partner, "ListPostpaidBillSum", {"bill_cycle": month_of(service.server)})
    stranger = refusal(lambda: service.call(customer, "ListSubCustomers", {}))
    steps.append(f"a customer that asks for a partner's list got {stranger}")
    return bought


def sensible(server, service, given, ids):
    """What somebody would send who knows the world: the given fields, with values that exist."""
    now = datetime.datetime.strptime(control(server, "clock")["now"], "%Y-%m-%dT%H:%M:%SZ")
    beijing = now + datetime.timedelta(hours=8)
    intl = "intl-" if service == "bssintl" else ""
    known = {
        "customer_id": f"{intl}customer-1", "sub_customer_id": f"{intl}customer-1", "customer_ids": [f"{intl}customer-1"],
        "limit": 10, "offset": 0, "X-Language": "en_US", "quota_id": "quota-3" if intl else "quota-1",
        "amount": "1.00", "face_value": 1.5, "balance_type": "BALANCE_TYPE_DEBIT", "xaccount_type": "platform",
        "xaccount_id": f"every-{service}", "domain_name": f"every_{service}", "search_type": "email", "search_value": "a@example.com",
        "email": "a@example.com", "receiver_type": 2, "timeout": 10, "lang": "en-us", "include_zero_record": True,
        "cloud_service_type": "hws.service.type.ec2", "service_type_code": "hws.service.type.ec2", "resource_type": "hws.resource.type.vm",
        "resource_type_code": "hws.resource.type.vm", "resource_spec": "c6.large.2.linux", "use_coupon": "NO", "use_discount": "NO",
        "region": "ap-southeast-3" if intl else "cn-north-4", "region_code": "ap-southeast-3" if intl else "cn-north-4",
        "project_id": "any", "inquiry_precision": 0, "certificate_type": 0, "identify_type": 0, "verified_type": -1,
        "period_type": 2, "period_num": 1, "subscription_num": 1, "usage_factor": "Duration", "usage_value": 2.0, "usage_measure_id": 4,
        "operation": "SET_UP", "unsubscribe_type": 1, "is_auto_pay": 0, "config_name": "RENEWAL_DAY", "config_value": "5",
        "mobile_phone": "13800000043", "password": "Sandbox-2026", "verified_number": "110101199001011234", "name": "Zhang San",
        "method": "all", **ids,"statistic_type": 1, "budget_amount": 100.0, "parent_quota_id": "quota-3" if intl else "quota-1",
    }

    def of(name, value):
        if isinstance(value, dict):
            return {inner: of(inner, item) for inner, item in value.items()}
        if name in known:
            return known[name]
        if name == "indirect_partner_id":
            return f"{intl}reseller-1"
        if isinstance(value, list):
            return [of(name, item) for item in value]
        if isinstance(value, str):
            late = not re.search(r"begin|start", name)
            if re.fullmatch(r"\d{4}-\d\d-\d\dT.*Z", value):
                moment = now + datetime.timedelta(days=30) if name in ("expire_time", "valid_time", "active_end_time") else now
                return (moment if late else moment.replace(day=1, hour=0, minute=0, second=0)).strftime("%Y-%m-%dT%H:%M:%SZ")
            if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
                return (beijing if late else beijing.replace(day=1)).strftime("%Y-%m-%d")
            if re.fullmatch(r"\d{4}-\d\d", value):
                return beijing.strftime("%Y-%m")
        return value

    return known, {name: of(name, value) for name, value in given.items()}


def surely_good(fields, known):
    """The fields whose values are known to make sense, or that say when."""
    good = {}
    for name, value in fields.items():
        if isinstance(value, dict):
            value = surely_good(value, known)
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            value = [item for item in (surely_good(item, known) for item in value) if item]
        elif not (name in known or name == "id" or re.search(r"cycle|month|time$|date", name)):
            continue
        if value or value == 0:
            good[name] = value
    return good


def call_all(service, inputs, ids):
    """What became of every operation: answered, refused with a code, not simulated, or not decoded."""
    outcomes, undecodable, said = {}, {}, {}
    operations, lost = service.operations()
    for id in sorted(operations):
        if id not in inputs:
            lost[id] = "no input"
            continue
        known, full = sensible(service.server, service.name, inputs[id], ids)
        own = {name: value for name, value in full.items() if name != "indirect_partner_id"}
        few = surely_good(own, known)
        # With everything, with all but the reseller, with what is surely good: the best outcome counts.
        codes = []
        for fields in (full, own, few):
            for account in CALLERS[service.name]:
                try:
                    service.call(account, id, fields)
                    codes.append("answered")
                except ServiceResponseException as error:
                    codes.append(error.error_code)
                    if error.error_code not in OTHERS:
                        said[id] = f"{error.error_code} {error.error_msg}"
                except Exception as error:  # whatever else is raised, the SDK did not read the answer
                    undecodable[id] = f"{type(error).__name__}: {error}"
                    codes.append("undecodable")
                if codes[-1] == "answered":
                    break
            if codes[-1] == "answered":
                break
        if id in service.answered:
            outcomes[id] = "answered"
        elif NOT_SIMULATED in codes:
            outcomes[id] = NOT_SIMULATED
        else:
            outcomes[id] = said.get(id, codes[-1])
    return outcomes, undecodable, lost


def main():
    server = json.loads(sys.stdin.readline())
    with open(sys.argv[1], encoding="utf-8") as file:
        wire = json.load(file)
    report, good = {}, True
    for name, day in [("bss", china_day), ("bssintl", international_day)]:
        service = Service(name, server)
        part = report[name] = {"day": []}
        order, resource = "unknown", "unknown"
        try:
            order, resource = day(service, part["day"])
            assert control(server, "audit")["balanced"]
            part["day"].append("the books balance")
        except Exception:
            part["day_failed"] = traceback.format_exc()
            good = False
        inputs = {row["id"]: row["input"] for row in wire if row["service"] == name}
        outcomes, undecodable, lost = call_all(service, inputs, {"order_id": order, "resource_id": resource, "resource_ids": [resource]})
        part["operations"] = len(outcomes)
        part["answered"] = sorted(id for id, outcome in outcomes.items() if outcome == "answered")
        part["not_simulated"] = sorted(id for id, outcome in outcomes.items() if outcome == NOT_SIMULATED)
        part["refused"] = {id: code for id, code in outcomes.items() if code not in ("answered", NOT_SIMULATED)}
        part["undecodable"], part["not_called"] = undecodable, lost
        good = good and not undecodable and not lost
    json.dump(report, sys.stdout, indent=1)
    print()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
