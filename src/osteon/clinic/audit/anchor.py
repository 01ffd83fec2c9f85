"""Sign the head of the audit log, so that what stood there then cannot be cut off later unseen."""

from __future__ import annotations

from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from django.conf import settings
from django.utils import timezone

from osteon.clinic.audit.models import Anchor, Entry


def anchor() -> Anchor | None:
    """Sign the head as it is now; None where the log is empty, or its head was signed already."""
    head = Entry.objects.order_by("-number").first()
    if head is None or Anchor.objects.filter(number=head.number).exists():
        return None
    signature = _key().sign(_signed(head.number, head.hash)).hex()
    return Anchor.objects.create(at=timezone.now(), number=head.number, head=head.hash, signature=signature)


def is_genuine(kept: Anchor) -> bool:
    """Was this anchor signed with the clinic's own key?"""
    try:
        _key().public_key().verify(bytes.fromhex(kept.signature), _signed(kept.number, kept.head))
    except (InvalidSignature, ValueError):
        return False
    return True


def _signed(number: int, head: str) -> bytes:
    return f"osteon audit {number} {head}".encode()


def _key() -> Ed25519PrivateKey:
    """The clinic's key, made once and kept in a file that only its owner may read."""
    file: Path = settings.AUDIT_KEY_FILE
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.touch(mode=0o600)
        made = Ed25519PrivateKey.generate()
        file.write_bytes(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    key = load_pem_private_key(file.read_bytes(), None)
    if not isinstance(key, Ed25519PrivateKey):
        message = f"{file} holds no Ed25519 key"
        raise TypeError(message)
    return key
