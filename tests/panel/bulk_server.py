"""A server of Bulk Data exports on this machine, after the published specification, with the faults that servers have.

Bulk Data Access 2.0 (kick-off, status, manifest, files, delete) and SMART Backend Services (a signed assertion against
a token). A test sets what shall go wrong; the server writes down what it was asked.
"""

from __future__ import annotations

import base64
import gzip
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA384

NDJSON = "application/fhir+ndjson"


def outcome(code: str, words: str, severity: str = "error") -> bytes:
    issue = {"severity": severity, "code": code, "diagnostics": words}
    return json.dumps({"resourceType": "OperationOutcome", "issue": [issue]}).encode()


@dataclass
class Faults:
    """What goes wrong; a number says how many times."""

    busy_kick_offs: int = 0
    waits: int = 0
    busy_status: int = 0
    transient_status: int = 0
    failed: bytes = b""
    short: int = 0
    """So many answers with a file stop in the middle, though the whole length was announced."""
    busy_files: int = 0
    token_ends_after: int = 0
    """After so many requests the server does not accept the token any more."""
    addresses_expire: int = 0
    lies_about_count: bool = False
    forgets: bool = False
    retry_after: str = "7"


@dataclass
class Server:
    """The state of the server. `files` are its NDJSON files by type."""

    files: dict[str, list[bytes]]
    public_key: Any = None
    client_id: str = "osteon-at-the-clinic"
    faults: Faults = field(default_factory=Faults)
    packs: bool = False
    needs_token: bool = True
    pages: bool = False
    is_picky: bool = False
    """It refuses whoever names a type that it does not have, in a scope or in the export."""
    continues: bool = True
    deleted: bytes = b""
    errors: bytes = b""
    base: str = ""
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    seen_jti: set[str] = field(default_factory=set)
    trouble: list[str] = field(default_factory=list)
    generation: int = 0
    is_known: bool = True
    served: Counter[str] = field(default_factory=Counter)

    def count(self, beginning: str, method: str = "GET") -> int:
        return sum(path.startswith(beginning) for asked, path, _ in self.asked if asked == method)

    # --- what it answers ----------------------------------------------------------------------------------------------

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        self.asked.append((method, path, headers))
        place = urlsplit(path).path
        if place == "/fhir/.well-known/smart-configuration":
            told = {
                "token_endpoint": f"{self.base}/token",
                "token_endpoint_auth_signing_alg_values_supported": ["RS384", "ES384"],
                "capabilities": ["client-confidential-asymmetric", "permission-v2"],
                "scopes_supported": [f"system/{kind}.rs" for kind in self.files] if self.is_picky else [],
            }
            return 200, {"Content-Type": "application/json"}, json.dumps(told).encode()
        if place == "/fhir/metadata":
            told = {"rest": [{"resource": [{"type": kind} for kind in [*self.files, "Binary"]]}]}
            return (200, {}, json.dumps(told).encode()) if self.is_picky else (404, {}, b"")
        if place == "/token":
            return self._token(body)
        if place.startswith("/files/"):
            return self._file(place, headers)
        if self.public_key and not self._accepts(headers):
            return 401, {}, outcome("login", "token not accepted")
        if place.endswith("/$export"):
            return self._kick_off(path, headers)
        return self._status(method, place)

    def _token(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        trouble = self._wrong_with(form)
        if trouble:
            self.trouble.append(trouble)
            said = {"error": "invalid_client", "error_description": f"bad: {form.get('client_assertion')}"}
            return 400, {}, json.dumps(said).encode()
        self.tokens.append(f"token-{len(self.tokens)}-very-secret")
        granted = {"access_token": self.tokens[-1], "token_type": "bearer", "expires_in": 300, "scope": form["scope"]}
        return 200, {"Content-Type": "application/json"}, json.dumps(granted).encode()

    def _wrong_with(self, form: dict[str, str]) -> str:
        if form.get("grant_type") != "client_credentials":
            return "grant_type"
        if form.get("client_assertion_type") != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer":
            return "client_assertion_type"
        if not form.get("scope", "").startswith("system/"):
            return "scope"
        if self.is_picky and not set(form["scope"].split()) <= {f"system/{kind}.rs" for kind in self.files}:
            return "unknown scope"
        head, claims, signature = form["client_assertion"].split(".")
        content = f"{head}.{claims}".encode()
        told_head, told = (json.loads(_raw(each)) for each in (head, claims))
        if isinstance(self.public_key, rsa.RSAPublicKey):
            assert told_head["alg"] == "RS384"
            self.public_key.verify(_raw(signature), content, PKCS1v15(), SHA384())
        else:
            assert told_head["alg"] == "ES384"
            r, s = (int.from_bytes(part, "big") for part in (_raw(signature)[:48], _raw(signature)[48:]))
            self.public_key.verify(encode_dss_signature(r, s), content, ec.ECDSA(SHA384()))
        if (told["iss"], told["sub"], told["aud"]) != (self.client_id, self.client_id, f"{self.base}/token"):
            return "iss, sub, aud"
        if not time.time() < told["exp"] <= time.time() + 300:
            return "exp"
        if told["jti"] in self.seen_jti:
            return "jti"
        self.seen_jti.add(told["jti"])
        return ""

    def _accepts(self, headers: dict[str, str]) -> bool:
        if not self.tokens or headers.get("Authorization") != f"Bearer {self.tokens[-1]}":
            return False
        if self.faults.token_ends_after:
            self.faults.token_ends_after -= 1
            if not self.faults.token_ends_after:
                self.tokens.append("ended")
                return False
        return True

    def _kick_off(self, path: str, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        if self.faults.busy_kick_offs:
            self.faults.busy_kick_offs -= 1
            return 429, {"Retry-After": self.faults.retry_after}, outcome("throttled", "one export at a time")
        if "respond-async" not in headers.get("Prefer", ""):
            return 400, {}, outcome("processing", "Prefer: respond-async is missing")
        asked = set(parse_qs(urlsplit(path).query)["_type"][0].split(","))
        if "Nonsense" in asked or (self.is_picky and not asked <= set(self.files)):
            return 400, {}, outcome("not-supported", "the type Nonsense is not known")
        self.is_known = True
        return 202, {"Content-Location": f"{self.base}/status/1"}, b""

    def _status(self, method: str, place: str) -> tuple[int, dict[str, str], bytes]:
        faults = self.faults
        if not self.is_known or faults.forgets:
            faults.forgets = False
            return 404, {}, outcome("not-found", "no such export")
        if method == "DELETE":
            self.is_known = False
            return 202, {}, b""
        if faults.busy_status:
            faults.busy_status -= 1
            return 429, {"Retry-After": faults.retry_after}, outcome("throttled", "slower, please")
        if faults.transient_status:
            faults.transient_status -= 1
            return 500, {}, outcome("transient", "the database sleeps")
        if faults.failed:
            return 500, {}, faults.failed
        if faults.waits:
            faults.waits -= 1
            return 202, {"X-Progress": "half way", "Retry-After": faults.retry_after}, b""
        return 200, {"Content-Type": "application/json"}, json.dumps(self._manifest(place)).encode()

    def _manifest(self, place: str) -> dict[str, Any]:
        entries = [
            {
                "type": kind,
                "url": f"{self.base}/files/{self.generation}/{kind}/{number}",
                "count": content.count(b"\n") + self.faults.lies_about_count,
            }
            for kind, contents in self.files.items()
            for number, content in enumerate(contents)
        ]
        manifest: dict[str, Any] = {
            "transactionTime": "2026-11-01T03:00:00Z",
            "request": f"{self.base}/fhir/Patient/$export",
            "requiresAccessToken": self.needs_token and self.public_key is not None,
            "output": entries,
            "error": [],
        }
        if self.errors:
            manifest["error"] = [
                {"type": "OperationOutcome", "url": f"{self.base}/files/{self.generation}/errors/0", "count": 99}
            ]
        if self.deleted:
            manifest["deleted"] = [{"type": "Bundle", "url": f"{self.base}/files/{self.generation}/deleted/0"}]
        if self.pages and place == "/status/1":
            manifest["output"] = entries[:1]
            manifest["link"] = [{"relation": "next", "url": f"{self.base}/status/2"}]
        elif self.pages:
            manifest["output"] = entries[1:]
        return manifest

    def _file(self, place: str, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        _, _, generation, kind, number = place.split("/")
        needs_token = self.needs_token and self.public_key is not None
        if needs_token and not self._accepts(headers):
            return 401, {}, outcome("login", "token not accepted")
        if not needs_token and "Authorization" in headers:
            self.trouble.append("a token was sent where none is asked for")
        if self.faults.addresses_expire and int(generation) == self.generation:
            self.faults.addresses_expire -= 1
            self.generation += 1
        if int(generation) != self.generation:
            return 410, {}, outcome("expired", "this address has expired")
        if self.faults.busy_files:
            self.faults.busy_files -= 1
            return 503, {"Retry-After": self.faults.retry_after}, b"<html>busy</html>"
        content = {"errors": self.errors, "deleted": self.deleted}.get(kind) or self.files[kind][int(number)]
        self.served[kind] += 1
        told = {"Content-Type": NDJSON, "ETag": f'"{kind}-{number}"'}
        if self.packs and "gzip" in headers.get("Accept-Encoding", ""):
            content = gzip.compress(content, mtime=0)
            told["Content-Encoding"] = "gzip"
        if self.continues and "Range" in headers and headers.get("If-Range") == told["ETag"]:
            start = int(headers["Range"].removeprefix("bytes=").removesuffix("-"))
            told["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
            return 206, told, content[start:]
        return 200, told, content


def _raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _handler(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            status, told, content = server.answer(
                self.command, self.path, dict(self.headers.items()), self.rfile.read(length)
            )
            self.send_response(status)
            for name, value in told.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if status < 300 and self.path.startswith("/files/") and server.faults.short:
                server.faults.short -= 1
                content = content[: len(content) // 2]
            self.wfile.write(content)

        do_POST = do_DELETE = do_GET

        def log_message(self, *_: object) -> None:
            pass

    return Handler


@contextmanager
def running(server: Server) -> Iterator[Server]:
    """The server, on a free port of this machine."""
    web = ThreadingHTTPServer(("127.0.0.1", 0), _handler(server))
    web.daemon_threads = True
    thread = threading.Thread(target=web.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    server.base = f"http://127.0.0.1:{web.server_address[1]}"
    try:
        yield server
    finally:
        web.shutdown()
        web.server_close()
        thread.join()
