import pytest

from indexer.freshness.manifest_versions import check_versions
from indexer.freshness.manifests import is_manifest, read_manifest
from memory.models.assessment import Anchor, AnchorVerdict


@pytest.mark.parametrize(
    ("path", "text", "pinned"),
    [
        ("pyproject.toml", 'requires-python = ">=3.11"', ("python", "3.11")),
        ("pyproject.toml", 'dependencies = ["Django>=4.2,<5"]', ("django", "4.2")),
        ("pyproject.toml", '[tool.poetry.dependencies]\ndjango = "^4.2"', ("django", "4.2")),
        ("requirements/dev.txt", "x", None),
        ("requirements.txt", "redis==5.0.1", ("redis", "5.0.1")),
        ("package.json", '{"engines": {"node": ">=20"}}', ("node", "20")),
        ("package.json", '{"dependencies": {"react": "^18.2.0"}}', ("react", "18.2.0")),
        ("package.json", "{", None),
        ("go.mod", "module a\n\ngo 1.22\n", ("go", "1.22")),
        ("Gemfile", 'gem "rails", "~> 7.1"', ("rails", "7.1")),
        ("Dockerfile", "FROM docker.io/library/python:3.12-slim AS x", ("python", "3.12")),
        ("docker-compose.yml", "  db:\n    image: postgres:16.2\n", ("postgres", "16.2")),
        (".python-version", "3.12.1\n", ("python", "3.12.1")),
        (".tool-versions", "nodejs 20.1.0\n", ("node", "20.1.0")),
        ("pom.xml", "<java.version>17</java.version>", ("java", "17")),
        ("pom.xml", "<maven.compiler.release>21</maven.compiler.release>", ("java", "21")),
        ("build.gradle.kts", "languageVersion = JavaLanguageVersion.of(17)", ("java", "17")),
        ("build.gradle", "sourceCompatibility = '11'", ("java", "11")),
        ("build.gradle", 'id "org.springframework.boot" version "3.1.0"', ("spring-boot", "3.1.0")),
        ("pom.xml", "<a.jdk>21</a.jdk><source>${a.jdk}</source>", ("java", "21")),
        (
            "pom.xml",
            "<v>5.1</v><artifactId>junit</artifactId><version>${v}</version>",
            ("junit", "5.1"),
        ),
        ("gradle/libs.versions.toml", 'kotlin = "1.9.0"', ("kotlin", "1.9.0")),
        ("Cargo.toml", 'rust-version = "1.70"', ("rust", "1.70")),
        ("setup.cfg", "python_requires = >=3.9", ("python", "3.9")),
        ("composer.json", '{"require": {"php": ">=8.1"}}', ("php", "8.1")),
    ],
)
def test_manifests_say_which_versions_are_in_use(path, text, pinned):
    found = [(one.name, one.version) for one in read_manifest(path, text)]

    assert pinned in found if pinned else found == []


def test_files_of_other_sorts_are_no_manifests():
    assert not is_manifest("src/a.py")
    assert not is_manifest("a/b/c/d/e/package.json")


@pytest.mark.parametrize(
    ("said", "text", "verdict"),
    [
        ("Postgres 16", "image: postgres:16.2", AnchorVerdict.FRESH),
        ("PostgreSQL 16.1", "image: postgres:16.2", AnchorVerdict.CHANGED),
        ("postgres:16-alpine", "image: postgres:16.2", AnchorVerdict.FRESH),
        ("Postgres 1", "image: postgres:16.2", AnchorVerdict.CHANGED),
        ("Redis 7", "image: postgres:16.2", AnchorVerdict.UNKNOWN),
    ],
)
def test_versions_agree_as_far_as_both_go(said, text, verdict):
    anchor = Anchor(type="version", name=said)

    found = check_versions([anchor], read_manifest("compose.yml", text))

    assert found[anchor].checked.verdict is verdict


@pytest.mark.parametrize(
    ("said", "manifests", "verdict"),
    [
        (
            "Python 3.11",
            {"docs/Dockerfile": "FROM python:3.9", "pyproject.toml": 'requires-python = "==3.11"'},
            AnchorVerdict.FRESH,
        ),
        (
            "Java 17",
            {"Dockerfile": "FROM openjdk:8", "pom.xml": "<java.version>17</java.version>"},
            AnchorVerdict.FRESH,
        ),
        (
            "Node 20",
            {
                "package.json": '{"engines": {"node": "20"}}',
                "site/package.json": '{"engines": {"node": "14"}}',
            },
            AnchorVerdict.FRESH,
        ),
        (
            "React 18",
            {
                f"packages/{v}/package.json": f'{{"dependencies": {{"react": "{v}"}}}}'
                for v in (17, 18)
            },
            AnchorVerdict.UNKNOWN,
        ),
        ("Python 3.11", {"pyproject.toml": 'requires-python = ">=3.9"'}, AnchorVerdict.UNKNOWN),
        ("Java 11", {"src/site-docker/Dockerfile": "FROM openjdk:11"}, AnchorVerdict.UNKNOWN),
        (
            "React 18.3",
            {"package.json": '{"dependencies": {"react": "^18.2.0"}}'},
            AnchorVerdict.UNKNOWN,
        ),
        (
            "React 19",
            {"package.json": '{"dependencies": {"react": "^18.2.0"}}'},
            AnchorVerdict.CHANGED,
        ),
        ("Rails 7.2", {"Gemfile": 'gem "rails", "~> 7.1"'}, AnchorVerdict.UNKNOWN),
        ("Rails 7.2", {"Gemfile": 'gem "rails", "~> 7.1.3"'}, AnchorVerdict.CHANGED),
        ("Python 3.8", {"pyproject.toml": 'requires-python = ">=3.9"'}, AnchorVerdict.CHANGED),
        ("Go 1.7+", {"go.mod": "module x\n\ngo 1.25.8\n"}, AnchorVerdict.FRESH),
        ("Python 3.8+", {"pyproject.toml": 'requires-python = ">=3.9"'}, AnchorVerdict.FRESH),
        ("Go 1.26+", {"go.mod": "module x\n\ngo 1.25.8\n"}, AnchorVerdict.CHANGED),
    ],
)
def test_a_version_is_that_of_the_manifest_that_governs(said, manifests, verdict):
    anchor = Anchor(type="version", name=said)
    pinned = [one for path, text in manifests.items() for one in read_manifest(path, text)]

    assert check_versions([anchor], pinned)[anchor].checked.verdict is verdict
