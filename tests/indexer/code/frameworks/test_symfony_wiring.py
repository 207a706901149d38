"""Symfony: what is autowired, who hears events, who handles messages."""

from __future__ import annotations

import pytest

HEAD = "<?php\nnamespace App;\n"
PARTS = {
    "config/bundles.php": "<?php\nreturn [];\n",
    "src/Mailer.php": HEAD + "interface Mailer {}\n",
    "src/Smtp.php": HEAD + "class Smtp extends Base {}\n",
    "src/Base.php": HEAD + "abstract class Base implements Mailer {}\n",
    "src/Placed.php": HEAD + "class Placed {}\n",
}
FAKE = {"src/Fake.php": HEAD + "class Fake implements Mailer {}\n"}
ASKS = HEAD + "class Orders {\nfunction __construct(private Mailer $m) {}\n}\n"


def wired(code) -> list[str]:
    return [
        f"{one.source.symbol} {one.target.symbol}" for one in code.edges if one.grade == "framework"
    ]


def undecided(code) -> list[str]:
    return [one.reason for one in code.unresolved if one.what == "wiring"]


@pytest.mark.parametrize(
    ("files", "expected", "reason"),
    [
        ({}, ["Orders.__construct Smtp"], []),
        ({"tests/Fake.php": FAKE["src/Fake.php"]}, ["Orders.__construct Smtp"], []),
        (FAKE, [], ["several classes implement it"]),
        ({"src/Fake.php": HEAD + "#[AsAlias(Mailer::class)]\nclass Fake implements Mailer {}\n"},
         ["Orders.__construct Fake"], []),
        (FAKE | {"src/Orders.php": ASKS.replace(
            "private", "#[Autowire(service: Fake::class)] private")},
         ["Orders.__construct Fake"], []),
        (FAKE | {"src/Orders.php": ASKS.replace(
            "private", r"#[\Symfony\DI\Autowire(service: Fake::class)] private")},
         ["Orders.__construct Fake"], []),
        ({"src/Orders.php": ASKS.replace("private", "#[Target('x')] private")},
         [], ["an attribute decides"]),
        ({"src/Orders.php": HEAD + "class OrderController {\n"
          "public function show(Mailer $m) {}\nprivate function a(Mailer $m) {}\n}\n"},
         ["OrderController.show Smtp"], []),
        ({"src/Orders.php": HEAD + "class Orders {\nfunction send(Mailer $m) {}\n}\n"}, [], []),
    ],
)  # fmt: skip
def test_an_interface_is_given_as_its_only_class_or_as_somebody_says(read, files, expected, reason):
    code = read(PARTS | {"src/Orders.php": ASKS} | files)

    assert (wired(code), undecided(code)) == (expected, reason)


@pytest.mark.parametrize(
    ("services", "expected"),
    [
        ("  App\\Mailer: '@App\\Fake'\n", ["Orders.__construct Fake"]),
        ("  App\\Mailer:\n    alias: App\\Fake\n", ["Orders.__construct Fake"]),
        ("  App\\Mailer: '@mail'\n  mail:\n    class: App\\Fake\n", ["Orders.__construct Fake"]),
        ("  _defaults:\n    bind:\n      $m: '@App\\Fake'\n", ["Orders.__construct Fake"]),
        (
            "  _defaults:\n    bind:\n      App\\Mailer $m: '@App\\Fake'\n",
            ["Orders.__construct Fake"],
        ),
        ("  App\\Orders:\n    arguments: {$m: '@App\\Smtp'}\n", ["Orders.__construct Smtp"]),
        ("  App\\Orders:\n    arguments: {$other: '@App\\Smtp'}\n", []),
        ("  App\\Mailer $m: '@App\\Fake'\n", ["Orders.__construct Fake"]),
        ("  App\\Mailer $other: '@App\\Fake'\n", []),
        ("  App\\Mailer: '@foreign.mailer'\n", []),
        (
            "  App\\Mailer: '@App\\Smtp'\n  App\\Fake:\n    decorates: App\\Mailer\n",
            ["Orders.__construct Fake"],
        ),
        ("  App\\:\n    resource: '../src/'\n", []),
    ],
)
def test_yaml_states_which_service_is_given(read, services, expected):
    config = {"config/services.yaml": f"services:\n{services}"}

    assert wired(read(PARTS | FAKE | {"src/Orders.php": ASKS} | config)) == expected


def test_what_services_are_in_tests_only_states_nothing(read):
    config = {"config/services_test.yaml": "services:\n  App\\Mailer: '@App\\Fake'\n"}

    assert wired(read(PARTS | FAKE | {"src/Orders.php": ASKS} | config)) == []


@pytest.mark.parametrize(
    ("name", "heard", "expected"),
    [
        ("Placed::NAME", "Placed::NAME", ["Shop.go Log.hear"]),
        ("'order.placed'", "'order.placed'", ["Shop.go Log.hear"]),
        ("Placed::NAME", "Placed::OTHER", []),
        ("Placed::NAME", "Placed::class", []),
        ("Foreign::NAME", "Foreign::NAME", ["Shop.go Log.hear"]),
    ],
)
def test_an_event_that_is_given_a_name_is_heard_by_that_name(read, name, heard, expected):
    code = {
        "src/Log.php": HEAD + "class Log implements EventSubscriberInterface {\n"
        "function hear($p) {}\nstatic function getSubscribedEvents() {\n"
        f"return [{heard} => 'hear', Placed::SECOND => 'x'];\n}}\n}}\n",
        "src/Shop.php": HEAD + "class Shop {\nfunction go() {\n"
        f"$this->bus->dispatch(new Placed(), {name});\n}}\n}}\n",
    }

    found = read(PARTS | code)

    assert wired(found) == expected
    assert len(undecided(found)) == (not expected)


def test_a_listener_is_stated_by_a_tag(read):
    config = {
        "config/services.yaml": "services:\n  App\\Log:\n    tags:\n"
        "      - {name: kernel.event_listener, event: App\\Placed, method: hear}\n"
        "      - kernel.reset\n",
    }
    code = {
        "src/Log.php": HEAD + "class Log {\nfunction hear($placed) {}\n}\n",
        "src/Shop.php": HEAD
        + "class Shop {\nfunction go() { $this->bus->dispatch(new Placed()); }\n}\n",
    }

    assert wired(read(PARTS | code | config)) == ["Shop.go Log.hear"]


def test_without_an_application_of_symfony_nothing_is_autowired(read):
    files = {path: text for path, text in PARTS.items() if "bundles" not in path}

    assert wired(read(files | {"src/Orders.php": ASKS})) == []


HEARD = [
    "#[AsEventListener]\nclass Log { function __invoke(Placed $p) {} }",
    "#[AsEventListener(event: Placed::class, method: '__invoke')]\n"
    "class Log { function __invoke($p) {} }",
    "class Log { #[AsEventListener]\nfunction __invoke(Placed $p) {} }",
    "#[AsMessageHandler]\nclass Log { function __invoke(Placed $p) {} }",
    "class Log implements EventSubscriberInterface { function __invoke($p) {}\n"
    "static function getSubscribedEvents() { return [Placed::class => ['__invoke', 10]]; } }",
    "class Log implements EventSubscriberInterface { function __invoke($p) {}\n"
    "static function getSubscribedEvents() { return [Placed::class => [['__invoke']]]; } }",
]


@pytest.mark.parametrize("log", HEARD)
@pytest.mark.parametrize(
    "inside",
    [
        "$this->bus->dispatch(new Placed());",
        "$e = new Placed(); $bus->dispatch($e, [new DelayStamp(5)]);",
    ],
)
def test_who_hears_or_handles_what_is_dispatched(read, log, inside):
    orders = HEAD + f"class Orders {{\nfunction a($bus) {{ {inside} }}\n}}\n"
    code = read(PARTS | {"src/Orders.php": orders, "src/Log.php": f"{HEAD}{log}\n"})

    assert (wired(code), undecided(code)) == (["Orders.a Log.__invoke"], [])


def test_what_nobody_is_said_to_handle_is_told(read):
    orders = HEAD + "class Orders {\nfunction a($bus) { $bus->dispatch(new Placed()); }\n}\n"
    code = read(PARTS | {"src/Orders.php": orders})

    assert undecided(code) == ["nothing that hears or handles it is stated"]
