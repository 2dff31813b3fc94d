"""Another language, with its standard library alone: reads a rendered file, signs each request by
itself, and says which version it has loaded once no request signed with the former one is left."""

import base64
import hashlib
import hmac
import http.client
import json
import os
import signal
import socket
import ssl
import sys
import time
from email.utils import formatdate
from urllib.parse import quote, urlparse

KEYS_FILE = os.environ["KEYS_FILE"]
SOCKET = os.environ["KEYTURN_SOCKET"]
LINK = "dbs/shop/colls/books/docs/book-1"


class Sidecar(http.client.HTTPConnection):
    """HTTP over the sidecar's Unix socket."""

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(SOCKET)


def acknowledge(version):
    connection = Sidecar("localhost")
    headers = {"content-type": "application/json"}
    body = json.dumps({"version": version})
    connection.request("POST", "/v1/clients/rendered.python/ack", body, headers)
    status = connection.getresponse().status
    connection.close()
    return status == 204


def authorization(key, date):
    text = f"get\ndocs\n{LINK}\n{date.lower()}\n\n"
    digest = hmac.new(base64.b64decode(key), text.encode(), hashlib.sha256).digest()
    return quote(f"type=master&ver=1.0&sig={base64.b64encode(digest).decode()}", safe="")


class Keys:
    """The rendered file, read anew whenever another one stands in its place."""

    def __init__(self):
        self.seen = None
        self.current = None
        self.acknowledged = True

    def refresh(self):
        # Never in the middle of a request: this program has one at a time.
        found = os.stat(KEYS_FILE)
        mark = (found.st_ino, found.st_mtime_ns)
        if mark != self.seen:
            with open(KEYS_FILE, encoding="utf-8") as file:
                self.current = json.load(file)
            self.seen = mark
            self.acknowledged = False
        if not self.acknowledged:
            self.acknowledged = acknowledge(self.current["version"])


def main():
    ended = []
    signal.signal(signal.SIGTERM, lambda *_: ended.append(True))
    keys = Keys()
    keys.refresh()
    url = urlparse(keys.current["endpoint"])
    trust = ssl.create_default_context(cafile=os.environ.get("COSMOS_CA"))
    cosmos = http.client.HTTPSConnection(url.hostname, url.port, context=trust)
    operations = failed = 0
    while not ended:
        keys.refresh()
        date = formatdate(usegmt=True)
        headers = {
            "authorization": authorization(keys.current["key"], date),
            "x-ms-date": date,
            "x-ms-version": "2018-12-31",
            "x-ms-documentdb-partitionkey": '["catalogue"]',
        }
        cosmos.request("GET", f"/{LINK}", headers=headers)
        answer = cosmos.getresponse()
        answer.read()
        operations += 1
        failed += answer.status != 200
        if operations == 1:
            print("ready", flush=True)
        time.sleep(0.005)
    print(json.dumps({"operations": operations, "failed": failed}), flush=True)
    return 1 if failed else 0


sys.exit(main())
