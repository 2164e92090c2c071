"""The OpenID provider that `SAMSYN_OIDC_URL` names."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class OpenIdProvider:
    """Whom the desk trusts to say who somebody is (OpenID Connect Core 1.0). What is printed lacks the secret."""

    discovery_url: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str = ""  # what people call it
    readers: bool = False  # whether whom it vouches for gets an account that may read every cycle
