"""Families of credentials, each made anew from the parts of its format, as its issuer documents it.

Nothing here is a credential, and no scanner takes a line of this file for one: prefixes stand
apart from what follows them.
"""

from __future__ import annotations

import base64
import json
import random
import string
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

LOWER, UPPER, DIGITS = string.ascii_lowercase, string.ascii_uppercase, string.digits
LETTERS = string.ascii_letters
ALNUM = LETTERS + DIGITS
HEX = "0123456789abcdef"
URLSAFE = ALNUM + "-_"
BASE64 = ALNUM + "+/"
BASE32 = UPPER + "234567"

#: How a credential that says by its form what it is stands in a text.
_PLAIN = (
    "We used {} for the first deployment, and it is still valid.",
    "- `{}` is what the staging cluster has",
    'client = connect("{}")',
)


class Family(NamedTuple):
    """One format: how a secret of it is made, and how people write it down."""

    name: str
    secret: Callable[[Maker], str]
    said: tuple[str, ...] = _PLAIN


class Maker(random.Random):
    """Makes the random parts."""

    def of(self, alphabet: str, count: int) -> str:
        """So many characters; of letters and digits there are some of both."""
        return "".join(self.choice(alphabet) for _ in range(count))

    def base64(self, count: int) -> str:
        """So many random bytes."""
        return base64.b64encode(self.randbytes(count)).decode()

    def uuid(self) -> str:
        """A random one."""
        return "-".join(self.of(HEX, count) for count in (8, 4, 4, 4, 12))

    def word(self) -> str:
        """As people choose a password: letters in both cases, digits and a sign."""
        return f"{self.of(UPPER, 1)}{self.of(LOWER, 5)}{self.of('!#%+', 1)}{self.of(DIGITS, 4)}"


def _pem(kind: str) -> Callable[[Maker], str]:
    def make(maker: Maker) -> str:
        said = maker.base64(600)
        lines = [said[at : at + 64] for at in range(0, len(said), 64)]
        return "\n".join([f"-----BEGIN {kind}-----", *lines, f"-----END {kind}-----"])

    return make


def _jwt(maker: Maker) -> str:
    parts = ({"alg": "HS256", "typ": "JWT"}, {"sub": maker.of(DIGITS, 10), "name": "Dana"})
    said = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts
    ]
    return ".".join([*said, maker.of(URLSAFE, 43)])


def _service_account(maker: Maker) -> str:
    return _pem("PRIVATE KEY")(maker).replace("\n", "\\n")


FAMILIES = (
    Family("aws access key", lambda m: "AKIA" + m.of(BASE32, 16)),
    Family(
        "aws secret key",
        lambda m: m.of(BASE64, 40),
        (
            "aws_secret_access_key = {}",
            'AWS_SECRET_ACCESS_KEY="{}"',
            "The AWS secret access key is {}",
        ),
    ),
    Family("aws temporary key", lambda m: "ASIA" + m.of(BASE32, 16)),
    Family("github token", lambda m: "ghp" + "_" + m.of(ALNUM, 36)),
    Family(
        "github fine-grained",
        lambda m: "github" + "_pat_" + m.of(ALNUM, 22) + "_" + m.of(ALNUM, 59),
    ),
    Family("github app", lambda m: "ghs" + "_" + m.of(ALNUM, 36)),
    Family("gitlab token", lambda m: "glpat" + "-" + m.of(URLSAFE, 20)),
    Family("gitlab runner", lambda m: "glrt" + "-" + m.of(URLSAFE, 20)),
    Family("bitbucket app password", lambda m: "ATBB" + m.of(ALNUM, 32)),
    Family("atlassian token", lambda m: "ATATT3" + "xFfGF0" + m.of(URLSAFE, 180)),
    Family(
        "slack bot", lambda m: "xoxb" + f"-{m.of(DIGITS, 12)}-{m.of(DIGITS, 13)}-{m.of(ALNUM, 24)}"
    ),
    Family(
        "slack webhook",
        lambda m: (
            "https://hooks.slack.com"
            f"/services/T{m.of(UPPER + DIGITS, 8)}/B{m.of(UPPER + DIGITS, 10)}/{m.of(ALNUM, 24)}"
        ),
    ),
    Family(
        "slack app",
        lambda m: "xapp" + f"-1-A{m.of(UPPER + DIGITS, 10)}-{m.of(DIGITS, 13)}-{m.of(HEX, 64)}",
    ),
    Family(
        "discord bot",
        lambda m: f"M{m.of(ALNUM, 25)}.{m.of(ALNUM, 6)}.{m.of(URLSAFE, 38)}",
        (*_PLAIN[:1], "DISCORD_TOKEN={}"),
    ),
    Family(
        "discord webhook",
        lambda m: "https://discord.com" + f"/api/webhooks/{m.of(DIGITS, 18)}/{m.of(URLSAFE, 68)}",
    ),
    Family("telegram bot", lambda m: f"{m.of('123456789', 10)}:AA{m.of(URLSAFE, 33)}"),
    Family("stripe key", lambda m: "sk" + "_live_" + m.of(ALNUM, 24)),
    Family("stripe restricted", lambda m: "rk" + "_live_" + m.of(ALNUM, 24)),
    Family("square token", lambda m: "EAAA" + m.of(URLSAFE, 60)),
    Family(
        "paypal braintree",
        lambda m: "access_token" + f"$production${m.of(LOWER + DIGITS, 16)}${m.of(HEX, 32)}",
    ),
    Family("twilio key", lambda m: "SK" + m.of(HEX, 32)),
    Family("sendgrid key", lambda m: "SG" + f".{m.of(URLSAFE, 22)}.{m.of(URLSAFE, 43)}"),
    Family(
        "mailgun key", lambda m: "key" + "-" + m.of(HEX, 32), ("MAILGUN_API_KEY={}", *_PLAIN[:1])
    ),
    Family("mailchimp key", lambda m: m.of(HEX, 32) + "-us" + m.of("123456789", 1)),
    Family("google api key", lambda m: "AIza" + m.of(URLSAFE, 35)),
    Family("google oauth secret", lambda m: "GOCSPX" + "-" + m.of(URLSAFE, 28)),
    Family("google access token", lambda m: "ya29" + "." + m.of(URLSAFE, 120)),
    Family(
        "google service account",
        _service_account,
        ('{{"type": "service_account", "private_key": "{}"}}',),
    ),
    Family(
        "azure storage key",
        lambda m: m.base64(64),
        ("DefaultEndpointsProtocol=https;AccountName=shop;AccountKey={};EndpointSuffix=core",),
    ),
    Family("azure client secret", lambda m: f"{m.of(ALNUM, 3)}8Q~{m.of(ALNUM + '~.-_', 34)}"),
    Family(
        "azure signature",
        lambda m: m.base64(32).replace("+", "%2B").replace("/", "%2F").replace("=", "%3D"),
        ("https://shop.blob.core.windows.net/backups?sv=2022-11-02&ss=b&sp=rl&sig={}",),
    ),
    Family(
        "azure sql connection",
        Maker.word,
        ("Server=tcp:shop.database.windows.net,1433;Database=shop;User ID=app;Password={};",),
    ),
    Family("openai key", lambda m: "sk" + f"-{m.of(ALNUM, 20)}T3BlbkFJ{m.of(ALNUM, 20)}"),
    Family(
        "openai project key",
        lambda m: "sk" + f"-proj-{m.of(URLSAFE, 74)}T3BlbkFJ{m.of(URLSAFE, 74)}",
    ),
    Family("anthropic key", lambda m: "sk" + f"-ant-api03-{m.of(URLSAFE, 93)}AA"),
    Family("hugging face token", lambda m: "hf" + "_" + m.of(LETTERS, 34)),
    Family("npm token", lambda m: "npm" + "_" + m.of(ALNUM, 36)),
    Family("pypi token", lambda m: "pypi" + "-AgEIcHlwaS5vcmc" + m.of(URLSAFE, 150)),
    Family("rubygems key", lambda m: "rubygems" + "_" + m.of(HEX, 48)),
    Family("docker token", lambda m: "dckr" + "_pat_" + m.of(URLSAFE, 27)),
    Family("digitalocean token", lambda m: "dop" + "_v1_" + m.of(HEX, 64)),
    Family("heroku key", Maker.uuid, ("HEROKU_API_KEY={}", 'heroku_api_key: "{}"')),
    Family(
        "cloudflare token",
        lambda m: m.of(URLSAFE, 40),
        ("CLOUDFLARE_API_TOKEN={}", "cloudflare_api_token: {}"),
    ),
    Family("vault token", lambda m: "hvs" + "." + m.of(URLSAFE, 95)),
    Family("terraform token", lambda m: m.of(ALNUM, 14) + ".atlasv1." + m.of(ALNUM, 67)),
    Family("databricks token", lambda m: "dapi" + m.of(HEX, 32)),
    Family("shopify token", lambda m: "shpat" + "_" + m.of(HEX, 32)),
    Family("new relic key", lambda m: "NRAK" + "-" + m.of(UPPER + DIGITS, 27)),
    Family("datadog key", lambda m: m.of(HEX, 32), ("DD_API_KEY={}", "datadog_api_key: {}")),
    Family("grafana token", lambda m: "glsa" + f"_{m.of(ALNUM, 32)}_{m.of(HEX, 8)}"),
    Family("sentry token", lambda m: "sntryu" + "_" + m.of(HEX, 64)),
    Family("linear key", lambda m: "lin" + "_api_" + m.of(ALNUM, 40)),
    Family("notion token", lambda m: "ntn" + f"_{m.of(DIGITS, 11)}{m.of(ALNUM, 35)}"),
    Family("figma token", lambda m: "figd" + "_" + m.of(URLSAFE, 40)),
    Family("postman key", lambda m: "PMAK" + f"-{m.of(HEX, 24)}-{m.of(HEX, 34)}"),
    Family("dropbox token", lambda m: "sl" + "." + m.of(URLSAFE, 135)),
    Family("facebook token", lambda m: "EAA" + "CEdEose0cBA" + m.of(ALNUM, 160)),
    Family(
        "okta token",
        lambda m: "00" + m.of(URLSAFE, 40),
        ("Authorization: SSWS {}", "OKTA_API_TOKEN={}"),
    ),
    Family("airtable token", lambda m: "pat" + f"{m.of(ALNUM, 14)}.{m.of(HEX, 64)}"),
    Family("supabase token", lambda m: "sbp" + "_" + m.of(HEX, 40)),
    Family("planetscale password", lambda m: "pscale" + "_pw_" + m.of(URLSAFE, 43)),
    Family("alibaba key", lambda m: "LTAI" + m.of(ALNUM, 20)),
    Family("json web token", _jwt),
    Family("rsa private key", _pem("RSA PRIVATE KEY"), ("{}", "The key:\n\n```\n{}\n```\n")),
    Family("openssh private key", _pem("OPENSSH PRIVATE KEY"), ("{}",)),
    Family("pgp private key", _pem("PGP PRIVATE KEY BLOCK"), ("{}",)),
    Family(
        "age key", lambda m: "AGE-SECRET-KEY-" + "1" + m.of("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58)
    ),
    Family(
        "password in a url",
        Maker.word,
        ("https://deploy:{}@git.example.org/shop.git", "curl https://app:{}@intern.example.org/x"),
    ),
    Family(
        "database url",
        lambda m: m.of(ALNUM, 14),
        (
            "postgres://shop:{}@db.example.org:5432/shop",
            "DATABASE_URL=mysql://root:{}@10.0.0.5/shop",
            "mongodb+srv://app:{}@cluster0.example.mongodb.net/shop",
            "redis://:{}@cache.example.org:6379/0",
            "amqp://worker:{}@queue.example.org",
        ),
    ),
    Family(
        "password that is assigned",
        Maker.word,
        (
            "DB_PASSWORD={}",
            "password: {}",
            '"password": "{}",',
            "spring.datasource.password={}",
            "The database password is `{}`.",
        ),
    ),
    Family(
        "bearer token",
        lambda m: m.of(URLSAFE, 48),
        ("Authorization: Bearer {}", "curl -H 'Authorization: Bearer {}' https://api.example.org"),
    ),
    Family(
        "basic authorization",
        lambda m: base64.b64encode(f"deploy:{m.word()}".encode()).decode(),
        ("Authorization: Basic {}",),
    ),
    Family("netrc", Maker.word, ("machine git.example.org login deploy password {}",)),
    Family(
        "docker config",
        lambda m: base64.b64encode(f"deploy:{m.word()}".encode()).decode(),
        ('{{"auths": {{"registry.example.org": {{"auth": "{}"}}}}}}',),
    ),
    Family(
        "kubeconfig key",
        lambda m: base64.b64encode(_pem("RSA PRIVATE KEY")(m).encode()).decode(),
        ("    client-key-data: {}",),
    ),
    Family("curl user", Maker.word, ("curl -u deploy:{} https://api.example.org/v1",)),
    Family("sshpass", Maker.word, ("sshpass -p {} ssh root@10.0.0.7",)),
    Family("wireguard key", lambda m: m.base64(32), ("PrivateKey = {}",)),
    Family(
        "one-time secret",
        lambda m: m.of(BASE32, 32),
        ("otpauth://totp/Shop:dana?secret={}&issuer=Shop",),
    ),
    Family(
        "client secret",
        lambda m: m.of(ALNUM, 40),
        ("client_secret: {}", "OAUTH_CLIENT_SECRET={}", '"clientSecret": "{}"'),
    ),
    Family(
        "signing key",
        lambda m: m.of(ALNUM + "!@#$%^&*(-_=+)", 50),
        ("SECRET_KEY = '{}'", "JWT_SECRET={}"),
    ),
    Family("replicate token", lambda m: "r8" + "_" + m.of(ALNUM, 37)),
    Family("groq key", lambda m: "gsk" + "_" + m.of(ALNUM, 52)),
    Family("openrouter key", lambda m: "sk" + "-or-v1-" + m.of(HEX, 64)),
    Family("langsmith key", lambda m: "lsv2" + f"_pt_{m.of(HEX, 32)}_{m.of(HEX, 10)}"),
    Family("pinecone key", lambda m: "pcsk" + f"_{m.of(ALNUM, 5)}_{m.of(ALNUM, 63)}"),
    Family("resend key", lambda m: "re" + f"_{m.of(ALNUM, 8)}_{m.of(ALNUM, 24)}"),
    Family("brevo key", lambda m: "xkeysib" + f"-{m.of(HEX, 64)}-{m.of(ALNUM, 16)}"),
    Family("netlify token", lambda m: "nfp" + "_" + m.of(ALNUM, 36)),
    Family("doppler token", lambda m: "dp" + ".pt." + m.of(ALNUM, 43)),
    Family("pulumi token", lambda m: "pul" + "-" + m.of(HEX, 40)),
    Family("sonarqube token", lambda m: "squ" + "_" + m.of(HEX, 40)),
    Family("artifactory key", lambda m: "AKCp8" + m.of(ALNUM, 68)),
    Family("nuget key", lambda m: "oy2" + m.of(LOWER + DIGITS, 43)),
    Family("hubspot token", lambda m: "pat" + "-na1-" + m.uuid()),
    Family("plaid token", lambda m: "access" + "-production-" + m.uuid()),
    Family("razorpay key", lambda m: "rzp" + "_live_" + m.of(ALNUM, 14)),
    Family("tencent id", lambda m: "AKID" + m.of(ALNUM, 32)),
    Family("mapbox secret", lambda m: "sk" + f".eyJ1Ijoi{m.of(ALNUM, 40)}In0.{m.of(URLSAFE, 22)}"),
    Family("1password token", lambda m: "ops" + "_eyJ" + m.of(ALNUM, 250)),
    Family("heroku token", lambda m: "HRKU" + "-AA" + m.of(URLSAFE, 58)),
    Family("flyio token", lambda m: "fm2" + "_" + m.base64(120)),
    Family("pgpass", lambda m: m.of(ALNUM, 16), ("db.example.org:5432:shop:app:{}",)),
    Family("smtp url", Maker.word, ("smtps://mailer%40example.org:{}@smtp.example.org:465",)),
    Family(
        "bind password", Maker.word, ("bindpw: {}", "ldap.bind.password={}", 'bind_password = "{}"')
    ),
    Family(
        "passphrase",
        Maker.word,
        ("The passphrase for the signing key is {}", "keystore passphrase: {}"),
    ),
    Family(
        "session token", lambda m: m.base64(240), ("aws_session_token = {}", "AWS_SESSION_TOKEN={}")
    ),
    Family(
        "kubernetes secret",
        lambda m: base64.b64encode(m.word().encode()).decode(),
        ("kind: Secret\ndata:\n  db-password: {}",),
    ),
    Family(
        "command line",
        Maker.word,
        ("deploy --user app --password {} --host db", "mysql -u root -p{} shop"),
    ),
    Family("circleci token", lambda m: "CCIPAT" + f"_{m.of(ALNUM, 22)}_{m.of(HEX, 40)}"),
    Family("buildkite token", lambda m: "bkua" + "_" + m.of(HEX, 40)),
    Family("clojars token", lambda m: "CLOJARS" + "_" + m.of(HEX, 60)),
    Family("contentful token", lambda m: "CFPAT" + "-" + m.of(URLSAFE, 43)),
    Family("typeform token", lambda m: "tfp" + "_" + m.of(URLSAFE, 59)),
    Family("shippo token", lambda m: "shippo" + "_live_" + m.of(HEX, 40)),
    Family("prefect key", lambda m: "pnu" + "_" + m.of(LOWER + DIGITS, 36)),
    Family("sourcegraph token", lambda m: "sgp" + "_" + m.of(HEX, 40)),
    Family("xai key", lambda m: "xai" + "-" + m.of(ALNUM, 80)),
    Family("perplexity key", lambda m: "pplx" + "-" + m.of(ALNUM, 48)),
    Family("render key", lambda m: "rnd" + "_" + m.of(ALNUM, 28)),
    Family("yandex key", lambda m: "AQVN" + m.of(URLSAFE, 35)),
    Family("firebase server key", lambda m: f"AAAA{m.of(URLSAFE, 7)}:APA91b{m.of(URLSAFE, 134)}"),
    Family(
        "cloudinary url", lambda m: m.of(URLSAFE, 27), ("cloudinary://123456789012345:{}@shop",)
    ),
    Family("snyk token", Maker.uuid, ("SNYK_TOKEN={}", "snyk_token: {}")),
    Family(
        "azure devops token",
        lambda m: m.of(LOWER + "234567", 52),
        ("AZURE_DEVOPS_EXT_PAT={}", "The PAT is {}"),
    ),
    Family(
        "sql user",
        Maker.word,
        ("CREATE USER app IDENTIFIED BY '{}';", "ALTER ROLE app WITH PASSWORD '{}';"),
    ),
    Family("redis password", lambda m: m.of(ALNUM, 20), ("requirepass {}",)),
    Family("ansible password", Maker.word, ("ansible_become_pass: {}", "ansible_ssh_pass={}")),
    Family("kafka login", Maker.word, ('PlainLoginModule required username="app" password="{}";',)),
    Family("wifi key", Maker.word, ("psk={}", 'wpa_passphrase="{}"')),
    Family("credentials in a table", Maker.word, ("| password | `{}` |", "| Password | {} |")),
    Family(
        "password below its label",
        Maker.word,
        ("**Password**: {}", "password:\n  {}", "<password>{}</password>"),
    ),
    Family(
        "login of a person",
        Maker.word,
        ("Log in as admin / {} on staging.", "user: admin, pass: {}", "credentials: admin:{}"),
    ),
    Family(
        "api key in a header",
        lambda m: m.of(ALNUM, 32),
        ('curl -H "X-Api-Key: {}" https://api.example.org', "x-api-key: {}"),
    ),
    Family("npmrc", Maker.uuid, ("//registry.example.org/:_authToken={}",)),
    Family("maven settings", Maker.word, ("<server><password>{}</password></server>",)),
    Family("docker login", Maker.word, ("docker login -u ci -p {} registry.example.org",)),
    Family("elevenlabs key", lambda m: "sk" + "_" + m.of(HEX, 48)),
    Family("deepseek key", lambda m: "sk" + "-" + m.of(HEX, 32)),
    Family("langfuse key", lambda m: "sk" + "-lf-" + m.uuid()),
    Family(
        "together key", lambda m: m.of(HEX, 64), ("TOGETHER_API_KEY={}", "together_api_key: {}")
    ),
    Family("postmark token", Maker.uuid, ("POSTMARK_SERVER_TOKEN={}",)),
    Family("mistral key", lambda m: m.of(ALNUM, 32), ("MISTRAL_API_KEY={}",)),
    Family("twitter bearer", lambda m: "A" * 20 + m.of(ALNUM, 26) + "%3D" + m.of(ALNUM, 50)),
    Family("trello token", lambda m: "ATTA" + m.of(HEX, 64)),
    Family("asana token", lambda m: f"1/{m.of(DIGITS, 16)}:{m.of(HEX, 32)}"),
    Family("openshift token", lambda m: "sha256" + "~" + m.of(URLSAFE, 43)),
    Family("ec private key", _pem("EC PRIVATE KEY"), ("{}",)),
    Family("encrypted private key", _pem("ENCRYPTED PRIVATE KEY"), ("{}",)),
    Family("vercel token", lambda m: m.of(ALNUM, 24), ("VERCEL_TOKEN={}",)),
    Family("grafana cloud token", lambda m: "glc" + "_eyJ" + m.of(ALNUM, 90)),
    Family(
        "amqp in yaml", lambda m: m.of(ALNUM, 12), ("  url: amqps://shop:{}@mq.example.org/vhost",)
    ),
    Family("jdbc url", Maker.word, ("jdbc:postgresql://db.example.org/shop?user=app&password={}",)),
    Family(
        "password in a sentence",
        Maker.word,
        (
            "The root password of the router was changed to {} last week.",
            "Password for the demo account: {}",
        ),
    ),
    Family(
        "key in code",
        lambda m: m.of(ALNUM, 32),
        ('const apiKey = "{}";', "api_key='{}'", 'headers["X-Auth-Token"] = "{}"'),
    ),
)
