"""Spring: the rules of Sureness in a file of an application."""

from __future__ import annotations

import pytest

RULES = """
resourceRole:
  - /api/users/**===get===[admin,user]
  - /api/users/**===post===[]
  - /api/open/**===get===[admin]
excludedResource:
  - /api/open/**===*
  - /api/login===post
"""
FILTER = """package web;
import com.usthe.sureness.mgt.SecurityManager;
public class SurenessFilter implements jakarta.servlet.Filter {
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain) {
        try { manager.checkIn(request); } catch (Exception e) { answer(response, 401); return; }
        chain.doFilter(request, response);
    }
}
"""
OTHER_FILTER = FILTER.replace("com.usthe.sureness.mgt", "own.security").replace("Sureness", "Own")
CONTROLLER = """package web;
@RestController @RequestMapping("/api")
class Controller {
    @GetMapping("/users/{id}") String user() { return ""; }
    @PostMapping("/users") String make() { return ""; }
    @GetMapping("/open/{id}") String open() { return ""; }
    @PostMapping("/login") String login() { return ""; }
    @GetMapping("/else") String other() { return ""; }
}
"""
MAIN = """package web;
@SpringBootApplication public class Main { }
"""
POM = "<project><artifactId>{}</artifactId><dependencies>{}</dependencies></project>"
FOLDER = "app/src/main"


def project(**more: str) -> dict[str, str]:
    return {
        "pom.xml": POM.format("all", ""),
        "app/pom.xml": POM.format("app", "<artifactId>starter-sureness</artifactId>"),
        f"{FOLDER}/java/web/Main.java": MAIN,
        f"{FOLDER}/java/web/Controller.java": CONTROLLER,
        f"{FOLDER}/java/web/SurenessFilter.java": FILTER,
        f"{FOLDER}/resources/sureness.yml": RULES,
        **more,
    }


def answers(code) -> dict[str, str]:
    return {f"{one.method} {one.path}": one.auth.answer for one in code.routes}


def test_what_sureness_excludes_is_open_and_what_it_names_asks_who_it_is(read):
    assert answers(read(project())) == {
        "GET /api/users/{id}": "yes",
        "POST /api/users": "yes",
        "GET /api/open/{id}": "no",  # whatever else is said of it
        "POST /api/login": "no",
        "GET /api/else": "unknown",  # no rule is for it
    }


@pytest.mark.parametrize(
    "more",
    [
        {f"{FOLDER}/resources/sureness.yml": ""},
        {f"{FOLDER}/resources/sureness.yml": "resourceRole: [1]\n"},
        {f"{FOLDER}/resources/sureness.yml": RULES.replace("===get===", " ")},
        {"other/src/main/resources/sureness.yml": RULES},  # either may be taken
        {f"{FOLDER}/java/web/SurenessFilter.java": OTHER_FILTER},
    ],
)
def test_rules_that_are_not_understood_or_are_not_alone_tell_of_nothing_open(read, more):
    assert "no" not in answers(read(project(**more))).values()


def test_the_rules_of_an_application_are_for_the_modules_that_only_it_runs(read):
    files = project()
    files["web/pom.xml"] = POM.format("web", "")
    files["web/src/main/java/web/Controller.java"] = files.pop(f"{FOLDER}/java/web/Controller.java")
    files["app/pom.xml"] = POM.format("app", "<artifactId>web</artifactId>")
    managed = "<dependencyManagement><artifactId>web</artifactId></dependencyManagement>"
    files["job/pom.xml"] = POM.format("job", managed)
    files["job/src/main/java/web/Job.java"] = MAIN.replace("Main", "Job")

    only_one = answers(read(files))
    files["job/pom.xml"] = POM.format("job", "<artifactId>web</artifactId>")
    both = answers(read(files))

    assert (only_one["GET /api/users/{id}"], only_one["POST /api/login"]) == ("yes", "no")
    assert set(both.values()) == {"unknown"}
