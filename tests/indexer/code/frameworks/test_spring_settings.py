"""Spring: lists of open paths that settings declare, in the application that they are of."""

from __future__ import annotations

import pytest

CONFIG = """package shop.security;
@Configuration public class Secured {
    @Autowired private Open open;
    @Bean SecurityFilterChain chain(HttpSecurity http) {
        var registry = http.authorizeRequests();
        for (String url : open.getUrls()) { registry.antMatchers(url).permitAll(); }
        registry.anyRequest().authenticated();
        return http.build();
    }
}
"""
OPEN = """package shop.security;
@ConfigurationProperties(prefix = "secure.ignored")
public class Open { private List<String> urls = new ArrayList<>(); }
"""
CONTROLLER = """package shop.web;
@RestController public class Orders {
    @GetMapping("/orders/{id}") public Order show(@PathVariable Long id) { return null; }
    @GetMapping("/login") public Order login() { return null; }
}
"""
APPLICATION = "package shop;\n@SpringBootApplication public class Shop {}"
YAML = "secure:\n  ignored:\n    urls:\n      - /login\n      - /**/*.html\ndb:\n  password: x\n"
POM = (
    "<project><parent><artifactId>all</artifactId></parent><artifactId>{}</artifactId>{}</project>"
)
NEEDS = "<dependencies><dependency><artifactId>lib</artifactId></dependency></dependencies>"
MAIN = "app/src/main"


def files(**changes: str) -> dict[str, str]:
    """An application, the library with its filter chain, and its settings."""
    return {
        "app/pom.xml": POM.format("app", NEEDS),
        "lib/pom.xml": POM.format("lib", ""),
        "lib/src/main/java/shop/security/Secured.java": CONFIG,
        "lib/src/main/java/shop/security/Open.java": OPEN,
        f"{MAIN}/java/shop/web/Orders.java": CONTROLLER,
        f"{MAIN}/java/shop/Shop.java": APPLICATION,
        f"{MAIN}/resources/application.yml": YAML,
    } | changes


def answers(code) -> dict[str, str]:
    return {one.path: one.auth.answer for one in code.routes}


def test_what_settings_do_not_open_is_closed_and_the_file_is_named(read):
    code = read(files())

    assert answers(code) == {"/login": "no", "/orders/{id}": "yes"}
    assert {one.auth.evidence.partition(", ")[2] for one in code.routes} == {
        f"as {MAIN}/resources/application.yml declares"
    }


def test_a_text_in_a_path_may_end_as_what_is_open_does(read):
    changed = files()
    changed[f"{MAIN}/java/shop/web/Orders.java"] = CONTROLLER.replace("Long id", "String id")

    assert answers(read(changed)) == {"/login": "no", "/orders/{id}": "unknown"}


@pytest.mark.parametrize(
    "changes",
    [
        {f"{MAIN}/resources/application-prod.yml": YAML},  # another profile
        {f"{MAIN}/resources/application.yml": f"---\n{YAML}---\n{YAML}"},
        {f"{MAIN}/resources/application.yml": YAML.replace("- /login", "- ${OPEN}")},
        {f"{MAIN}/resources/application.yml": "server:\n  port: 1\n"},
        {f"{MAIN}/resources/application.yml": "a: @b@\n"},
        {"app/pom.xml": POM.format("app", "")},  # the library is in another application
        {f"{MAIN}/java/shop/Shop.java": "", f"{MAIN}/java/other/Shop.java": APPLICATION},
    ],
)  # fmt: skip
def test_settings_that_say_several_things_or_are_of_another_application_decide_nothing(
    read, changes
):
    second = {"web/src/main/java/shop/Web.java": APPLICATION, "web/pom.xml": POM.format("web", "")}

    assert set(answers(read(files(**second, **changes))).values()) == {"unknown"}


@pytest.mark.parametrize(
    "said", ["secure.ignored.urls=/login,/x", "secure.ignored.urls[0]=/login\n"]
)
def test_settings_may_be_written_as_properties(read, said):
    changed = files(**{f"{MAIN}/resources/application.properties": said})
    del changed[f"{MAIN}/resources/application.yml"]

    assert answers(read(changed)) == {"/login": "no", "/orders/{id}": "yes"}


def test_of_settings_only_lists_of_paths_are_kept():
    from indexer.code.registry import language_of, read_file

    said = YAML + "auth:\n  public-key: secret\n  open: /x,/y\n"
    facts = read_file(language_of(f"{MAIN}/resources/application.yml"), said.encode())

    assert {one.name: one.data["is"] for one in facts.marks} == {
        "secure.ignored.urls": ["/login", "/**/*.html"],
        "auth.publickey": None,
        "auth.open": ["/x", "/y"],
    }


def test_the_class_that_decides_instead_of_rules_is_named(read):
    changed = files()
    changed["lib/src/main/java/shop/security/Secured.java"] = """package shop.security;
@Configuration public class Secured {
    @Autowired Decider decider;
    @Bean SecurityFilterChain chain(HttpSecurity http) {
        http.authorizeRequests().accessDecisionManager(decider);
        return http.build();
    }
}
"""
    decider = "package shop.security;\npublic class Decider implements AccessDecisionManager {}"
    changed["lib/src/main/java/shop/security/Decider.java"] = decider

    assert {one.auth for one in read(changed).routes} == {
        ("unknown", "Decider (lib/src/main/java/shop/security/Decider.java:2)",
         "a class of the project decides for each request")
    }  # fmt: skip


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Answer.of(Code.SUCCESS)", "no"),
        ("Answer.of(Code.FAILED)", "no"),
        ("Answer.of(Code.UNKNOWN_TOKEN)", "unknown"),
        ("Answer.nobody()", "unknown"),
    ],
)
def test_a_constant_refuses_only_if_it_stands_for_that(read, said, expected):
    changed = files()
    changed["lib/src/main/java/shop/Code.java"] = """package shop;
public enum Code {
    SUCCESS(200), FAILED(500), UNKNOWN_TOKEN(7), NOBODY(401);
    private int number;
    Code(int number) { this.number = number; }
    public int getNumber() { return number; }
}
"""
    changed["lib/src/main/java/shop/Answer.java"] = """package shop;
public class Answer {
    static Answer of(Code code) { return new Answer(Code.SUCCESS.getNumber()); }
    static Answer nobody() { return new Answer(Code.NOBODY.getNumber()); }
}
"""
    changed[f"{MAIN}/java/shop/web/Orders.java"] = """package shop.web;
import shop.Answer;
import shop.Code;
@RestController public class Orders {
    @GetMapping("/login") public Answer login() { return SAID; }
}
""".replace("SAID", said)

    assert answers(read(changed)) == {"/login": expected}


LISTED = """package shop.security;
@Configuration public class Secured {{
    private static final String[] OPEN = {{ "/login", "/a/**" }};
    @Bean SecurityFilterChain chain(HttpSecurity http) {{
        List<String> open = new ArrayList<>(Arrays.asList(OPEN));
        {more}
        http.authorizeHttpRequests(auth -> auth
            .requestMatchers(open.toArray(new String[0])).permitAll().anyRequest().authenticated());
        return http.build();
    }}
}}
"""


@pytest.mark.parametrize(
    ("more", "login", "orders"),
    [
        ("", "no", "yes"),
        ('open.add("/orders/**");', "no", "no"),
        ('if (on) { open.addAll(List.of("/docs/**")); }', "no", "yes"),
        ('if (on) { open.add("/orders/*"); }', "no", "unknown"),
        ("open.addAll(settings.getOpen());", "no", "unknown"),
        ("fill(open);", "unknown", "unknown"),
        ('open.remove("/login");', "unknown", "unknown"),
    ],
)
def test_a_list_of_paths_holds_what_its_method_puts_into_it(read, more, login, orders):
    changed = files()
    changed["lib/src/main/java/shop/security/Secured.java"] = LISTED.format(more=more)

    assert answers(read(changed)) == {"/login": login, "/orders/{id}": orders}


ORDERED = """package shop.security;
@Configuration public class Secured {{
    {first}
    @Bean SecurityFilterChain one(HttpSecurity http) {{
        http.securityMatcher("/orders/**")
            .authorizeHttpRequests(a -> a.anyRequest().authenticated());
        return http.build();
    }}
    {second}
    @Bean SecurityFilterChain two(HttpSecurity http) {{
        http.authorizeHttpRequests(a -> a.requestMatchers("/login").permitAll()
            .requestMatchers("/orders/**").permitAll().anyRequest().authenticated());
        return http.build();
    }}
}}
"""


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("@Order(1)", "@Order(2)", "yes"),
        ("@Order(1)", "", "yes"),
        ("@Order(2)", "@Order(1)", "no"),
        ("@Order(1)", "@Order(1)", "unknown"),
        ("", "", "unknown"),
        ("@Order(1)", "@Order(Ordered.HIGHEST_PRECEDENCE)", "unknown"),
    ],
)
def test_of_several_chains_the_first_that_is_for_a_path_decides(read, first, second, expected):
    changed = files()
    chains = ORDERED.format(first=first, second=second)
    changed["lib/src/main/java/shop/security/Secured.java"] = chains

    assert answers(read(changed))["/orders/{id}"] == expected
