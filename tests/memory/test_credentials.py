"""What looks like a credential is found, whichever of the known families it is of."""

import time
from collections import Counter

import pytest

from benchmarks.credential_families import FAMILIES, Maker
from memory.credentials.credential_rules import find_credentials, is_random
from memory.credentials.gate import Gate


@pytest.mark.slow
def test_nothing_of_a_credential_is_left_whatever_it_is_of():
    maker = Maker(20)
    texts = [
        (family.name, form, family.secret(maker))
        for family in FAMILIES
        for form in family.said
        for _ in range(3)
    ]

    missed = [name for name, form, secret in texts if _left(form.format(secret), secret)]

    assert len(missed) <= 0.01 * len(texts), missed
    assert max(Counter(missed).values(), default=0) <= 3


def _left(text: str, secret: str) -> bool:
    """Whether a third of a secret in a row can still be read."""
    for _, value in find_credentials(text):
        text = text.replace(value, " ")
    length = max(5, len(secret) // 3)
    return any(secret[at : at + length] in text for at in range(len(secret) - length + 1))


@pytest.mark.parametrize(
    "text",
    [
        "The password is stored as a hash, never in clear.",
        "password: required, at least 12 characters",
        "API_KEY=<your-api-key>",
        "export TOKEN=${GITHUB_TOKEN}",
        "token = get_token(request)",
        "secretKeyRef: {name: shop-secrets, key: stripe}",
        "postgres://user:password@localhost/shop",
        "commit 9c2f4e1a7b3d5c6e8f0a1b2c3d4e5f6a7b8c9d0e",
        "image: registry.example.org/shop@sha256:" + "0123456789abcdef" * 4,
        "see https://example.org/docs/2024/11/02/how-we-rotate-tokens",
        "com.example.shop.payments.infrastructure.PaymentGatewayConfiguration2",
        "id: 7d9f3c1e-5b2a-4e8d-9c6f-1a2b3c4d5e6f",
        "`auth: jwt` and `secret: vault`",
        "AuthTokenV2RefreshHandlerFactoryBean",
        "curl -u 'api_user:access_token' http://localhost/api",
        "curl 'http://localhost/api' --user-agent 'shop:http://localhost/api'",
        "# nix bundle github:NixOS/nix/e3ddffb27e5fc37a209cfd843c6f7f6a9460a8ec",
        "- Theme contexts and app tokens: `apps/web/src/m3-theme.scss`",
        "Passed: `trial_users=not_available`, then `blackbox-stage1-public-web`",
        "| FR-034-14 | Pass | `S-028-04` |",
        "the GitHub token `shop-ci-team-2026-08-20` is scoped to the team",
        "token = base64.b64decode(token)",
        "* KMS auth key: authnz-production-useast1",
        "export OAUTH_SECRET='0123456789abcdefghijklmnop'",
        "FileHash: sha256:09ymwqf5i9q7d4dm7x4pjjcqqj0qrcp5lnznbh42gfsci5hcbqqm",
        "2048 SHA256:c7qFl4d3KfF3Y8m9ZRzbCnbyK0GAB0Jc6u4L4wUTiko no comment (RSA)",
        "postgresql://postgres:<password>@aws-0-us-west-2.pooler.example.com:6543/shop",
        "`shopdocscloudflare-docswebsite-prod-ujphggiaxw5ryjev`",
        "DATABASE_PASSWORD: 对应环境ShopDB的密码",
        "see https://play.example.org/?x=%3Cinput%20type%3D%22foo%22%20model%3D%22Bar1%22%3E",
        "AWS_SECRET_ACCESS_KEY=\nAWS_REGION=eu-west-1",
        "- bitcoin: 1Hefs7miXS5ff5Ck5xvmjKjXf5242KzRtK",
        "contributions by [commits](https://github.com/a/b/commits?author=Tetrachlor250)",
        "-----BEGIN PGP PUBLIC KEY BLOCK-----\n+9zaSRIH/1Qnl09+jISxyQSDaRqzzG2cyCIbdViCLz+b0vATwS"
        "OsTqtK0lY1m9i+\n-----END PGP PUBLIC KEY BLOCK-----",
    ],
)
def test_what_only_speaks_of_credentials_is_none(text):
    assert find_credentials(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "curl -u KEY:X https://acme.freshdesk.com/api/v2/tickets",
        "The client secret of the LinkedIn app is KEY, which nobody rotated.",
        "Authorization: sso-key hJ3kd92LKsd8f7GHd2kLs9df82jGds8fK3kD9:KEY",
        "irc.send('PASS oauth:k3y0qu0t4xnw6ttdfy25wzz4bjuidwk8')",
        "https://mainnet.infura.io/v3/KEY",
        "APPVEYOR_API_TOKEN=v2.KEY",
        "modal token set --token-secret as-KEY",
        "sqlplus scott/KEY@//db.acme.dev:1521/orcl",
    ],
)
def test_a_key_is_known_by_where_it_stands(text):
    key = "q8Zt4nW6yTdf25wB4bJu1dWk8hRm3sXp"

    said = text.replace("KEY", key)

    assert not _left(said, key if key in said else "k3y0qu0t4xnw6ttdfy25wzz4bjuidwk8")


@pytest.mark.parametrize("end", ["", ".", ",", "&callback=init", ")", "]", "|", ":"])
def test_a_word_of_a_known_form_ends_where_sentences_and_addresses_end_it(end):
    key = "AIza" + Maker(7).of("abcdefghijkmnopqrstuvwxyz23456789-", 35)
    assert key not in Gate().redact(f"https://maps.example.org/js?key={key}{end} is loaded")[0]


@pytest.mark.parametrize(
    "before",
    [
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
        'CERT="-----BEGIN CERTIFICATE-----\\nMIIB\\n-----END CERTIFICATE-----"\n',
        "Begin with the line `-----BEGIN CERTIFICATE-----`.\n",
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n",
    ],
)
def test_what_stands_beside_a_public_block_is_looked_at(before):
    assert find_credentials(before + PASSWORD) == find_credentials(PASSWORD)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (
            "password: Summer24\nIn Summer24 came Summer2400.",
            "password: ‹redacted password›\nIn ‹redacted password› came Summer2400.",
        ),
        (
            "curl --user me:pa55 http://h for some:pa55age",
            "curl --user me:‹redacted password-of-a-login› http://h for some:pa55age",
        ),
        ("sshpass -pHunter24 ssh h", "sshpass -p‹redacted password-option› ssh h"),
    ],
)
def test_words_that_hold_what_somebody_types_as_a_password_stay(text, clean):
    assert Gate().redact(text)[0] == clean


def test_what_is_told_of_a_credential_looks_like_none():
    for option in ("--client-secret", "--admin-password", "--alt-token", "--secret"):
        (found,) = Gate().redact(f"run it with {option} 73d8babb9b")[1]
        assert not Gate().redact(f"a.md:9: {found}")[1]


PASSWORD = "password: Xy9hunter22"


def test_half_a_character_hides_none():
    assert [one.value for one in find_credentials("\ud800 password: Xy9hunter22 \udfff")] == [
        "Xy9hunter22"
    ]


def test_what_people_write_is_not_random():
    assert not is_random("MsgTransferV2UnmarshalProtoJSONAndAminoBinary3")
    assert is_random(Maker(1).of("abcdefghijkmnopqrstuvwxyzABCDEFGHIJKLMNPQRSTUVWXYZ23456789", 32))


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit", ["a", "password:", "://a@", "key=", " -u a:", "'", "[", "A1b", "-----BEGIN ", "= \t"]
)
def test_time_grows_as_the_text_does(unit):
    def seconds(length: int) -> float:
        text = unit * (length // len(unit))
        start = time.thread_time()
        find_credentials(text)
        return time.thread_time() - start

    half, whole = (min(seconds(length) for _ in range(3)) for length in (100_000, 200_000))
    assert whole < 2.5 * half or whole < 0.05
