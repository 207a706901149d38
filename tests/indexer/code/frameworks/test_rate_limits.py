"""Whether anything limits how often a project is asked."""

import pytest

APP = """
from fastapi import FastAPI
app = FastAPI()

@app.post("/login")
def login(name: str): ...
"""


@pytest.mark.parametrize(
    ("files", "answer"),
    [
        ({}, "no"),
        ({"notes.py": "# no rate limit yet"}, "no"),
        ({"export.py": "Delimiter = delimiter = DELIMITER = ';'"}, "no"),
        ({"tests/test_it.py": "throttle = 1"}, "no"),
        ({"web/List.tsx": "const later = throttle(load)"}, "no"),
        ({"doc/_static/server.js": "app.use(rateLimit({max: 5}))"}, "no"),
        ({"limits.py": "from slowapi import Limiter"}, "no"),
        ({"app.py": APP + "limiter = Limiter(app)\n"}, "unknown"),
        ({"settings.py": "DEFAULT_THROTTLE_RATES = {}"}, "unknown"),
        ({"main.go": "package main\nvar one = httprate.LimitByIP(100, time.Minute)"}, "unknown"),
        ({"src/Attempts.java": "class LoginAttemptService { int MAX_ATTEMPT = 10; }"}, "unknown"),
        ({"src/login.js": "const brute = new ExpressBrute(store)"}, "unknown"),
        ({"login.py": "user.login_attempts += 1"}, "unknown"),
        ({"src/main.ts": "app.use(rateLimit({max: 5}))"}, "unknown"),
        ({"app.py": APP + "try: ask()\nexcept openai.RateLimitError: raise\n"}, "no"),
        ({"app.py": "from openai import RateLimitError\n" + APP}, "no"),
        (
            {"src/main.ts": "try { ask() } catch (e) { if (e instanceof RateLimitError) no() }"},
            "no",
        ),
        ({"app.py": APP + "raise RateLimitError()\n"}, "unknown"),
        ({"app.py": "from slowapi import Limiter, RateLimitExceeded\n" + APP}, "unknown"),
    ],
)
def test_nothing_is_limited_where_nothing_on_the_way_is_named_like_a_limit(read, files, answer):
    (route,) = read({"app.py": APP, **files}).routes

    assert route.rate_limit.answer == answer
    assert route.rate_limit.evidence


@pytest.mark.parametrize(
    ("made", "answer"), [("LoginForm(name)", "unknown"), ("Other(name)", "no")]
)
def test_what_a_class_does_is_on_the_way_of_who_makes_one(read, made, answer):
    forms = (
        "from buckets import RateLimiter\n"
        "class LoginForm:\n    def clean(self):\n        RateLimiter.take(self)\n"
        "class Other:\n    def clean(self): ...\n"
    )
    app = (
        "from fastapi import FastAPI\nfrom forms import LoginForm, Other\napp = FastAPI()\n"
        f"@app.post('/login')\ndef login(name: str):\n    return {made}\n"
    )
    (route,) = read({"app.py": app, "forms.py": forms}).routes

    assert route.rate_limit.answer == answer


def test_a_long_word_of_limits_is_read_in_a_time_that_grows_as_it_does(read):
    word = "ratelimit" * 40_000  # a square of it takes minutes
    text = f"from fastapi import FastAPI\napp = FastAPI()\n@app.get('/x')\ndef x(): ...\n# {word}\n"
    caught = f"try: ...\nexcept {word}Error: ...\n"

    (route,) = read({"app.py": text + caught}).routes

    assert route.path == "/x"
