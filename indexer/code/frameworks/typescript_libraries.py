"""What libraries of TypeScript and JavaScript do to who shows nothing, by their names."""

from __future__ import annotations

import re

#: What a library's call makes refuses who shows nothing, unless it is told otherwise.
_REFUSING = re.compile(
    r"express-jwt(?:\..*|\*|)|express-oauth2-jwt-bearer\.auth|express-openid-connect\.requiresAuth"
    r"|connect-ensure-login\.(?:ensureLoggedIn|ensureAuthenticated)|express-basic-auth(?:\..*|)"
    r"|@clerk/express\.requireAuth"
)
_OPTIONAL = re.compile(r"(?:credentials|auth)Required:\s*false")
_UNLESS = re.compile(r"\.unless\(|\bpath:")
_HARMLESS = re.compile(
    r"(?:express|body-parser|cors|helmet|compression|morgan|cookie-parser|cookie-session"
    r"|express-session|express-flash|connect-flash|method-override|multer|express-rate-limit"
    r"|express-slow-down|express-validator|celebrate|lusca|csurf|hpp|xss-clean|serve-static"
    r"|express-mongo-sanitize|serve-favicon|response-time|connect-timeout|swagger-ui-express"
    r"|express-fileupload|view-helpers|express-ejs-layouts|nocache|express-status-monitor|pino-http|express-winston|errorhandler|i18n\w*|passport\.initialize"
    r"|(?:@supercharge/)?request-ip|nestjs-cls"
    r"|passport\.session)(?:[.*/].*)?"
)
#: Not `local`, which checks the password that somebody logs in with.
_STRICT = re.compile(r"jwt|bearer|token|api-?key|basic|session|refresh", re.IGNORECASE)
_NOBODY = re.compile(r"anonymous|optional|public|guest", re.IGNORECASE)


def is_strict(strategies: str) -> bool:
    """Whether strategies of passport let nobody pass who shows nothing, by their names."""
    return bool(_STRICT.search(strategies)) and not _NOBODY.search(strategies)


_LOGS_IN = re.compile(
    r"(?:[\w$]{1,99}\.){0,9}\w{0,99}[pP]assport\.(?:authenticate|authorize)\(\s*(['\"][\w-]+['\"])"
)
_TO_LOG_IN = re.compile(r"/(?:auth|oauth2?|sso|login|log-in|connect|signin|sign-in)(?:/|$)", re.I)


def begins_login(said: str, path: str) -> bool:
    """Whether a strategy of passport leads to where one logs in, at a path that is for this.

    Who shows nothing is sent to the provider, or back with what it said, or is to send a password:
    that is no refusal.
    """
    found = _LOGS_IN.match(said)
    return bool(found and _TO_LOG_IN.search(path)) and not is_strict(found[1] if found else "")


def of_library(said: str, origin: str) -> bool | None:
    """What a library's middleware does."""
    plain = origin.replace(".default", "").replace(".*", "")
    if plain == "passport.authenticate":
        has_callback = "=>" in said or "function" in said
        return True if is_strict(said) and not has_callback else None
    if _REFUSING.fullmatch(plain):
        is_optional = _OPTIONAL.search(said) is not None
        return False if is_optional else None if _UNLESS.search(said) else True
    return False if _HARMLESS.fullmatch(plain) else None
