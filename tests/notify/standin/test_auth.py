"""Who may call: every way in which a token can be wrong."""

import time

import jwt
import pytest

from engage.notify.standin.auth import calling_key
from engage.notify.standin.config import LIVE_KEY, SERVICE_ID, ApiKey, KeyType, StandinConfig
from engage.notify.standin.errors import NotifyError

NOW = int(time.time())
REVOKED = ApiKey("old", "5e4d1009-0000-4000-8000-000000000000", KeyType.LIVE, revoked=True)
CONFIG = StandinConfig(keys=(LIVE_KEY, REVOKED))


def bearer(
    *, secret: str = LIVE_KEY.secret, issuer: str | None = SERVICE_ID, age: int | None = 0, algorithm: str = "HS256"
) -> str:
    claims = {"iss": issuer, "iat": NOW - age if age is not None else None}
    stated = {name: value for name, value in claims.items() if value is not None}
    return "Bearer " + jwt.encode(stated, secret.ljust(64) if algorithm != "HS256" else secret, algorithm)


@pytest.mark.parametrize("age", [-30, 0, 30])
def test_a_token_within_thirty_seconds_names_its_key(age: int) -> None:
    assert calling_key(CONFIG, bearer(age=age), now=NOW) is LIVE_KEY


@pytest.mark.parametrize(
    ("header", "status_code", "message"),
    [
        (None, 401, "Unauthorized: authentication token must be provided"),
        ("Basic abc", 401, "Unauthorized: authentication bearer scheme must be used"),
        ("Bearer abc", 403, "Invalid token: signature, api token is not valid"),
        (bearer(issuer=None), 403, "Invalid token: iss field not provided"),
        (bearer(issuer="me"), 403, "Invalid token: service id is not the right data type"),
        (bearer(issuer=REVOKED.secret), 403, "Invalid token: service not found"),
        (bearer(algorithm="HS512"), 403, "Invalid token: algorithm used is not HS256"),
        (bearer(secret=SERVICE_ID), 403, "Invalid token: API key not found"),
        (bearer(secret=REVOKED.secret), 403, "Invalid token: API key revoked"),
        (bearer(age=None), 403, "Invalid token: iat field not provided"),
        (bearer(age=31), 403, "Error: Your system clock must be accurate to within 30 seconds"),
        (bearer(age=-31), 403, "Error: Your system clock must be accurate to within 30 seconds"),
    ],
)
def test_a_wrong_token_is_refused_in_notifys_words(header: str | None, status_code: int, message: str) -> None:
    with pytest.raises(NotifyError) as error:
        calling_key(CONFIG, header, now=NOW)
    assert error.value.body == {
        "status_code": status_code,
        "errors": [{"error": "AuthError", "message": message}],
    }


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (StandinConfig(service_is_archived=True), "Invalid token: service is archived"),
        (StandinConfig(keys=()), "Invalid token: service has no API keys"),
    ],
)
def test_a_service_out_of_use_lets_nobody_in(config: StandinConfig, message: str) -> None:
    with pytest.raises(NotifyError) as error:
        calling_key(config, bearer(), now=NOW)
    assert error.value.body["errors"] == [{"error": "AuthError", "message": message}]
