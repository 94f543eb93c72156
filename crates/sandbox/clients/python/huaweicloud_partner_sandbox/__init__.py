"""Starts `partner-sandbox` and controls its worlds. Needs nothing but the standard library."""

import importlib
import json
import os
import shutil
import subprocess
import tempfile
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
        try:
            return self.accounts[account_id]
        except KeyError:
            known = ", ".join(sorted(self.accounts))
            raise KeyError(f"there is no account {account_id!r}; there are {known}") from None

    def get(self, path, **query):
        """What `GET /_sandbox/<path>` returns."""
        text = urllib.parse.urlencode({name: value for name, value in query.items() if value is not None})
        return self._send("GET", path + ("?" + text if text else ""), None)

    def post(self, path, body):
        """What `POST /_sandbox/<path>` returns."""
        return self._send("POST", path, body)

    def delete(self, path):
        """What `DELETE /_sandbox/<path>` returns."""
        return self._send("DELETE", path, None)

    def event(self, **event):
        """Applies an event: `world.event(recharge={"account": "distributor", "amount": 100})`."""
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
        """A client of the official SDK (`huaweicloudsdkbss`, for the China site) that calls as this account."""
        return self._client("huaweicloudsdkbss.v2", "BssClient", account_id)

    def bssintl(self, account_id):
        """A client of the official SDK (`huaweicloudsdkbssintl`, for the other sites) that calls as this account."""
        return self._client("huaweicloudsdkbssintl.v2", "BssintlClient", account_id)

    def osm(self, account_id):
        """A client of the official SDK (`huaweicloudsdkosm`, for service tickets) that calls as this account."""
        return self._client("huaweicloudsdkosm.v2", "OsmClient", account_id)

    def _client(self, module, name, account_id):
        try:
            client = getattr(importlib.import_module(module), name)
        except ImportError as error:
            package = module.split(".")[0]
            raise ImportError(f"{error}: the SDK is needed for this, pip install {package}") from error
        from huaweicloudsdkcore.auth.credentials import GlobalCredentials

        keys = self.account(account_id)
        credentials = GlobalCredentials(keys["access_key"], keys["secret_key"], keys["id"])
        return client.new_builder().with_credentials(credentials).with_endpoint(self.address).build()

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


def _installed():
    """The installed program: in PATH, or where `cargo install` puts it."""
    cargo = os.path.join(os.environ.get("CARGO_HOME") or os.path.expanduser("~/.cargo"), "bin")
    program = shutil.which("partner-sandbox") or shutil.which("partner-sandbox", path=cargo)
    if program is None:
        raise FileNotFoundError(
            "partner-sandbox is neither in PATH nor in ~/.cargo/bin: run `cargo install --path crates/sandbox` "
            "in the repository, or set the environment variable PARTNER_SANDBOX to the program"
        )
    return program


class Server:
    """A running `partner-sandbox`. Use it in a `with` statement, or call `stop`."""

    def __init__(self, *options, program=None):
        program = program or os.environ.get("PARTNER_SANDBOX") or _installed()
        # What the server says beside its first line is shown where it does not start.
        self._said = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            [program, "--port", "0", *options], stdout=subprocess.PIPE, stderr=self._said
        )
        line = self._process.stdout.readline()
        if not line:
            status = self._process.wait()
            self._process.stdout.close()
            self._said.seek(0)
            said = self._said.read().decode(errors="replace").strip()
            self._said.close()
            raise RuntimeError(f"{program} ended with status {status}: {said}")
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
        self._said.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
