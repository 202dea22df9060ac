"""A passkey as a browser would have registered it, made without one."""

from __future__ import annotations

import hashlib
import json
import os
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData

FLAGS = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV | AuthenticatorData.FLAG.AT


def registered(site: str = "testserver") -> dict[str, Any]:
    """What allauth stores of a passkey: its name and the browser's answer to the registration."""
    key = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    credential = AttestedCredentialData.create(Aaguid.NONE, os.urandom(32), key)
    data = AuthenticatorData.create(hashlib.sha256(site.encode()).digest(), FLAGS, 0, bytes(credential))
    said = {"type": "webauthn.create", "challenge": websafe_encode(os.urandom(32)), "origin": f"https://{site}"}
    mark = websafe_encode(credential.credential_id)
    answer = {
        "clientDataJSON": websafe_encode(json.dumps(said).encode()),
        "attestationObject": websafe_encode(bytes(AttestationObject.create("none", data, {}))),
    }
    return {
        "name": "Passkey 1",
        "passwordless": True,
        "credential": {
            "id": mark, "rawId": mark, "type": "public-key", "response": answer,
            "clientExtensionResults": {"credProps": {"rk": True}},
        },
    }  # fmt: skip
