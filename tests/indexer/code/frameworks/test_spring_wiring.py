"""Spring: what is injected where, and who hears an event; nothing where it is not evident."""

from __future__ import annotations

import pytest

PORT = "package shop;\npublic interface Mailer {}\n"
SMTP = "package shop;\n@Service {notes}\nclass Smtp implements Mailer {{}}\n"
FAKE = "package shop;\n@Component {notes}\nclass Fake implements Mailer {{}}\n"


def wired(code) -> list[tuple[str, str]]:
    return [
        (one.source.symbol, one.target.symbol) for one in code.edges if one.grade == "framework"
    ]


def undecided(code) -> list[str]:
    return [one.reason for one in code.unresolved if one.what == "wiring"]


def files(**classes: str) -> dict[str, str]:
    return {f"src/main/java/shop/{name}.java": text for name, text in classes.items()}


def orders(inside: str, notes: str = "@Service") -> str:
    return f"package shop;\n{notes}\nclass Orders {{\n{inside}\n}}\n"


@pytest.mark.parametrize(
    ("notes", "inside"),
    [
        ("@Service", "private final Mailer m;\nOrders(Mailer m) { this.m = m; }"),
        ("@RestController", "@Autowired Mailer m;"),
        ("@Service", "@Resource private Mailer m;"),
        ("@Service @RequiredArgsConstructor", "private final Mailer m;"),
        ("@UseCase", "Orders(ObjectProvider<Mailer> m) {}"),
        ("@Service", "Orders() {}\n@Autowired Orders(List<Mailer> m) {}"),
        ("@Service", "@Autowired void setMailer(Mailer m) {}"),
    ],
)
def test_what_is_injected_is_the_only_bean_that_implements_it(read, notes, inside):
    usecase = "package shop;\n@Component\n@interface UseCase {}\n"
    code = read(
        files(
            Mailer=PORT, Smtp=SMTP.format(notes=""), Orders=orders(inside, notes), UseCase=usecase
        )
    )

    assert [(source.partition(".")[0], target) for source, target in wired(code)] == [
        ("Orders", "Smtp")
    ]


@pytest.mark.parametrize(
    ("smtp", "fake", "inside", "expected"),
    [
        ("@Primary", "", "Orders(Mailer m) {}", ["Smtp"]),
        ("", "", 'Orders(@Qualifier("fake") Mailer m) {}', ["Fake"]),
        ('@Qualifier("real")', "", 'Orders(@Qualifier("real") Mailer m) {}', ["Smtp"]),
        ("", "", "@Autowired Mailer smtp;", ["Smtp"]),
        ("", "", "Orders(Map<String, Mailer> m) {}", ["Smtp", "Fake"]),
        ("", "", "Orders(Mailer m) {}", "several beans fit"),
        ('@Profile("x")', '@Profile("y")', "Orders(Mailer m) {}", "several beans fit"),
    ],
)
def test_of_several_beans_the_one_that_is_named_or_none(read, smtp, fake, inside, expected):
    code = read(
        files(
            Mailer=PORT,
            Smtp=SMTP.format(notes=smtp),
            Fake=FAKE.format(notes=fake),
            Orders=orders(inside),
        )
    )

    if isinstance(expected, str):
        assert (wired(code), undecided(code)) == ([], [expected])
    else:
        assert sorted(target for _, target in wired(code)) == sorted(expected)
        assert undecided(code) == []


@pytest.mark.parametrize(
    ("smtp", "reason"),
    [
        ('@Service @ConditionalOnProperty("x") class Smtp implements Mailer {}',
         ["its only bean is made under a condition"]),
        ("class Smtp implements Mailer {}", ["nothing that implements it is seen to be a bean"]),
        ("@Service abstract class Smtp implements Mailer {}",
         ["nothing that implements it is seen to be a bean"]),
        ("class Smtp {}", []),
    ],
)  # fmt: skip
def test_what_is_not_evident_is_told(read, smtp, reason):
    code = read(
        files(Mailer=PORT, Smtp=f"package shop;\n{smtp}\n", Orders=orders("Orders(Mailer m) {}"))
    )

    assert (wired(code), undecided(code)) == ([], reason)


def test_a_method_makes_a_bean(read):
    config = (
        "package shop;\n@Configuration\nclass Config {\n"
        "@Bean Mailer mailer() { return new Smtp(); }\n}\n"
    )
    smtp = "package shop;\nclass Smtp implements Mailer {}\n"
    code = read(files(Mailer=PORT, Smtp=smtp, Config=config, Orders=orders("Orders(Mailer m) {}")))

    assert wired(code) == [("Orders", "Smtp")]


def test_who_hears_an_event(read):
    text = (
        "void a() { events.publishEvent(new Placed(1)); }\n"
        "void b() { events.publishEvent(made()); }"
    )
    listener = "package shop;\n@Component\nclass Log {\n@EventListener void on(Placed p) {}\n}\n"
    placed = "package shop;\nclass Placed {}\n"
    code = read(files(Orders=orders(text), Log=listener, Placed=placed))

    assert wired(code) == [("Orders.a", "Log.on")]
    assert undecided(code) == ["the class of the event is not stated where it is published"]


def test_a_class_without_a_name_is_given_by_the_method_that_makes_it(read):
    config = "package shop;\n@Configuration\nclass Config {\n"
    config += "@Bean Mailer mailer() { return new Mailer() { void send() {} }; }\n}\n"

    code = read(files(Mailer=PORT, Config=config, Orders=orders("Orders(Mailer m) {}")))

    assert ("Orders", "Config.mailer") in wired(code)
