"""Starts `partner-sandbox` and controls its worlds. Needs nothing but the standard library."""

import json
import os
import shutil
import subprocess
import urllib.error
import urllib.parse
import urllib.request

__all__ = ["ControlError", "Server", "World"]


class ControlError(Exception):
    """The control interface refused a request."""

    def __init__(self, status, code, message):
        super().__init__(f"{message} ({code}, HTTP {status})")
        self.status = status
        self.code = code


class World:
    """A world at an address, with its accounts."""

    def __init__(self, address, accounts, name=None):
        self.address = address
        self.name = name
        self.accounts = {account["id"]: account for account in accounts}

    def account(self, account_id):
        """The account with its keys."""
        return self.accounts[account_id]

    def get(self, path, **query):
        """What `GET /_sandbox/<path>` answers."""
        text = urllib.parse.urlencode({name: value for name, value in query.items() if value is not None})
        return self._send("GET", path + ("?" + text if text else ""), None)

    def post(self, path, body):
        """What `POST /_sandbox/<path>` answers."""
        return self._send("POST", path, body)

    def delete(self, path):
        """What `DELETE /_sandbox/<path>` answers."""
        return self._send("DELETE", path, None)

    def event(self, **event):
        """Lets one event happen: `world.event(recharge={"account": "distributor", "amount": 100})`."""
        return self.post("events", event)

    def wait(self, seconds):
        """Lets time pass in this world."""
        return self.event(wait={"seconds": seconds})

    def requests(self, **pattern):
        """The requests that match, oldest first: `requests(operation="bss.PayOrders", status=200)`."""
        return self.post("requests/match", pattern)["requests"]

    def reset(self):
        """Brings the world back to its beginning."""
        return self.post("reset", {})

    def bss(self, account_id):
        """A client of the official SDK (`huaweicloudsdkbss`) that calls as this account."""
        from huaweicloudsdkbss.v2 import BssClient
        from huaweicloudsdkcore.auth.credentials import GlobalCredentials

        keys = self.account(account_id)
        credentials = GlobalCredentials(keys["access_key"], keys["secret_key"], keys["id"])
        return BssClient.new_builder().with_credentials(credentials).with_endpoint(self.address).build()

    def _send(self, method, path, body):
        request = urllib.request.Request(self.address + "/_sandbox/" + path, method=method)
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("content-type", "application/json")
        # No proxy: the server is on this machine.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=30) as response:
                text = response.read()
        except urllib.error.HTTPError as error:
            text = error.read()
            try:
                answer = json.loads(text)
            except ValueError:
                answer = {}
            raise ControlError(error.code, answer.get("error_code"), answer.get("error_msg")) from None
        return json.loads(text) if text else {}


class Server:
    """A running `partner-sandbox`. Use it in a `with` statement, or call `stop`."""

    def __init__(self, *options, program=None):
        program = program or os.environ.get("PARTNER_SANDBOX") or shutil.which("partner-sandbox")
        if program is None:
            raise FileNotFoundError(
                "partner-sandbox is not in PATH: run `cargo install --path crates/sandbox`, "
                "or set PARTNER_SANDBOX to the program"
            )
        self._process = subprocess.Popen(
            [program, "--port", "0", *options], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{program} ended with status {self._process.wait()}")
        first = json.loads(line)
        self.world = World(first["address"], first["accounts"])
        self._opened = 0

    def open(self, world="everyone"):
        """Opens a world beside the first: a name of the crate, a scenario or a snapshot."""
        self._opened += 1
        name = f"world-{self._opened}"
        answer = self.world.post("worlds", {"name": name, "world": world})
        return World(answer["address"], answer["accounts"], name)

    def close(self, world):
        """Closes a world that was opened."""
        self.world.delete("worlds/" + world.name)

    def stop(self):
        """Stops the server."""
        self._process.terminate()
        self._process.wait(timeout=10)
        self._process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
