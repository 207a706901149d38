"""Parameters of Spring's handlers that are made by classes of the project."""

from __future__ import annotations

import pytest

ASKED = 'String token = web.getHeader("token");\n'


def program(body: str, given: str) -> dict[str, str]:
    return {
        "pom.xml": "<project><artifactId>spring-boot-starter-web</artifactId></project>",
        "src/main/java/shop/Orders.java": "package shop;\n@RestController\nclass Orders {\n"
        f'@GetMapping("/mine") Order mine({given}) {{ return find(); }}\n'
        '@GetMapping("/all") Order all(Long page) { return find(); }\n}\n',
        "src/main/java/shop/Web.java": "package shop;\nclass Web implements WebMvcConfigurer {\n"
        "public void addArgumentResolvers(List<HandlerMethodArgumentResolver> all) {\n"
        "all.add(new Resolver());\n}\n}\n",
        "src/main/java/shop/Resolver.java": "package shop;\n"
        "class Resolver implements HandlerMethodArgumentResolver {\n"
        "public boolean supportsParameter(MethodParameter one) {\n"
        "return one.hasParameterAnnotation(LoginUser.class)"
        " && one.getParameterType().equals(Long.class);\n}\n"
        "public Object resolveArgument(MethodParameter one, NativeWebRequest web) {\n"
        f"{ASKED}{body}\n}}\n}}\n",
    }


@pytest.mark.parametrize(
    ("note", "body", "answer"),
    [
        ("@RequireLogin", "return 1;", "unknown"),
        ("@Timed", "return 1;", "no"),
        ("", "if (one == null) { return fail(Code.NEED_LOGIN); } return 1;", "unknown"),
        ("", 'throw new BusinessException("not logged in");', "unknown"),
    ],
)
def test_what_is_called_so_may_refuse(read, note, body, answer):
    hooks = f'package shop;\n@RestController\nclass Hooks {{\n{note}\n@GetMapping("/hook")\n'
    hooks += f"Object hook(Object one) {{ {body} }}\n}}\n"
    files = program("return 1;", "Long id") | {"src/main/java/shop/Hooks.java": hooks}

    assert {one.path: one.auth.answer for one in read(files).routes}["/hook"] == answer


def test_a_handler_that_compares_a_signature_may_refuse(read):
    code = read(program("return 1;", "@RequestHeader String sign") | {
        "src/main/java/shop/Hooks.java": "package shop;\n@RestController\nclass Hooks {\n"
        '@PostMapping("/hook") String hook(byte[] sign) {\n'
        'if (!MessageDigest.isEqual(sign, made())) { return "bad"; }\nreturn "ok";\n}\n}\n'
    })  # fmt: skip

    assert {one.path: one.auth.answer for one in code.routes}["/hook"] == "unknown"


def test_what_spring_makes_of_a_request_itself_no_class_of_the_project_makes(read):
    files = program("throw new LoginException();", "@RequestBody Long user")
    file = "src/main/java/shop/Resolver.java"
    files[file] = files[file].replace("one.hasParameterAnnotation(LoginUser.class) && ", "")

    assert {one.path: one.auth.answer for one in read(files).routes} == {
        "/mine": "no",
        "/all": "yes",
    }


def test_of_two_that_make_parameters_in_one_file_each_makes_its_own(read):
    files = program("return 1;", "@Paged Long user")
    file = "src/main/java/shop/Resolver.java"
    other = files[file].replace("package shop;\n", "").replace("class Resolver", "class Pages")
    refuses = files[file].replace("return 1;", "throw new LoginException();")
    files[file] = refuses + other.replace("LoginUser", "Paged")

    assert {one.path: one.auth.answer for one in read(files).routes}["/mine"] == "no"


@pytest.mark.parametrize(
    ("body", "given", "answer"),
    [
        ("if (token == null) { throw new LoginException(); } return find(token);",
         "@LoginUser Long user", "yes"),
        ("if (token == null) { throw new LoginException(); } return find(token);", "Long id", "no"),
        ("if (token == null) { throw new CaptchaTokenException(); } return find(token);",
         "@LoginUser Long user", "unknown"),
        ("if (token == null) { return null; } return find(token);", "@LoginUser Long user", "no"),
        ("return find(token).orElseThrow();", "@LoginUser Long user", "unknown"),
        ("if (one.isNeeded() && token == null) { throw new LoginException(); } return 1;",
         "@LoginUser Long user", "unknown"),
    ],
)  # fmt: skip
def test_what_makes_a_parameter_may_refuse_who_shows_nothing(read, body, given, answer):
    code = read(program(body, given))

    assert {one.path: one.auth.answer for one in code.routes} == {"/mine": answer, "/all": "no"}


def test_what_nobody_registers_makes_no_parameter_for_sure(read):
    files = program("if (token == null) throw new UnauthorizedException();\nreturn find(token);",
                    "@LoginUser Long user")  # fmt: skip
    registered = {one.path: one.auth.answer for one in read(files).routes}
    files["src/main/java/shop/Web.java"] = "package shop;\nclass Web {}\n"

    code = read(files)

    assert registered["/mine"] == "yes"
    assert {one.path: one.auth.answer for one in code.routes}["/mine"] == "unknown"
