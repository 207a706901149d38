"""Go: middleware and handlers that refuse who shows nothing, and what only may."""

from __future__ import annotations

import pytest

from tests.go_programs import REFUSES, REQUIRE, auths, paths, program


@pytest.mark.parametrize(
    ("inside", "answer"),
    [
        (REFUSES, "yes"),
        ('c, err := r.Cookie("s"); if err != nil || c.Value == "" { w.WriteHeader(401); return }',
         "yes"),
        ('if !valid(r) { http.Redirect(w, r, "/login", 302); return }', "yes"),
        ('if !valid(r) { http.Error(w, "no", http.StatusForbidden); return }', "unknown"),
        ("if r.User == nil && strict { w.WriteHeader(401); return }", "unknown"),
        ("if r.User == nil { w.WriteHeader(401) }", "unknown"),
        ('s, err := store.Get(r, "s"); if err != nil { w.WriteHeader(401); return }', "unknown"),
        ("if open(r) { next.ServeHTTP(w, r); return }\n" + REFUSES, "unknown"),
        ("if request.IsAuthenticated(r) { next.ServeHTTP(w, r); return }\n" + REFUSES, "yes"),
        ("if cfg.AuthDisabled { }\n" + REFUSES, "unknown"),
        ("if !valid(r) { w.WriteHeader(200); return }", "unknown"),
        ("w.Header().Set(\"a\", \"b\")", "no"),
    ],
)  # fmt: skip
def test_middleware_is_authentication_if_it_refuses_who_shows_nothing(read, inside, answer):
    more = REQUIRE.format(body=inside)
    ways = [
        'r := chi.NewRouter()\nr.Use(require)\nr.Get("/x", show)',
        'r := chi.NewRouter()\nr.With(require).Get("/x", show)',
        'm := http.NewServeMux()\nm.Handle("/x", require(http.HandlerFunc(show)))',
        'm := http.NewServeMux()\nm.HandleFunc("/x", show)\nhttp.ListenAndServe("", require(m))',
    ]

    assert [auths(read(program(one, more))) for one in ways] == [[answer]] * 4


@pytest.mark.parametrize("before", ['if token == "" { return next }', "log := func() {}"])
def test_middleware_that_is_switched_off_in_some_case_is_no_evidence(read, before):
    more = REQUIRE.format(body=REFUSES).replace("return http.Han", f"{before}\nreturn http.Han")
    body = 'r := chi.NewRouter()\nr.With(require).Get("/x", show)'

    assert auths(read(program(body, more))) == ["unknown" if "return" in before else "yes"]


def test_a_router_that_is_wrapped_by_who_knows_what_is_not_called_open(read):
    body = 'm := http.NewServeMux()\nm.HandleFunc("/x", show)\nhttp.ListenAndServe("", theirs.X(m))'

    assert auths(read(program(body))) == ["unknown"]


GIN = """
type Auth struct{}
func (a *Auth) Require(c *gin.Context) { a.check(c, 1) }
func (a *Auth) check(c *gin.Context, n int) { if !a.knows(c) { c.AbortWithStatus(401) } }
func (a *Auth) Optional(c *gin.Context) { if a.knows(c) { c.Next() } }
func said(c *gin.Context) { if c.Keys == nil { c.JSON(200, "log in"); c.Abort(); return } }
func asks() gin.HandlerFunc { return func(c *gin.Context) { said(c); c.Next() } }
func engine() *gin.Engine { a := Auth{}; g := gin.New(); g.Use(a.Require); return g }
func (a *Auth) knows(c *gin.Context) bool { return c.GetHeader("k") != "" }
"""


@pytest.mark.parametrize(
    ("body", "answers"),
    [
        ('a := Auth{}\ng := gin.New()\ng.GET("/x", a.Require, show)', ["yes"]),
        ('a := &Auth{}\ng := gin.New()\ng.GET("/x", show)\ng.Use(a.Require)\ng.GET("/y", show)',
         ["no", "yes"]),
        ('a := Auth{}\ng := gin.New()\nif strict {\ng.Use(a.Require)\n}\ng.GET("/x", show)',
         ["unknown"]),
        ('a := Auth{}\ng := gin.New()\ng.GET("/x", a.Optional, show)', ["no"]),
        ('g := gin.New()\ng.GET("/x", theirs.Auth(), show)', ["unknown"]),
        ('g := gin.New()\ng.GET("/x", said, show)', ["unknown"]),
        ('g := gin.New()\ng.GET("/x", asks(), show)', ["unknown"]),
        ('g := gin.New()\ng.GET("/x", func(c *gin.Context) { if no(c) { c.Abort() } }, show)',
         ["unknown"]),
        ('g := engine()\ng.GET("/x", show)', ["yes"]),
        ('g := gin.Default()\ng.GET("/x", func(c *gin.Context) { c.JSON(200, 1) })', ["no"]),
        ('g := gin.New()\ng.GET("/x", gin.BasicAuth(a), show)', ["yes"]),
        ('e := echo.New()\ng := e.Group("/a", echojwt.JWT(key))\ng.GET("/x", show)', ["yes"]),
        ('r := chi.NewRouter()\nr.Use(middleware.Logger)\nr.Get("/x", show)', ["no"]),
        ('r := chi.NewRouter()\nr.Get("/x", refuses)', ["unknown"]),
    ],
)  # fmt: skip
def test_yes_and_no_need_evidence(read, body, answers):
    more = GIN + "func refuses(w http.ResponseWriter, r *http.Request) { w.WriteHeader(401) }\n"

    assert auths(read(program(body, more))) == answers


ASKED = """
type Auth struct{}
func (a *Auth) See(next echo.HandlerFunc) echo.HandlerFunc {
    return func(c echo.Context) error {
        if _, err := a.session(c); err != nil {
            c.Set(UserKey, echo.NewHTTPError(403, "nobody"))
        }
        return next(c)
    }
}
"""
REFUSED = """func(next echo.HandlerFunc) echo.HandlerFunc {
    return func(c echo.Context) error {
        u := c.Get(UserKey)
        // who is not known has to log in
        if err, ok := u.(*echo.HTTPError); ok {
            return err
        }
        return next(c)
    }
}"""


@pytest.mark.parametrize(
    ("middleware", "answer"), [(f"a.See, {REFUSED}", "yes"), (REFUSED, "unknown")]
)
def test_a_function_without_a_name_refuses_by_what_one_before_it_found(read, middleware, answer):
    body = f'a := &Auth{{}}\ne := echo.New()\ng := e.Group("", {middleware})\ng.GET("/x", h)'
    more = ASKED + "func h(c echo.Context) error { return nil }\n"

    assert auths(read(program(body, more))) == [answer]


SESSIONS = """
type sessions struct{}
func newSessions() *sessions { return &sessions{} }
func isStatic(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/static/") }
func isOpen(r *http.Request) bool {
    path := r.URL.Path
    switch path {
    case "/", "/login":
        return true
    }
    return strings.HasPrefix(path, "/share/") && (strings.HasSuffix(path, "/show")) || LISTED
}
func (s *sessions) handle(next http.Handler) http.Handler {
    return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
        if isStatic(r) { next.ServeHTTP(w, r); return }
        if !isAuthenticated(r) && !isOpen(r) {
            http.Redirect(w, r, loginURL(r), 302)
            return
        }
        next.ServeHTTP(w, r)
    })
}
func routes() http.Handler {
    s := newSessions()
    m := http.NewServeMux()
    m.HandleFunc("GET /users/{id}", show)
    m.HandleFunc("GET /login", show)
    m.HandleFunc("GET /share/{id}", show)
    m.HandleFunc("GET /static/{file}", show)
    return s.handle(m)
}
"""


@pytest.mark.parametrize(
    ("listed", "of_users"),
    [('strings.Contains(path, "/public/a/")', "unknown"), ('path == "/about"', "yes"),
     ("slices.Contains(open, path)", "unknown"), ("config.Has(path)", "unknown")],
)  # fmt: skip
def test_a_check_holds_for_all_paths_that_it_surely_does_not_let_pass(read, listed, of_users):
    more = SESSIONS.replace("LISTED", listed)

    code = read(program('http.Handle("/", routes())', more))

    answers = dict(zip(paths(code), auths(code), strict=True))
    assert answers["GET /users/{id}"] == of_users
    assert answers["GET /login"] == answers["GET /static/{file}"] == "no"
    assert answers["GET /share/{id}"] == "unknown"  # open if it ends in /show


@pytest.mark.parametrize(
    ("first", "answer"),
    [
        ("c.Next()\nif len(c.Errors) > 0 { c.JSON(401, 1) }", "no"),
        ("if len(c.Errors) > 0 { c.JSON(401, 1) }\nc.Next()", "unknown"),
    ],
)
def test_what_hands_a_request_on_before_anything_else_refuses_nobody(read, first, answer):
    body = 'g := gin.New()\ng.Use(errors())\ng.GET("/x", h)'
    more = "func h(c *gin.Context) { c.JSON(200, 1) }\n"
    more += f"func errors() gin.HandlerFunc {{ return func(c *gin.Context) {{ {first} }} }}\n"

    assert auths(read(program(body, more))) == [answer]


def test_a_branch_refuses_if_both_of_its_ways_do(read):
    refuses = '{{ token = {}; if token == "" {{ w.WriteHeader(401); return }} }}'
    ways = [refuses.format(one) for one in ('r.FormValue("t")', 'r.Header.Get("t")')]
    body = 'm := http.NewServeMux()\nm.Handle("/x", require(http.HandlerFunc(show)))'
    check = f'token := ""\nif r.Method == "POST" {ways[0]} else {ways[1]}'

    assert auths(read(program(body, REQUIRE.format(body=check)))) == ["yes"]
    only = f'token := ""\nif r.Method == "POST" {ways[0]} else {{ log(r) }}'
    assert auths(read(program(body, REQUIRE.format(body=only)))) == ["unknown"]


def test_a_variable_that_holds_a_function_refuses_as_what_it_hands_to_does(read):
    body = (
        "with := func(h http.HandlerFunc) http.Handler { return require(h) }\n"
        'm := http.NewServeMux()\nm.Handle("/x", with(show))'
    )

    assert auths(read(program(body, REQUIRE.format(body=REFUSES)))) == ["yes"]


@pytest.mark.parametrize(
    ("check", "answer"),
    [
        ('if !user.IsAdmin() { c.JSON(403, "no"); c.Abort(); return }', "yes"),
        ('if !user.CanWrite() { c.JSON(403, "no"); c.Abort(); return }', "unknown"),
        ('if c.Request.TLS == nil { c.Redirect(302, "https://"+c.Request.Host); c.Abort() }', "no"),
        (
            'if c.GetHeader("X-Key") == "" { c.Redirect(302, "https://"+host); c.Abort() }',
            "unknown",
        ),
        ("if !loaded { c.AbortWithStatus(503) }", "no"),
        ("if !known(c) { c.AbortWithStatus(404) }", "unknown"),
    ],
)
def test_who_is_no_administrator_is_refused_and_who_comes_at_a_bad_time_is_not(read, check, answer):
    body = 'g := gin.New()\ng.GET("/x", first, h)'
    more = "func h(c *gin.Context) { c.JSON(200, 1) }\n"
    more += f"func first(c *gin.Context) {{\n{check}\nc.Next()\n}}\n"

    assert auths(read(program(body, more))) == [answer]


def test_the_middleware_of_gin_jwt_refuses_who_shows_nothing(read):
    code = read(
        {
            "go.mod": "module shop\n",
            "main.go": 'package main\nimport (\n"github.com/gin-gonic/gin"\n'
            'jwt "github.com/appleboy/gin-jwt/v2"\n)\nfunc main() {\n'
            "made, err := jwt.New(&jwt.GinJWTMiddleware{Realm: realm})\ng := gin.Default()\n"
            'g.POST("/a", made.MiddlewareFunc(), show)\nmore(g, made)\n}\n'
            "func more(g *gin.Engine, jwts *jwt.GinJWTMiddleware) {\n"
            'g.GET("/b", jwts.MiddlewareFunc(), show)\ng.GET("/c", jwts.Other(), show)\n}\n'
            "func show(c *gin.Context) { c.JSON(200, nil) }\n",
        }
    )

    assert auths(code) == ["yes", "yes", "unknown"]


def test_a_handler_that_compares_a_signature_may_refuse(read):
    body = "if !hmac.Equal(sign(r), made(r)) { http.Error(w, `bad`, 400); return }"
    hook = f"func hook(w http.ResponseWriter, r *http.Request) {{ {body} }}"

    assert auths(read(program('http.HandleFunc("/hook", hook)', hook))) == ["unknown"]


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        ('users.Count("all") == 0', "unknown"),
        ('store.Get("installed") == nil', "unknown"),
        ('secret() == ""', "unknown"),
        ("c.Request.TLS == nil", "unknown"),
        ('c.GetHeader("X-Sign") == ""', "yes"),
        ('store.Get("user") == nil', "yes"),
        ('signOf(c) == ""', "yes"),
    ],
)
def test_only_what_the_request_or_who_asks_lacks_is_not_shown(read, condition, answer):
    body = 'g := gin.Default()\ng.Use(need)\ng.GET("/x", list)'
    need = f'if {condition} {{ c.Redirect(302, "/login/new"); return }}; c.Next()'
    more = f"func need(c *gin.Context) {{ {need} }}\nfunc list(c *gin.Context) {{ c.JSON(200, 1) }}"

    assert auths(read(program(body, more))) == [answer]
