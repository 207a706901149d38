"""Go: routers as they are made, grouped, mounted and handed on."""

from __future__ import annotations

import pytest

from tests.go_programs import HEAD, REFUSES, REQUIRE, auths, paths, program


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('http.HandleFunc("GET /x/{id}", show)', ["GET /x/{id}"]),
        ('m := http.NewServeMux()\nm.Handle("/a/{$}", http.HandlerFunc(show))\n'
         'm.HandleFunc("POST shop.example/b/{rest...}", show)', ["ANY /a/", "POST /b/{rest}"]),
        ('r := chi.NewRouter()\nr.Route("/a", func(r chi.Router) {\nr.With(log).Get("/{id:[0-9]+}",'
         ' show)\nr.Group(func(r chi.Router) { r.Delete("/", show) })\n})\n'
         'r.Method("PUT", "/b", show)', ["GET /a/{id}", "DELETE /a/", "PUT /b"]),
        ('r := chi.NewRouter()\nr.Mount("/admin", admin())', ["GET /admin/x"]),
        ('r := chi.NewRouter()\nr.Route(api+"/v1", users)', ["POST /api/v1/users"]),
        ('g := gin.Default()\nv := g.Group(api)\n{\nv.GET("/:id/*rest", log, show)\n}\n'
         'v.Group("/b").Use(log).POST("", show)\n'
         'g.Match([]string{"GET", http.MethodPut}, "c", show)',
         ["GET /api/{id}/{rest}", "POST /api/b", "GET /c", "PUT /c"]),
        ('e := echo.New()\ng := e.Group("/a", log)\ng.GET("/:id", show, log)\n'
         'e.Add(http.MethodPatch, path.Join(api, "/b"), may(show, "b:edit"))',
         ["GET /a/{id}", "PATCH /api/b"]),
        ("g := gin.New()\nregister(g.Group(\"/v2\"), 1)", ["GET /v2/y"]),
        ('h := &Handler{}\nh.routes(gin.New())', ["GET /z"]),
        ('s := Server{}\ns.router = gin.New()\ns.router.GET("/s", show)', ["GET /s"]),
        ('r := engine(1)\nr.GET("/a", show)\ng := r.Group("/b")\ng.GET("/c", show)',
         ["GET /a", "GET /b/c"]),
        ('r := below()\nr.GET("/a", show)', ["GET /v3/a"]),
        ('r := chi.NewRouter()\nsub := mux()\nsub.Get("/a", show)\nr.Mount("/s", sub)',
         ["GET /s/a"]),
        ('c := connect(1)\nc.GET("/x", show)\nd := theirs.New()\nd.Get("/x", show)', []),
        ('client.Get("/x", show)\ncache.GET("/x")', []),
    ],
)  # fmt: skip
def test_routers_are_followed_through_groups_and_functions(read, body, expected):
    functions = """
func admin() chi.Router { r := chi.NewRouter(); r.Get("/x", show); return r }
func users(r chi.Router) { r.Post("/users", show) }
func register(g *gin.RouterGroup, n int) { g.GET("/y", show) }
func engine(n int) *gin.Engine { e := gin.New(); e.Use(log); return e }
func below() *gin.RouterGroup { return gin.New().Group("/v3") }
func mux() chi.Router { return chi.NewRouter() }
func connect(n int) *Client { return &Client{} }
type Handler struct{}
func (h *Handler) routes(g gin.IRouter) { g.GET("/z", h.show) }
func (h *Handler) show(c *gin.Context) {}
type Other struct{}
func (o *Other) routes(g gin.IRouter, n string) {}
"""
    if "admin" not in body:  # a router that is returned is served by itself
        functions = functions.replace('r.Get("/x", show)', "")

    assert paths(read(program(body, functions))) == expected


WRAPS = {
    "by its path": 'func below(e *gin.Engine) *gin.RouterGroup { return e.Group("/api") }',
    "with more": 'func below(e *gin.Engine, n int) gin.IRouter { g := e.Group("/api"); return g }',
    "an own interface": 'func below(e *gin.Engine) Routes { return e.Group("/api") }',
    "by a name": 'func below(e *gin.Engine) (g *gin.RouterGroup) { g = e.Group("/api"); return }',
    "with an error": 'func below(e *gin.Engine) (*gin.RouterGroup, error) {\n'
                     'if e == nil { return nil, err }\nreturn e.Group("/api"), nil }',
    "by another": 'func below(e *gin.Engine) *gin.RouterGroup { return further(e.Group("/a")) }\n'
                  'func further(g *gin.RouterGroup) *gin.RouterGroup { return g.Group("/pi") }',
    "with its own": 'func below(e *gin.Engine) *gin.RouterGroup { g := e.Group("/api")\n'
                    'f := func(e *gin.Engine) *gin.RouterGroup { return e.Group("/no") }\n_ = f\n'
                    'return g }',
}  # fmt: skip


@pytest.mark.parametrize("wraps", WRAPS.values(), ids=WRAPS)
def test_a_router_that_a_function_gives_for_another_stands_where_that_says(read, wraps):
    call = "below(e, 1)" if "n int" in wraps else "below(e)"
    body = f'e := gin.New()\ne.GET("/top", show)\nr := {call}\nr.GET("/x", show)\nmore(r)'
    body = body.replace("r :=", "r, err :=") if "error)" in wraps else body
    more = 'func more(g gin.IRouter) { g.Group("/m").GET("/y", show) }\n'
    other = 'func other() { below(gin.New().Group("/no")) }\n'  # not the call that gave it
    path, other = ("/a/pi", "") if "further" in wraps else ("/api", other)

    found = paths(read(program(body, f"{wraps}\n{more}{other}")))

    assert found == ["GET /top", f"GET {path}/x", f"GET {path}/m/y"]


@pytest.mark.parametrize(
    ("wraps", "body"),
    [
        ('func below(e *gin.Engine) *gin.RouterGroup { if x { return e.Group("/a") }\n'
         'return e.Group("/b") }', 'r := below(e)\nr.GET("/x", show)'),
        ("func below(e *gin.Engine) *gin.RouterGroup { return groups[e] }",
         'r := below(e)\nr.GET("/x", show)'),
        ("", 'r := theirs.Below(e)\nr.GET("/x", show)'),
        ("", 'f := func(e *gin.Engine) gin.IRouter { return e.Group("/a") }\n'
             'r := f(e)\nr.GET("/x", show)'),
        ("", 'var r gin.IRouter = e\nif x { r = e.Group("/a") }\nr.GET("/x", show)'),
        ("", 'theirs.With(func(e *gin.Engine) { e.GET("/x", show) })'),
        ("", 'api := env("API")\ne.GET(api+"/x", show)'),
    ],
)  # fmt: skip
def test_a_route_is_not_told_where_nobody_knows_its_router(read, wraps, body):
    code = read(program(f"e := gin.New()\n{body}", wraps))

    assert paths(code) == []
    assert [one.name for one in code.unresolved if one.what == "route"]


def test_two_calls_of_a_function_give_two_routers(read):
    body = (
        'r := chi.NewRouter()\na := mux()\nb := mux()\na.Get("/x", show)\nb.Get("/y", show)\n'
        'r.Mount("/a", a)\nr.Mount("/b", b)'
    )

    found = paths(read(program(body, "func mux() chi.Router { return chi.NewRouter() }\n")))

    assert found == ["GET /a/x", "GET /b/y"]


def test_a_router_that_nobody_hands_over_and_a_path_that_is_no_literal_are_told(read):
    more = 'func users(r chi.Router) { r.Post("/users", show) }\n'
    code = read(program('http.HandleFunc(prefix()+"/x", show)', more))

    assert code.routes == ()
    assert {one.reason for one in code.unresolved if one.what == "route"} == {
        "its path is not a literal",
        "nobody is seen to hand it a router",
    }


def test_a_handler_that_is_a_router_is_mounted(read):
    more = REQUIRE.format(body=REFUSES) + (
        'func inner() http.Handler {\nm := http.NewServeMux()\nm.HandleFunc("GET /v1/x", show)\n'
        "return require(m)\n}\n"
    )
    ways = ['m.Handle("/v1/", inner())', 'm.Handle("/api/", http.StripPrefix("/api", inner()))']
    found = [read(program(f"m := http.NewServeMux()\n{one}", more)) for one in ways]

    assert [paths(one) for one in found] == [["GET /v1/x"], ["GET /api/v1/x"]]
    assert [auths(one) for one in found] == [["yes"], ["yes"]]


@pytest.mark.parametrize(
    ("handler", "answers"),
    [
        ("list(set)", "main.go:list"),
        ("list(set.store)", "main.go:list"),
        ("log(list(set))", "main.go:list"),
        ("elsewhere.List(set)", "elsewhere.List"),
        ("log(h)", "h"),
        ("log(of)", "of"),
        ("log(own)", "own"),
        ("log(set.served)", "set.served"),
    ],
)
def test_what_a_function_makes_of_a_value_is_what_answers(read, handler, answers):
    more = """
type store struct{}
type settings struct { store *store; served http.Handler }
type owned struct{}
func (o owned) ServeHTTP(w http.ResponseWriter, r *http.Request) {}
func list(one any) http.HandlerFunc {
    return func(w http.ResponseWriter, r *http.Request) { w.Write(nil) }
}
func routes(mux *http.ServeMux, set *settings, h http.Handler, of http.HandlerFunc, own owned) {
    mux.Handle("/x", HANDLER)
}
"""
    code = read(
        program("routes(http.NewServeMux(), nil, nil, nil, nil)", more.replace("HANDLER", handler))
    )
    (route,) = code.routes
    assert route.handler.endswith(answers), route.handler


def test_a_router_made_elsewhere_is_handed_on_by_the_function_of_a_command(read):
    files = {
        "go.mod": "module shop\n",
        "routes/routes.go": 'package routes\nimport "github.com/labstack/echo/v5"\n'
        "func NewEcho() *echo.Echo {\n  e := echo.NewWithConfig(echo.Config{})\n  return e\n}\n"
        'func Register(e *echo.Echo) {\n  a := e.Group("/api")\n  a.GET("/x", show)\n}\n',
        "cmd/web.go": 'package cmd\nimport (\n  "net/http"\n  "shop/routes"\n)\n'
        "var web = &cobra.Command{Run: func(c *cobra.Command, _ []string) {\n"
        "  e := routes.NewEcho()\n  routes.Register(e)\n"
        "  s := &http.Server{Handler: e}\n}}\n",
    }

    assert paths(read(files)) == ["GET /api/x"]


@pytest.mark.parametrize(
    "body",
    [
        'a := e.Group("/a")\nn := a.Group("")\nn.GET("/x", h)\n'
        'a.Use(echojwt.JWT(key))\na.GET("/y", h)',
        'a := e.Group("/a")\nsetup(a)\na.Use(echojwt.JWT(key))\na.GET("/y", h)',
    ],
)
def test_what_is_registered_before_a_guard_does_not_pass_it(read, body):
    more = "func h(c echo.Context) error { return nil }\n"
    more += 'func setup(a *echo.Group) {\na.GET("/x", h)\n}'

    code = read(program(f"e := echo.New()\n{body}", more))

    answers = dict(zip(paths(code), auths(code), strict=True))
    assert answers["GET /a/x"] != "yes"
    assert answers["GET /a/y"] == "yes"


@pytest.mark.parametrize("made", ["echo.NewHTTPError(400)", "a.doLogin(c)"])
def test_what_only_sounds_like_making_a_router_makes_none(read, made):
    more = f"func login(c echo.Context) error {{\n  err := {made}\n  return render(c, err)\n}}\n"

    assert paths(read(program('e := echo.New()\ne.GET("/x", login)', more))) == ["GET /x"]


def test_what_groups_use_is_not_used_by_their_router(read):
    body = (
        'g := gin.New()\ng.GET("/x", h)\na := g.Group("/a")\na.Use(theirs.Auth())\na.GET("/y", h)'
    )
    more = "func h(c *gin.Context) { c.JSON(200, 1) }\n"

    assert auths(read(program(body, more))) == ["no", "unknown"]


def test_functions_of_a_list_are_handed_what_a_loop_hands_to_each(read):
    code = read(
        {
            "go.mod": "module shop\n",
            "main.go": f"{HEAD}var all = make([]func(*gin.RouterGroup), 0)\n"
            'func main() {\ng := gin.Default()\nv := g.Group("/v1")\n'
            "for _, each := range all {\neach(v)\n}\n}\n",
            "orders.go": 'package main\nimport "github.com/gin-gonic/gin"\n'
            "func init() {\nall = append(all, orders)\n}\n"
            'func orders(g *gin.RouterGroup) { g.GET("/orders", list) }\n'
            "func list(c *gin.Context) { c.JSON(200, nil) }\n",
        }
    )

    assert paths(code) == ["GET /v1/orders"]
    assert auths(code) == ["no"]
    assert not code.unresolved


def test_what_gin_uses_later_is_not_before_what_is_registered_already(read):
    body = 'g := gin.Default()\ng.POST("/in", list)\ng.Use(need)\ng.GET("/x", list)'
    need = 'if c.GetHeader("Token") == "" { c.AbortWithStatus(401); return }; c.Next()'
    more = f"func need(c *gin.Context) {{ {need} }}\nfunc list(c *gin.Context) {{ c.JSON(200, 1) }}"

    assert auths(read(program(body, more))) == ["no", "yes"]


def test_a_group_of_gin_passes_what_its_router_used_before_it_was_made(read):
    body = """
r := gin.New()
early := r.Group("/early")
r.Use(need)
late := r.Group("/late")
early.GET("/x", list)
late.GET("/x", list)
inner := early.Group("/in")
early.Use(need)
inner.GET("/x", list)
early.GET("/y", list)
"""
    need = 'if c.GetHeader("Token") == "" { c.AbortWithStatus(401); return }; c.Next()'
    more = f"func need(c *gin.Context) {{ {need} }}\nfunc list(c *gin.Context) {{ c.JSON(200, 1) }}"

    found = {one.path: one.auth.answer for one in read(program(body, more)).routes}

    assert found == {"/early/x": "no", "/late/x": "yes", "/early/in/x": "no", "/early/y": "yes"}


def test_what_echo_uses_at_all_is_before_groups_made_earlier_too(read):
    body = 'e := echo.New()\ng := e.Group("/in")\ng.GET("/x", list)\ne.Use(need)'
    more = """
func need(next echo.HandlerFunc) echo.HandlerFunc {
  return func(c echo.Context) error {
    if c.Request().Header.Get("Token") == "" { return c.NoContent(401) }
    return next(c)
  }
}
func list(c echo.Context) error { return c.JSON(200, 1) }
"""

    assert auths(read(program(body, more))) == ["yes"]
    assert auths(read(program(body.replace("e.Use(need)", "if on { e.Use(need) }"), more))) == [
        "unknown"
    ]


def test_the_handler_of_what_binds_it_to_settings_is_the_function(read):
    body = 'g := gin.New()\nconf, err := load()\ng.GET("/x", bind(show, conf))'
    more = """
func bind(fn func(c *Own) int, conf *Conf) gin.HandlerFunc {
  return func(c *gin.Context) { c.JSON(200, fn(own(c))) }
}
func show(c *Own) int { return 1 }
"""

    assert [one.handler for one in read(program(body, more)).routes] == ["main.go:show"]


def test_what_a_group_is_handed_to_is_before_its_own_routes_alone(read):
    body = 'e := echo.New()\ng := e.Group("/in")\nelsewhere.Add(g)\n'
    body += 'g.GET("/x", list)\ne.GET("/y", list)\nh := e.Group("/inner")\nh.GET("/z", list)'
    more = "func list(c echo.Context) error { return c.JSON(200, 1) }"

    found = {one.path: one.auth.answer for one in read(program(body, more)).routes}

    assert found == {"/in/x": "unknown", "/y": "no", "/inner/z": "no"}


INTERFACE = {
    "go.mod": "module shop\n",
    "api/api.go": """package api
import ("net/http"; "github.com/gorilla/mux")
type API struct { app any }
func NewAPI(app any) *API { return &API{app: app} }
func (a *API) Register(r *mux.Router) { r.HandleFunc("/x", a.show).Methods("GET") }
func (a *API) Admin(r *mux.Router) { r.HandleFunc("/admin", a.show).Methods("GET") }
func (a *API) show(w http.ResponseWriter, r *http.Request) { w.Write(nil) }
""",
    "web/web.go": """package web
import "github.com/gorilla/mux"
type Routed interface { Register(*mux.Router) }
type Web struct { router *mux.Router }
func New() *Web {
  r := mux.NewRouter()
  v2 := r.PathPrefix("/v2").Subrouter()
  return &Web{router: v2}
}
func (w *Web) Add(one Routed) { one.Register(w.router) }
""",
    "main.go": """package main
import ("shop/api"; "shop/app"; "github.com/gorilla/mux")
func main() {
  app := app.New("x")
  own := api.NewAPI(app)
  local := mux.NewRouter()
  own.Admin(local)
}
""",
}


def test_a_router_that_an_interface_is_handed_reaches_what_implements_it(read):
    assert {one.path for one in read(INTERFACE).routes} == {"/v2/x", "/admin"}


def test_what_a_function_uses_on_a_group_it_is_handed_is_before_its_routes_or_not(read):
    body = 'g := gin.New()\na := g.Group("/a")\nsecure(a)\na.GET("/x", list)\n'
    body += 'b := g.Group("/b")\nb.GET("/x", list)'
    more = """
func secure(r *gin.RouterGroup) { r.Use(require) }
func require(c *gin.Context) {
  if c.GetHeader("Authorization") == "" { c.AbortWithStatus(401); return }
}
func list(c *gin.Context) { c.JSON(200, 1) }
"""

    found = {one.path: one.auth.answer for one in read(program(body, more)).routes}

    assert found == {"/a/x": "unknown", "/b/x": "no"}


HOLDS = """
type A struct { g *gin.RouterGroup }
func NewA(g *gin.RouterGroup) *A { return &A{g: g} }
func (a *A) Routes() { a.g.GET("/x", list) }
type B struct { g *gin.RouterGroup }
func NewB(g *gin.RouterGroup) *B { return &B{g: g} }
func list(c *gin.Context) { c.JSON(200, 1) }
func require(c *gin.Context) {
  if c.GetHeader("Authorization") == "" { c.AbortWithStatus(401); return }
}
"""


@pytest.mark.parametrize(
    ("body", "more", "served"),
    [
        ('NewA(g.Group("/a", require)).Routes()', "", {"/a/x": "yes"}),
        ('NewA(g.Group("/a", require)).Routes()\nNewB(g.Group("/b"))', "", {}),
        ('a := &A{g: g.Group("/a")}\na.Routes()', "", {}),
        ("s := &S{engine: g}\ns.Routes()",
         "type S struct { engine *gin.Engine; group *gin.RouterGroup }\n"
         'func (s *S) Routes() {\ns.group = s.engine.Group("/v1")\ns.group.Use(require)\n'
         's.more()\n}\nfunc (s *S) more() { s.group.GET("/z", list) }', {"/v1/z": "unknown"}),
    ],
)  # fmt: skip
def test_a_group_in_a_field_stands_where_it_was_made_or_nobody_knows_where(
    read, body, more, served
):
    holds = HOLDS if not more else HOLDS.replace('a.g.GET("/x", list)', "")
    if "NewA" not in body:
        holds = "\n".join(one for one in holds.split("\n") if "func New" not in one)

    head = 'package main\nimport "github.com/gin-gonic/gin"\n'
    main = f"{head}func main() {{\ng := gin.New()\n{body}\n}}\n{holds}{more}"

    code = read({"go.mod": "module shop\n", "main.go": main})

    assert {one.path: one.auth.answer for one in code.routes} == served


def test_a_group_of_chi_may_be_handed_to_what_is_not_seen(read):
    code = read(program('r := chi.NewRouter()\nr.Group(elsewhere.Routes)\nr.Get("/x", show)'))

    assert paths(code) == ["GET /x"]


def test_what_is_handed_a_router_by_its_own_name_no_interface_hands_another(read):
    body = 'g := gin.New()\nreg(A{}, g.Group("/api"))\nb := B{}\nb.Register(g.Group("/in"))'
    more = """
type Module interface { Register(g *gin.RouterGroup) }
func reg(m Module, g *gin.RouterGroup) { m.Register(g) }
type A struct{}
func (a A) Register(g *gin.RouterGroup) { g.GET("/a", list) }
type B struct{}
func (b B) Register(g *gin.RouterGroup) { g.GET("/b", list) }
func list(c *gin.Context) { c.JSON(200, 1) }
"""

    assert paths(read(program(body, more))) == ["GET /api/a", "GET /in/b"]


@pytest.mark.parametrize(
    ("given", "served"),
    [
        ("return orders{}.Routes()", ["GET /top"]),
        ("return http.FileServer(dir)", ["GET /top"]),
        ("", ["GET /x", "GET /top"]),
    ],
)
def test_a_router_that_may_be_mounted_is_not_told_as_served_by_itself(read, given, served):
    body = 'r := chi.NewRouter()\nr.Get("/top", show)\n'
    body += 'r.Mount("/orders", routes())\n' if given else ""
    more = "type orders struct{}\nfunc (o orders) Routes() chi.Router {\n"
    more += 'r := chi.NewRouter()\nr.Get("/x", show)\nreturn r\n}\n'
    more += f"func routes() http.Handler {{ {given} }}\n" if given else ""

    code = read(program(body, more))

    assert set(paths(code)) == set(served)
    assert len([one for one in code.unresolved if one.what == "route"]) == 2 - len(served)


def test_what_is_given_a_method_a_path_and_a_handler_is_no_router_of_the_standard_library(read):
    text = 'package web\nimport "net/http"\ntype Engine struct {\n\tmux *router.Router\n}\n'
    text += "func (e *Engine) Get(path string, h http.Handler) {\n"
    text += '\te.mux.Handle("GET", path, h)\n}\n'
    text += 'func New() *Engine {\n\tmux := router.New()\n\tmux.Handle("GET", "/x", h)\n'
    text += '\thttp.ListenAndServe(":80", mux)\n\treturn &Engine{mux}\n}\n'

    assert read({"web/engine.go": text}).routes == ()
