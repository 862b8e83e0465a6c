"""Plain texts that prove themselves: certificates and PEM blocks."""

import base64
import binascii
import re
from typing import Final

import numpy as np
import numpy.typing as npt
from cryptography import x509

from audit.trial.opened import Opened

_PEM_START: Final = b"-----BEGIN "
_DER_SEQUENCE: Final = b"\x30\x82"
"""A DER SEQUENCE with a length of two bytes (X.690): what a certificate begins with."""

_PEM: Final = re.compile(
    # -----BEGIN PRIVATE KEY-----  (RFC 7468), with headers as in `Proc-Type: 4,ENCRYPTED` (RFC 1421)
    rb"-----BEGIN ([A-Z0-9 ]{1,64})-----\r?\n(?:[A-Za-z-]+: .*\r?\n)*"
    rb"\s*([A-Za-z0-9+/=\s]+)-----END \1-----\s*"
)


def proves_itself(opened: Opened) -> npt.NDArray[np.bool_]:
    """Rows whose plain text parses as a certificate or a PEM block; shape [n]."""
    proven = np.zeros(len(opened.rows), np.bool_)
    for mark, parses in ((_PEM_START, _is_pem), (_DER_SEQUENCE, _is_certificate)):
        begins = np.flatnonzero(opened.plain[:, 0] == mark[0])
        for row in begins[opened.plain[begins, 1] == mark[1]]:
            plain = opened.plain[row, : opened.lengths[row]].tobytes()
            proven[row] |= plain.startswith(mark) and parses(plain)
    return proven


def _is_pem(plain: bytes) -> bool:
    match = _PEM.fullmatch(plain)
    if match is None:
        return False
    try:
        return len(base64.b64decode(b"".join(match[2].split()), validate=True)) >= len(_DER_SEQUENCE)
    except binascii.Error:
        return False


def _is_certificate(plain: bytes) -> bool:
    try:
        x509.load_der_x509_certificate(plain)
    except ValueError:
        return False
    return True
