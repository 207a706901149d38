"""Interceptors of Spring: what each refuses, and before which paths it is put."""

from __future__ import annotations

import pytest

FILES = {
    "pom.xml": "<project><artifactId>spring-boot-starter-web</artifactId></project>",
    "src/main/java/shop/Orders.java": "package shop;\n@RestController\nclass Orders {\n"
    '@GetMapping("/admin/orders") Order a() {}\n@GetMapping("/admin/login") Order b() {}\n'
    '@GetMapping("/open") Order c() {}\n}\n',
}
LOGIN = (
    'if (request.getSession().getAttribute("user") == null) {'
    ' r.sendRedirect("/login"); return false; }'
)


def program(body: str, put: str) -> dict[str, str]:
    return FILES | {
        "src/main/java/shop/Login.java": "package shop;\n"
        "public class Login implements HandlerInterceptor {\n"
        "public boolean preHandle(HttpServletRequest request, HttpServletResponse r, Object o) {\n"
        f"{body}\n}}\n}}\n",
        "src/main/java/shop/Config.java": "package shop;\n@Configuration\n"
        "class Config implements WebMvcConfigurer {\n@Autowired private Login login;\n"
        'static final String[] OPEN = {"/admin/login", "/open"};\n'
        f"public void addInterceptors(InterceptorRegistry registry) {{ {put} }}\n}}\n",
    }


def auths(code) -> list[str]:
    return [one.auth.answer for one in code.routes]


@pytest.mark.parametrize(
    ("put", "expected"),
    [
        ("registry.addInterceptor(login);", ["yes", "yes", "yes"]),
        ('registry.addInterceptor(login).addPathPatterns("/admin/**")'
         '.excludePathPatterns("/admin/login");', ["yes", "no", "no"]),
        ("registry.addInterceptor(new Login()).excludePathPatterns(OPEN);", ["yes", "no", "no"]),
        ('registry.addInterceptor(login).excludePathPatterns(Arrays.asList("/open"));',
         ["yes", "yes", "no"]),
        ('var one = registry.addInterceptor(login); one.addPathPatterns("/admin/**");',
         ["yes", "yes", "no"]),
        ("registry.addInterceptor(login).excludePathPatterns(settings.getOpen());",
         ["unknown", "unknown", "unknown"]),
        ("if (on) { registry.addInterceptor(login); }", ["unknown", "unknown", "unknown"]),
    ],
)  # fmt: skip
def test_an_interceptor_refuses_below_the_paths_that_it_is_put_before(read, put, expected):
    assert auths(read(program(f"{LOGIN} return true;", put))) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f"{LOGIN} else {{ return true; }}", ["yes", "yes", "yes"]),
        ('if (request.getHeader("token") == null) { throw new Forbidden(); } return true;',
         ["yes", "yes", "yes"]),
        ("return request.getSession().getAttribute(\"user\") != null;", ["yes", "yes", "yes"]),
        ('String path = request.getServletPath();\nif (path.startsWith("/admin") && null == '
         'request.getSession().getAttribute("user")) { return false; } return true;',
         ["yes", "yes", "unknown"]),
        (f"if (o.isFree()) {{ return true; }} {LOGIN} return true;",
         ["unknown", "unknown", "unknown"]),
        ("if (isRepeated(request)) { return false; } return true;", ["no", "no", "no"]),
        ('if (request.getHeader("token") == null) { throw new NoAuthorization(); } return true;',
         ["yes", "yes", "yes"]),
        ('if (request.getHeader("X-Id") == null) { throw new AuthorNotFound(); } return true;',
         ["no", "no", "no"]),
    ],
)  # fmt: skip
def test_what_an_interceptor_does_with_who_shows_nothing(read, body, expected):
    assert auths(read(program(body, "registry.addInterceptor(login);"))) == expected


@pytest.mark.parametrize(
    ("does", "answer"),
    [
        ("try { keys.check(q); } catch (Bad e) { throw e; } c.doFilter(q, r);", "unknown"),
        ("try { keys.check(q); } catch (Bad e) { throw other(e); } c.doFilter(q, r);", "unknown"),
        ("if (keys.bad(q)) { throw failed; } c.doFilter(q, r);", "unknown"),
        ("try { c.doFilter(q, r); } catch (Bad e) { count(e); throw e; }", "no"),
        ("c.doFilter(q, r);", "no"),
    ],
)
def test_a_filter_that_throws_on_what_something_threw_may_refuse(read, does, answer):
    named = (
        "package shop;\nclass F extends OncePerRequestFilter {\n"
        f"void doFilterInternal(Request q, Response r, FilterChain c) {{ {does} }}\n}}\n"
    )

    assert set(auths(read({**FILES, "src/main/java/shop/F.java": named}))) == {answer}
