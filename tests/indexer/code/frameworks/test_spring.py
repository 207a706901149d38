"""Spring: mappings of classes and methods, and what filter chains and annotations refuse."""

from __future__ import annotations

import pytest

USES = "package shop;\nimport org.springframework.web.bind.annotation.*;\n"
CONTROLLER = USES + "@RestController\n{of_class}class Orders {bases} {{\n{inside}\n}}\n"
CHAIN = """package shop;
import org.springframework.security.web.SecurityFilterChain;
@Configuration {of_class}
class Config {{
  static final String[] OPEN = {{"/open", "/tags/**"}};
  @Bean {of_method}
  SecurityFilterChain chain(HttpSecurity http) {{ {body} }}
}}
"""
BUILD = {"pom.xml": "<project><artifactId>spring-boot-starter-web</artifactId></project>"}


def orders(inside: str, of_class: str = "", bases: str = "") -> dict[str, str]:
    text = CONTROLLER.format(inside=inside, of_class=of_class, bases=bases)
    return {"src/main/java/shop/Orders.java": text}


def chain(body: str, of_class: str = "", of_method: str = "") -> dict[str, str]:
    text = CHAIN.format(body=body, of_class=of_class, of_method=of_method)
    return {"src/main/java/shop/Config.java": text}


def paths(code) -> list[str]:
    return [f"{one.method} {one.path}" for one in code.routes]


def auths(code) -> list[str]:
    return [one.auth.answer for one in code.routes]


@pytest.mark.parametrize(
    ("inside", "of_class", "expected"),
    [
        ('@GetMapping("/{id:[0-9]+}") Order a() {}', '@RequestMapping("orders")',
         ["GET /orders/{id}"]),
        ('@RequestMapping(value = {"/a", "b/"}, method = {RequestMethod.PUT, RequestMethod.GET}) '
         "Order a() {}", "", ["PUT /a", "GET /a", "PUT /b/", "GET /b/"]),
        ('@RequestMapping("/a") Order a() {}', "", ["ANY /a"]),
        ('@GetMapping("/") Order a() {}', '@RequestMapping("/a")', ["GET /a/"]),
        ('@GetMapping("/") Order a() {}', "", ["GET /"]),
        ("@PostMapping Order a() {}", '@RequestMapping(path = {"/v1", "/v2"})',
         ["POST /v1", "POST /v2"]),
        ('static final String A = Base.API + "/a";\n@DeleteMapping(A + "/b") Order a() {}', "",
         ["DELETE /api/a/b"]),
        ("@Mine Order a() {}\n@Read(\"/r\") Order b() {}", "", []),
        ('@ReadMapping("/r") Order a() {}', "", ["GET /r"]),
        ('@MessageMapping("/r") Order a() {}', "", []),
    ],
)  # fmt: skip
def test_mappings_are_joined_with_that_of_the_class(read, inside, of_class, expected):
    base = 'package shop;\ninterface Base { String API = "/api"; }\n'
    own = f"{USES}@RequestMapping(method = RequestMethod.GET)\n@interface ReadMapping {{}}\n"
    code = read(
        orders(inside, of_class)
        | {"src/main/java/shop/Base.java": base, "src/main/java/shop/ReadMapping.java": own}
    )

    assert paths(code) == expected


def test_what_a_controller_extends_or_implements_is_served_by_it(read):
    api = f'{USES}@RequestMapping("/orders")\n'
    api += 'interface Api { @GetMapping("/{id}") Order one(); }\n'
    base = f'{USES}abstract class Base {{ @GetMapping("/ping") String ping() {{}} }}\n'
    client = f'{USES}@FeignClient("x")\ninterface Client {{ @GetMapping("/far") String far(); }}\n'
    code = read(
        orders("@Override public Order one() {}", bases="extends Base implements Api")
        | {
            "src/main/java/shop/Api.java": api,
            "src/main/java/shop/Base.java": base,
            "src/main/java/shop/Client.java": client,
        }
    )

    assert [(one.method, one.path, one.symbol) for one in code.routes] == [
        ("GET", "/orders/ping", "Base.ping"),
        ("GET", "/orders/{id}", "Orders.one"),
    ]


def test_routes_that_functions_make(read):
    text = (
        "package shop;\nclass Routes {\n@Bean RouterFunction<ServerResponse> a(Handler h) {\n"
        'return route().path("/api", b -> b.GET("/x/{id}", h::show)'
        '.POST("/y", accept(JSON), h::add)).build(); }\n'
        "@Bean RouterFunction<ServerResponse> b(Handler h) {\n"
        'return nest(path("/n"), route(PUT("/z"), h::show).andRoute(DELETE(PREFIX), h::add)); }\n'
        "}\n"
    )
    handler = "package shop;\nclass Handler {\nvoid show() {}\nvoid add() {}\n}\n"
    code = read(
        {"src/main/java/shop/Routes.java": text, "src/main/java/shop/Handler.java": handler}
    )

    assert [(one.method, one.path, one.symbol) for one in code.routes] == [
        ("GET", "/api/x/{id}", "Handler.show"),
        ("POST", "/api/y", "Handler.add"),
        ("PUT", "/n/z", "Handler.show"),
    ]
    assert [one.reason for one in code.unresolved if one.what == "route"] == [
        "its path is not a literal"
    ]


def test_what_a_function_makes_that_no_bean_takes_is_served_where_nobody_knows(read):
    text = (
        "package shop;\nclass Routes {\n"
        "@Bean RouterFunction<ServerResponse> all() { return a(); }\n"
        'RouterFunction<ServerResponse> a() { return route().GET("/x", this::show).build(); }\n'
        'RouterFunction<ServerResponse> b() { return route().GET("/y", this::show).build(); }\n'
        "void show() {}\n}\n"
    )
    code = read({"src/main/java/shop/Routes.java": text})

    assert [(one.path, one.symbol) for one in code.routes] == [("/x", "Routes.show")]
    assert [(one.name, one.reason) for one in code.unresolved if one.what == "route"] == [
        ("y", "no bean of its file takes it as it is: where it is served is not known")
    ]


@pytest.mark.parametrize(
    ("given", "answers"),
    [
        ("a()", ["no"]),
        ("a().filter(this::check)", ["unknown"]),
        ('nest(path("/y"), a())', []),
        ('route().path("/y", this::a).add(a()).build()', []),
    ],
)
def test_what_a_bean_puts_around_a_function_counts(read, given, answers):
    text = (
        "package shop;\nclass Routes {\n"
        f"@Bean RouterFunction<ServerResponse> all() {{ return {given}; }}\n"
        'RouterFunction<ServerResponse> a() { return route().GET("/x", this::show).build(); }\n'
        "void show() {}\n}\n"
    )

    assert auths(read({"src/main/java/shop/Routes.java": text} | BUILD)) == answers


def test_a_path_that_is_no_literal_is_told(read):
    code = read(
        orders('@GetMapping("${base}/x") Order a() {}\n@GetMapping(Elsewhere.X) Order b() {}')
    )

    assert code.routes == ()
    assert [(one.name, one.reason) for one in code.unresolved if one.what == "route"] == [
        (".../x", "its path is not a literal"),
        ("...", "its path is not a literal"),
    ]


NEW = (
    "http.authorizeHttpRequests(a -> a.requestMatchers({}).permitAll().anyRequest().{}); "
    "return http.build();"
)
OLD = (
    "http.authorizeRequests().antMatchers({}).permitAll().anyRequest().{}"
    ".and().formLogin().permitAll();"
)


@pytest.mark.parametrize(
    ("config", "answer"),
    [
        (NEW.format("OPEN", "authenticated()"), "yes"),
        (NEW.format("OPEN", 'hasRole("A")'), "yes"),
        (OLD.format('"/x"', "authenticated()"), "yes"),
        (NEW.format('"/orders/{id}"', "authenticated()"), "no"),
        (OLD.format('"/orders/**"', "authenticated()"), "no"),
        (NEW.format('HttpMethod.POST, "/orders/**"', "authenticated()"), "yes"),
        (NEW.format('"/orders/1?"', "authenticated()"), "unknown"),
        (NEW.format("urls()", "authenticated()"), "unknown"),
        (NEW.format("elsewhere", "authenticated()"), "unknown"),
        (NEW.format("OPEN", "access(mine)"), "unknown"),
        (NEW.format("OPEN", 'hasAnyRole("A", "ANONYMOUS")'), "unknown"),
        ("http.csrf().disable(); return http.build();", "unknown"),
        ("for (String one : OPEN) { http.antMatchers(one).permitAll(); } "
         "http.anyRequest().authenticated();", "unknown"),
        ('http.securityMatcher("/admin/**"); '
         + NEW.format("OPEN", "authenticated()"), "unknown"),
        ('http.securityMatcher("/orders/**"); '
         + NEW.format("OPEN", "authenticated()"), "yes"),
    ],
)  # fmt: skip
def test_the_rules_of_a_chain_are_held_against_paths(read, config, answer):
    code = read(orders('@GetMapping("/orders/{id}") Order a() {}') | chain(config))

    assert auths(code) == [answer]


def test_a_chain_that_may_be_switched_off_is_no_evidence(read):
    body = NEW.format("OPEN", "authenticated()")
    route = orders('@GetMapping("/orders/{id}") Order a() {}')

    assert auths(read(route | chain(body, of_class='@Profile("prod")'))) == ["unknown"]


@pytest.mark.parametrize(
    ("other", "rule", "answer"),
    [
        ("!prod", "permitAll()", "unknown"),
        ("!prod", "authenticated()", "yes"),
        ("test", "authenticated()", "unknown"),
    ],
)
def test_of_chains_for_a_profile_and_without_it_one_is_there(read, other, rule, answer):
    body = NEW.format("OPEN", "authenticated()")
    (text,) = chain(NEW.format("OPEN", rule), of_class=f'@Profile("{other}")').values()
    route = orders('@GetMapping("/orders/{id}") Order a() {}')
    own = {"src/main/java/shop/Other.java": text.replace("class Config", "class Other")}

    assert auths(read(route | chain(body, of_class='@Profile("prod")') | own)) == [answer]


def test_where_a_chain_is_for_a_profile_alone_the_one_without_it_stands_elsewhere(read):
    scope = 'http.securityMatcher("/SCOPE/**");\n'
    body = scope + NEW.format("OPEN", "authenticated()")
    (text,) = chain(body.replace("SCOPE", "admin"), of_class='@Profile("!prod")').values()
    own = {"src/main/java/shop/Other.java": text.replace("class Config", "class Other")}
    for_one = chain(body.replace("SCOPE", "orders"), of_class='@Profile("prod")')
    route = orders('@GetMapping("/orders/{id}") Order a() {}')

    assert auths(read(route | for_one | own)) == ["unknown"]


def test_what_is_ignored_in_one_profile_is_not_told_as_open(read):
    ignoring = "@Bean WebSecurityCustomizer open() {\n"
    ignoring += 'return web -> web.ignoring().requestMatchers("/orders/**"); }'
    (text,) = chain("return http.build();", of_class='@Profile("dev")').values()
    own = text.replace("class Config", "class Dev").rstrip().removesuffix("}") + ignoring + "}\n"
    route = orders('@GetMapping("/orders/{id}") Order a() {}')
    always = chain(NEW.format("OPEN", "authenticated()"))

    assert auths(read(route | always | {"src/main/java/shop/Dev.java": own})) == ["unknown"]


def test_what_is_ignored_is_open_whatever_a_chain_says(read):
    body = NEW.format("OPEN", "authenticated()")
    ignoring = (
        "}\n@Bean WebSecurityCustomizer open() {\n"
        'return web -> web.ignoring().requestMatchers("/orders/**");'
    )
    route = orders('@GetMapping("/orders/{id}") Order a() {}')

    assert auths(read(route | chain(body + ignoring))) == ["no"]


def test_a_chain_of_another_application_is_no_evidence(read):
    (text,) = chain(NEW.format("OPEN", "authenticated()")).values()
    route = orders('@GetMapping("/orders/{id}") Order a() {}')

    assert auths(read(route | {"other/src/main/java/shop/Config.java": text})) == ["unknown"]


@pytest.mark.parametrize(
    ("on", "note", "answer"),
    [
        ("@EnableMethodSecurity", "@PreAuthorize(\"hasRole('A')\")", "yes"),
        ("@EnableMethodSecurity", '@PreAuthorize("isAuthenticated() and @own.check()")', "yes"),
        ("@EnableMethodSecurity", '@PreAuthorize("isAuthenticated() or @own.check()")', "unknown"),
        ("@EnableMethodSecurity", '@PreAuthorize("@own.check()")', "unknown"),
        ("@EnableMethodSecurity", "@PreAuthorize(\"hasAnyRole('A', 'ANONYMOUS')\")", "unknown"),
        ("@EnableMethodSecurity", '@Secured("ROLE_A")', "unknown"),
        ("@EnableMethodSecurity(securedEnabled = true)", '@Secured("ROLE_A")', "yes"),
        ("@EnableMethodSecurity(prePostEnabled = false)", "@PreAuthorize(\"hasRole('A')\")",
         "unknown"),
        ("@EnableGlobalMethodSecurity(jsr250Enabled = true)", '@RolesAllowed("A")', "yes"),
        ("", "@PreAuthorize(\"hasRole('A')\")", "unknown"),
    ],
)  # fmt: skip
def test_annotations_refuse_where_they_are_heeded(read, on, note, answer):
    code = read(
        orders(f'{note} @GetMapping("/x") Order a() {{}}')
        | chain("http.csrf();", of_class=on)
        | BUILD
    )

    assert auths(code) == [answer]


def test_overloads_do_not_lend_each_other_their_annotations(read):
    inside = (
        '@PreAuthorize("hasRole(\'A\')") @GetMapping("/a") Order a() {}\n'
        '@GetMapping("/b") Order a(int b) {}'
    )
    code = read(orders(inside) | chain("http.csrf();", of_class="@EnableMethodSecurity"))

    assert auths(code) == ["yes", "unknown"]


@pytest.mark.parametrize(
    ("more", "body", "answer"),
    [
        ({}, "return 1;", "no"),
        ({"pom.xml": "<artifactId>spring-boot-starter-security</artifactId>"}, "return 1;",
         "unknown"),
        ({}, "throw new AccessDeniedException();", "unknown"),
        ({"src/main/java/shop/F.java": "package shop;\nclass F extends OncePerRequestFilter {\n"
          "void doFilterInternal() { response.sendError(401); } }\n"}, "return 1;", "unknown"),
    ],
)  # fmt: skip
def test_open_only_where_nothing_could_refuse(read, more, body, answer):
    code = read(orders(f'@GetMapping("/x") Order a() {{ {body} }}') | BUILD | more)

    assert auths(code) == [answer]


def test_validation_that_is_ignored_is_none(read):
    inside = (
        '@PostMapping("/a") Order a(@Valid Order o) {}\n'
        '@PostMapping("/b") Order b(@Valid Order o, BindingResult r) { return o; }\n'
        '@PostMapping("/c") Order c(@Valid Order o, BindingResult r) { if (r.hasErrors()) {} }'
    )

    assert [one.validation.answer for one in read(orders(inside)).routes] == [
        "yes",
        "unknown",
        "yes",
    ]


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ("registry.addInterceptor(new SsoInterceptor(paths)).addPathPatterns(\"/**\");", "unknown"),
        ("SsoInterceptor one = make(); registry.addInterceptor(one);", "unknown"),
        ("registry.addInterceptor(made());", "unknown"),
        ("FilterRegistrationBean b = new FilterRegistrationBean(); b.setFilter(new Sso());",
         "unknown"),
        ("return new FilterRegistrationBean<>(new SsoFilter());", "unknown"),
        ("registry.addInterceptor(new LocaleChangeInterceptor());", "no"),
        ("registry.addInterceptor(new Own());", "no"),
        ("\n  // registry.addInterceptor(new SsoInterceptor(paths));\n", "no"),
        ("Filter f = new Filter() { void doFilter() { chain.go(); } }; b.setFilter(f);", "no"),
        ("Filter f = new Filter() { void doFilter() { res.sendError(401); } }; b.setFilter(f);",
         "unknown"),
    ],
)  # fmt: skip
def test_what_a_library_puts_before_all_handlers_may_refuse(read, body, answer):
    web = f"package shop;\nclass Web {{ void add(InterceptorRegistry registry) {{ {body} }} }}\n"
    own = "package shop;\nclass Own implements HandlerInterceptor { void note() {} }\n"
    code = read(
        orders('@GetMapping("/a") String a() { return "a"; }')
        | {"src/main/java/shop/Web.java": web, "src/main/java/shop/Own.java": own}
        | BUILD
    )

    assert auths(code) == [answer]


def test_where_settings_list_the_open_paths_it_is_told_that_they_decide(read):
    body = (
        "for (String one : open.getUrls()) { http.authorizeRequests()"
        ".antMatchers(one).permitAll(); }"
        "\nhttp.authorizeRequests().anyRequest().authenticated();"
    )
    config = chain(body)
    (path, text), *_ = config.items()
    config[path] = text.replace("class Config {", "class Config {\nprivate OpenUrls open;")
    listed = '@ConfigurationProperties(prefix = "open")\nclass OpenUrls { List<String> urls; }'
    route = orders('@GetMapping("/orders/{id}") Order a() {}')

    (one,) = read(route | config | {"src/main/java/shop/OpenUrls.java": USES + listed}).routes

    assert (one.auth.answer, one.auth.why) == ("unknown", "settings decide")


SHIRO = """package shop;
@Configuration
class ShiroConfig {{
  @Bean
  public ShiroFilterFactoryBean filters(SecurityManager manager) {{
    ShiroFilterFactoryBean bean = new ShiroFilterFactoryBean();
    {more}
    Map<String, String> map = {new};
    map.put("/open/*", "anon");
    map.put("/keys", "{keys}");
    map.put("/a/**", "authc, perms[a:b,a:c]");
    {last}
    bean.setFilterChainDefinitionMap(map);
    return bean;
  }}
}}
"""
SERVED = (
    '@GetMapping("/open/x") Order a() {}\n@GetMapping("/keys") Order b() {}\n'
    '@GetMapping("/a/b") Order c() {}\n@GetMapping("/left") Order d() {}\n'
)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({}, ["no", "yes", "yes", "no"]),
        ({"last": 'map.put("/**", "user");'}, ["no", "yes", "yes", "yes"]),
        ({"last": 'map.put("/**", "jwt");'}, ["no", "yes", "yes", "unknown"]),
        ({"keys": "anon"}, ["no", "no", "yes", "no"]),
        ({"more": 'bean.getFilters().put("authc", new Own());'}, ["no", "unknown", "yes", "no"]),
        ({"last": 'if (on) { map.put("/**", "authc"); }'}, ["no", "yes", "yes", "unknown"]),
        ({"new": "new HashMap<>()"}, ["unknown"] * 4),
        ({"last": 'bean.setFilterChainDefinitions("/left = authc");'},
         ["no", "yes", "yes", "unknown"]),
        ({"keys": "authcBasic[permissive]"}, ["no", "unknown", "yes", "no"]),
        ({"keys": "authcBasic[POST]"}, ["no", "unknown", "yes", "no"]),
        ({"keys": "roles"}, ["no", "unknown", "yes", "no"]),
        ({"more": "bean.setFilters(own());"}, ["unknown"] * 3 + ["no"]),
        ({"more": "Map<String, Filter> own = new LinkedHashMap<>(); "
          'own.put("jwt", new Own()); bean.setFilters(own);'}, ["no", "yes", "yes", "no"]),
        ({"new": "kept(map)"}, ["unknown"] * 4),
        ({"new": "new LinkedHashMap<>(kept)"}, ["unknown"] * 4),
        ({"new": "bean.getFilterChainDefinitionMap()"}, ["unknown"] * 4),
        # a path that is put twice keeps its place, and has what was put last
        ({"last": 'map.put("/keys", "anon");'}, ["no", "no", "yes", "no"]),
        ({"last": 'map.put("/**", "user"); map.put("/keys", "anon");'}, ["no", "no", "yes", "yes"]),
        ({"last": 'if (on) { map.put("/keys", "anon"); }'}, ["no", "unknown", "yes", "no"]),
        ({"last": 'if (on) { map.put("/keys", "authc"); }'}, ["no", "yes", "yes", "no"]),
        ({"more": 'if (on) { map.put("/keys", "anon"); }'}, ["no", "yes", "yes", "no"]),
        ({"last": 'other.put("/keys", "anon");'}, ["unknown"] * 4),
        ({"last": 'map.remove("/keys");'}, ["unknown"] * 3 + ["no"]),
        ({"last": 'own.replace("a", "b");'}, ["no", "yes", "yes", "no"]),
    ],
)  # fmt: skip
def test_the_first_chain_of_shiro_for_a_path_decides(read, parts, expected):
    said = {"more": "", "new": "new LinkedHashMap<>()", "keys": "authc", "last": ""} | parts
    files = orders(SERVED) | {"src/main/java/shop/ShiroConfig.java": SHIRO.format(**said)}

    assert auths(read(files | BUILD)) == expected


def test_what_the_filters_of_shiro_let_pass_its_annotations_may_refuse(read):
    said = {"more": "", "new": "new LinkedHashMap<>()", "keys": "authc", "last": ""}
    inside = '@RequiresAuthentication\n@GetMapping("/open/x") Order a() {}'
    files = orders(inside) | {"src/main/java/shop/ShiroConfig.java": SHIRO.format(**said)}

    assert auths(read(files | BUILD)) == ["unknown"]


@pytest.mark.parametrize(
    ("bases", "lost"), [("implements OrdersApi", 1), ("implements InitializingBean", 0), ("", 0)]
)
def test_routes_of_an_interface_that_is_made_when_a_project_is_built_are_told_as_lost(
    read, bases, lost
):
    code = read(orders("@Override public Order show(Long id) { return null; }", bases=bases))

    assert code.routes == ()
    assert [one.name for one in code.unresolved if one.what == "route"] == ["Orders"] * lost
