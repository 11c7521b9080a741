"""Our key for push services (VAPID, RFC 8292), and what is sealed for one browser (RFC 8291)."""

from __future__ import annotations

import base64
import time
from typing import Any
from urllib.parse import urlsplit

import http_ece
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02

#: seconds a signature is good for (at most 24 h)
SIGNED_FOR = 12 * 3600


def unpadded(data: bytes) -> str:
    """base64url without "="."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def padded(text: str) -> bytes:
    """What base64url without "=" means. Raises ValueError."""
    return base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))


def prepared(secret: dict[str, Any]) -> dict[str, Any]:
    """The secret of an account with a key of its own, made once: a new one would silence every browser."""
    if secret.get("vapid"):
        return secret
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return {**secret, "vapid": pem.decode()}


def public_key(secret: dict[str, Any]) -> str:
    """What browsers subscribe with (applicationServerKey)."""
    return unpadded(point(Vapid02.from_pem(str(secret["vapid"]).encode()).public_key))


def point(key: Any) -> bytes:
    """A public key as an uncompressed point."""
    raw: bytes = key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    return raw


def authorization(secret: dict[str, Any], endpoint: str) -> str:
    """The header that says who sends, for the push service of an endpoint."""
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int(time.time()) + SIGNED_FOR,
        "sub": f"mailto:{secret['contact']}",
    }
    signed: str = Vapid02.from_pem(str(secret["vapid"]).encode()).sign(claims)["Authorization"]
    return signed


def sealed(message: bytes, p256dh: str, auth: str) -> bytes:
    """A message only that browser can read. Raises ValueError for keys that are none."""
    try:
        body: bytes = http_ece.encrypt(
            message,
            private_key=ec.generate_private_key(ec.SECP256R1()),
            dh=padded(p256dh),
            auth_secret=padded(auth),
            version="aes128gcm",
        )
    except (http_ece.ECEException, ValueError, TypeError) as error:
        raise ValueError(str(error)) from error
    return body
