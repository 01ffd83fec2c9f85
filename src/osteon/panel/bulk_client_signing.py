"""Who asks? The proof that a program gives of itself to an authorization server: a signed JWT, for five minutes.

SMART Backend Services (SMART App Launch 2.2, "Backend Services" and "Asymmetric client authentication"): the claims
`iss` and `sub` are the client's id, `aud` is the token endpoint, `jti` is new each time, `exp` lies at most five
minutes ahead; the signature is RS384 or ES384.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.hazmat.primitives.serialization import load_pem_private_key

PrivateKey: TypeAlias = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

LASTS_S = 240
"""How long an assertion holds. The profile allows five minutes; one is left for clocks that disagree."""

_SMALLEST_RSA_BITS = 2048
_ES384_PART_BYTES = 48


class KeyFileError(ValueError):
    """A file that holds no key for signing. The message names the file and never what is in it."""


class Signer:
    """A client that can prove who it is. Printing it shows no key."""

    def __init__(self, client_id: str, key: PrivateKey, key_id: str = "") -> None:
        self.client_id = client_id
        self.algorithm = "RS384" if isinstance(key, rsa.RSAPrivateKey) else "ES384"
        self._key = key
        self._key_id = key_id

    def assertion(self, token_url: str, now_s: float) -> str:
        """The signed JWT for one request to this token endpoint, at this time (seconds since 1970)."""
        header = {"alg": self.algorithm, "typ": "JWT", **({"kid": self._key_id} if self._key_id else {})}
        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": token_url,
            "iat": int(now_s),
            "exp": int(now_s) + LASTS_S,
            "jti": secrets.token_urlsafe(24),
        }
        content = f"{_part(header)}.{_part(claims)}"
        return f"{content}.{_encoded(self._signature(content.encode()))}"

    def _signature(self, content: bytes) -> bytes:
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(content, PKCS1v15(), SHA384())
        r, s = decode_dss_signature(self._key.sign(content, ec.ECDSA(SHA384())))
        return r.to_bytes(_ES384_PART_BYTES, "big") + s.to_bytes(_ES384_PART_BYTES, "big")


def read_signer(client_id: str, file: Path, *, key_id: str = "", passphrase: str = "") -> Signer:
    """The client with the key of a file: PEM (PKCS 8 or older), a JWK, or a JWK set with a private key.

    Raises `KeyFileError` for another file, a short RSA key or another curve than P-384; OSError where there is none.
    """
    content = file.read_bytes()
    if content.lstrip().startswith(b"{"):
        key, own_id = _of_jwk(content, file.name, key_id)
    else:
        key, own_id = _of_pem(content, file.name, passphrase), ""
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size < _SMALLEST_RSA_BITS:
        message = f"{file.name}: an RSA key of {key.key_size} bits is too short; make one of 3072"
        raise KeyFileError(message)
    if isinstance(key, ec.EllipticCurvePrivateKey) and not isinstance(key.curve, ec.SECP384R1):
        message = f"{file.name}: a key on the curve {key.curve.name}; SMART asks for P-384 (ES384) or RSA (RS384)"
        raise KeyFileError(message)
    return Signer(client_id, key, key_id or own_id)


def _of_pem(content: bytes, name: str, passphrase: str) -> PrivateKey:
    try:
        key = load_pem_private_key(content, passphrase.encode() or None)
    except TypeError as error:  # a passphrase that is missing, or given for a key without one
        said = "is locked: set OSTEON_KEY_PASSPHRASE" if not passphrase else "has no passphrase: unset it"
        raise KeyFileError(f"{name}: the key {said}") from error
    except (ValueError, UnsupportedAlgorithm):
        message = f"{name}: no private key in it that can be read; expected PEM (BEGIN PRIVATE KEY) or a JWK"
        raise KeyFileError(message) from None
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        message = f"{name}: neither an RSA key nor one on an elliptic curve"
        raise KeyFileError(message)
    return key


def _of_jwk(content: bytes, name: str, key_id: str) -> tuple[PrivateKey, str]:
    message = f"{name}: no private RSA or P-384 key in this JWK"
    try:
        whole: dict[str, Any] = msgspec.json.decode(content, type=dict[str, Any])
        found = [each for each in whole.get("keys", [whole]) if "d" in each and key_id in ("", each.get("kid"))]
        jwk = found[0]
        return _KINDS[jwk["kty"]](jwk), str(jwk.get("kid", ""))
    except (msgspec.MsgspecError, LookupError, TypeError, ValueError, AttributeError, binascii.Error):
        raise KeyFileError(message) from None


def _rsa(jwk: dict[str, str]) -> rsa.RSAPrivateKey:
    n, e, d = (_number(jwk[name]) for name in ("n", "e", "d"))
    p, q = rsa.rsa_recover_prime_factors(n, e, d)
    more = (rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q))
    return rsa.RSAPrivateNumbers(p, q, d, *more, rsa.RSAPublicNumbers(e, n)).private_key()


def _ec(jwk: dict[str, str]) -> ec.EllipticCurvePrivateKey:
    if jwk["crv"] != "P-384":
        raise ValueError(jwk["crv"])
    return ec.derive_private_key(_number(jwk["d"]), ec.SECP384R1())


_KINDS: dict[str, Callable[[dict[str, str]], PrivateKey]] = {"RSA": _rsa, "EC": _ec}


def _number(text: str) -> int:
    return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), "big")


def _part(content: dict[str, Any]) -> str:
    return _encoded(msgspec.json.encode(content))


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
