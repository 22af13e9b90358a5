"""Who is calling: the bearer token of a request, checked as Notify checks it."""

import time
from uuid import UUID

import jwt
from jwt.types import Options

from engage.notify.standin.config import ApiKey, StandinConfig
from engage.notify.standin.errors import NotifyError

CLOCK_LEEWAY_SECONDS = 30
_UNVERIFIED: Options = {"verify_signature": False}
_SIGNATURE_ONLY: Options = {"verify_signature": True, "verify_iat": False, "verify_aud": False}


def calling_key(config: StandinConfig, authorization: str | None, *, now: float | None = None) -> ApiKey:
    """The key whose secret signed this `Authorization` header; `now` is the epoch, by default the present.

    Raises NotifyError: 401 without a bearer token, 403 with one that is not good.
    """
    token = _bearer_token(authorization)
    _check_service(config, token)
    key, claims = _signing_key(config, token)
    _check_age(claims, now=time.time() if now is None else now)
    if key.revoked:
        raise _refused("Invalid token: API key revoked")
    return key


def _bearer_token(authorization: str | None) -> str:
    if not authorization:
        raise NotifyError(401, "AuthError", "Unauthorized: authentication token must be provided")
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise NotifyError(401, "AuthError", "Unauthorized: authentication bearer scheme must be used")
    return token


def _check_service(config: StandinConfig, token: str) -> None:
    try:
        algorithm = jwt.get_unverified_header(token).get("alg")
        issuer = jwt.decode(token, options=_UNVERIFIED, algorithms=["HS256"]).get("iss")
    except jwt.InvalidTokenError as error:
        raise _refused("Invalid token: signature, api token is not valid") from error
    if not issuer:
        raise _refused("Invalid token: iss field not provided")
    if algorithm != "HS256":
        raise _refused("Invalid token: algorithm used is not HS256")
    if not _is_uuid(issuer):
        raise _refused("Invalid token: service id is not the right data type")
    if issuer != config.service_id:
        raise _refused("Invalid token: service not found")
    if not config.keys:
        raise _refused("Invalid token: service has no API keys")
    if config.service_is_archived:
        raise _refused("Invalid token: service is archived")


def _signing_key(config: StandinConfig, token: str) -> tuple[ApiKey, dict[str, object]]:
    for key in config.keys:
        try:
            return key, jwt.decode(token, key.secret, algorithms=["HS256"], options=_SIGNATURE_ONLY)
        except jwt.InvalidSignatureError:
            continue
        except jwt.InvalidTokenError as error:
            raise _refused("Invalid token: signature, api token is not valid") from error
    raise _refused("Invalid token: API key not found")


def _check_age(claims: dict[str, object], *, now: float) -> None:
    issued_at = claims.get("iat")
    if not isinstance(issued_at, int | float):
        raise _refused("Invalid token: iat field not provided")
    if abs(int(now) - int(issued_at)) > CLOCK_LEEWAY_SECONDS:
        raise _refused("Error: Your system clock must be accurate to within 30 seconds")


def _refused(message: str) -> NotifyError:
    return NotifyError(403, "AuthError", message)


def _is_uuid(text: object) -> bool:
    try:
        UUID(str(text))
    except ValueError:
        return False
    return True
