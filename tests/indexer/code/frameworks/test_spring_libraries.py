"""Interceptors of libraries for Spring that are known by their documentation."""

from __future__ import annotations

import pytest

BUILD = {"pom.xml": "<project><artifactId>spring-boot-starter-web</artifactId></project>"}
XXL = "import com.xxl.sso.core.auth.interceptor.XxlSsoWebInterceptor;\n"
SA = "import cn.dev33.satoken.interceptor.SaInterceptor;\n"
FIELD = '@Value("${sso.excluded.paths}") private String excluded;'
SETTINGS = "src/main/resources/application.properties"


def program(put: str, imports: str = XXL, settings: str = "sso.excluded.paths=/open\n") -> dict:
    return BUILD | {
        SETTINGS: settings,
        "src/main/java/shop/Orders.java": "package shop;\n@RestController\nclass Orders {\n"
        '@GetMapping("/a") Order a() {}\n'
        '@GetMapping("/b") @XxlSso(login = false) @SaIgnore Order b() {}\n'
        '@GetMapping("/open") Order c() {}\n'
        '@GetMapping("/d") @XxlSso(role = "admin") Order d() {}\n}\n',
        "src/main/java/shop/Config.java": f"package shop;\n{imports}@Configuration\n"
        f"class Config implements WebMvcConfigurer {{\n{FIELD}\n"
        f"public void addInterceptors(InterceptorRegistry registry) {{ {put} }}\n}}\n",
    }


def auths(code) -> list[str]:
    return [one.auth.answer for one in code.routes]


NOT_TOLD = ["unknown"] * 4


@pytest.mark.parametrize(
    ("put", "expected"),
    [
        ('registry.addInterceptor(new XxlSsoWebInterceptor("/login"));',
         ["yes", "no", "yes", "yes"]),
        ('registry.addInterceptor(new XxlSsoWebInterceptor("/a, /x", "/login"));',
         ["no", "no", "yes", "yes"]),
        ("XxlSsoWebInterceptor one = new XxlSsoWebInterceptor(excluded, login);"
         ' registry.addInterceptor(one).addPathPatterns("/**");', ["yes", "no", "no", "yes"]),
        ("XxlSsoWebInterceptor one = new XxlSsoWebInterceptor(excluded, login);"
         " one.skip(all); registry.addInterceptor(one);", NOT_TOLD),
        ("registry.addInterceptor(new XxlSsoWebInterceptor(paths(), login));", NOT_TOLD),
        ("if (on) { registry.addInterceptor(new XxlSsoWebInterceptor(login)); }",
         ["unknown", "no", "unknown", "unknown"]),
    ],
)  # fmt: skip
def test_an_interceptor_of_xxl_sso_refuses_all_but_what_it_is_told(read, put, expected):
    assert auths(read(program(put))) == expected


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("sso.excluded.paths=\nserver.servlet.context-path=/\n", ["yes", "no", "yes", "yes"]),
        ("# none of / it\n", ["unknown", "no", "unknown", "unknown"]),
    ],
)
def test_paths_that_an_interceptor_has_of_a_setting_are_what_the_application_declares(
    read, settings, expected
):
    put = "registry.addInterceptor(new XxlSsoWebInterceptor(excluded, login));"

    assert auths(read(program(put, settings=settings))) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("h -> StpUtil.checkLogin()", ["yes", "no", "yes", "yes"]),
        ("(h) -> { StpUtil.checkLogin(); }", ["yes", "no", "yes", "yes"]),
        ("h -> SaRouter.match(paths).check(r -> StpUtil.checkLogin())", NOT_TOLD),
        ("h -> { if (on) { StpUtil.checkLogin(); } }", NOT_TOLD),
        ("", NOT_TOLD),
    ],
)
def test_an_interceptor_of_sa_token_asks_what_it_is_given(read, given, expected):
    put = f"registry.addInterceptor(new SaInterceptor({given}));"

    assert auths(read(program(put, SA))) == expected


def test_a_class_of_the_same_name_from_elsewhere_is_not_the_librarys(read):
    put = "registry.addInterceptor(new XxlSsoWebInterceptor(login));"
    imports = "import org.other.XxlSsoWebInterceptor;\n"

    assert auths(read(program(put, imports))) == NOT_TOLD


def test_a_handler_that_compares_a_token_is_not_told_as_open(read):
    put = "registry.addInterceptor(new XxlSsoWebInterceptor(login));"
    files = program(put) | {
        "src/main/java/shop/Api.java": "package shop;\n@RestController\nclass Api {\n"
        '@GetMapping("/api") @XxlSso(login = false) Order e(String accessToken) {\n'
        'if (!accessToken.equals(known())) { return bad("invalid"); } return ok(); }\n}\n',
    }

    assert {one.path: one.auth.answer for one in read(files).routes}["/api"] == "unknown"


@pytest.mark.parametrize("imports", [XXL, SA])
def test_an_annotation_exempts_no_other_method_of_the_same_name(read, imports):
    put = "registry.addInterceptor(new XxlSsoWebInterceptor(login));"
    if imports == SA:
        put = "registry.addInterceptor(new SaInterceptor(h -> StpUtil.checkLogin()));"
    files = program(put, imports) | {
        "src/main/java/shop/Api.java": "package shop;\n@RestController\nclass Api {\n"
        '@GetMapping("/e") @XxlSso(login = false) @SaIgnore Order e(String one) {}\n'
        '@GetMapping("/f") Order e(int one) {}\n'
        '@GetMapping("/g") @XxlSso(permission = "login=false") Order g() {}\n}\n',
    }
    found = {one.path: one.auth.answer for one in read(files).routes}

    assert [found[one] for one in ("/e", "/f", "/g")] == ["unknown", "unknown", "yes"]
