"""What does the code on a syringe or a bag say? GS1: product, lot, expiry."""

from __future__ import annotations

from datetime import date

import biip
from msgspec import Struct

_GTIN, _LOT, _EXPIRY = "01", "10", "17"
_US_DRUGS = "003"
"""A GTIN-14 that begins so (indicator 0, prefix 03) holds a ten-digit NDC before its check digit."""


class UnreadableCodeError(ValueError):
    """The code is no GS1 code. The message says what is wrong with it."""


class Code(Struct, frozen=True):
    """What a code says; empty or None where it does not say it. `ndc` has ten digits, without hyphens."""

    gtin: str = ""
    ndc: str = ""
    lot: str = ""
    expires: date | None = None


def read_code(text: str) -> Code:
    """Read a scanned code: GS1 element strings, with or without the brackets. Raises `UnreadableCodeError`."""
    try:
        message = biip.parse(text.replace("(", "").replace(")", "").strip()).gs1_message
    except biip.ParseError as error:
        raise UnreadableCodeError(f"this is no GS1 code: {text[:40]}") from error
    if message is None or not message.element_strings:
        raise UnreadableCodeError(f"this is no GS1 code: {text[:40]}")
    product, lot, expiry = (message.element_strings.get(ai=ai) for ai in (_GTIN, _LOT, _EXPIRY))
    if product is not None and product.gtin_error:
        raise UnreadableCodeError("the product number has a wrong check digit; scan it again")
    gtin = product.value if product else ""
    return Code(
        gtin=gtin,
        ndc=gtin[3:13] if gtin.startswith(_US_DRUGS) else "",
        lot=lot.value if lot else "",
        expires=expiry.date if expiry else None,
    )
