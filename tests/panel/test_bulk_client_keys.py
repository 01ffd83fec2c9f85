"""Which keys may sign, and which are refused."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("cryptography")
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

from osteon.panel.bulk_client import Export
from osteon.panel.bulk_client_signing import KeyFileError, read_signer
from osteon.panel.bulk_client_state import Asked, export_url
from tests.panel.bulk_server import Server
from tests.panel.exporting import KEY, Waited, is_whole


def number(value: int) -> str:
    return base64.urlsafe_b64encode(value.to_bytes((value.bit_length() + 7) // 8, "big")).rstrip(b"=").decode()


def jwk(key: Any, **more: str) -> dict[str, str]:
    if isinstance(key, rsa.RSAPrivateKey):
        private = key.private_numbers()
        public = private.public_numbers
        return {"kty": "RSA", "n": number(public.n), "e": number(public.e), "d": number(private.d), **more}
    return {"kty": "EC", "crv": "P-384", "d": number(key.private_numbers().private_value), **more}


@pytest.mark.parametrize("kind", ["pem", "locked", "jwk", "jwks", "rsa", "rsa-jwk"])
def test_a_key_may_come_as_pem_or_jwk(server: Server, tmp_path: Path, kind: str) -> None:
    key: Any = rsa.generate_private_key(65537, 2048) if kind.startswith("rsa") else KEY
    server.public_key = key.public_key()
    lock = BestAvailableEncryption(b"open sesame") if kind == "locked" else NoEncryption()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock)
    public = {"kty": "EC", "crv": "P-384", "x": "", "y": ""}
    text = {
        "jwk": json.dumps(jwk(key)),
        "jwks": json.dumps({"keys": [public, jwk(key, kid="2026")]}),
        "rsa-jwk": json.dumps(jwk(key)),
    }.get(kind, pem.decode())
    (tmp_path / "key").write_text(text)
    signer = read_signer(server.client_id, tmp_path / "key", passphrase="open sesame" if kind == "locked" else "")
    Export(Asked(export_url(f"{server.base}/fhir")), tmp_path / "out", signer, clock=Waited().clock()).run()
    assert server.trouble == []
    assert is_whole(tmp_path / "out")


@pytest.mark.parametrize(
    ("key", "message"),
    [
        (rsa.generate_private_key(65537, 1024), "too short"),  # noqa: S505 - that is the point
        (ec.generate_private_key(ec.SECP256R1()), "P-384"),
        (ed25519.Ed25519PrivateKey.generate(), "neither an RSA key"),
        (None, "no private key in it"),
    ],
)
def test_a_key_that_smart_does_not_take_is_refused_without_showing_it(tmp_path: Path, key: Any, message: str) -> None:
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) if key else b"my password is 1234"
    (tmp_path / "key.pem").write_bytes(text)
    with pytest.raises(KeyFileError, match=message) as caught:
        read_signer("me", tmp_path / "key.pem")
    assert "1234" not in str(caught.value)


def test_a_locked_key_without_its_passphrase_says_what_to_set(tmp_path: Path) -> None:
    pem = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"open"))
    (tmp_path / "key.pem").write_bytes(pem)
    with pytest.raises(KeyFileError, match="OSTEON_KEY_PASSPHRASE"):
        read_signer("me", tmp_path / "key.pem")
