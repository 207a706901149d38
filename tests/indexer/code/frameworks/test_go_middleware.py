"""Go: what middleware does by what it is made with, and gorilla/mux."""

from __future__ import annotations

import pytest

HEAD = """package main
import (
    "net/http"
    "github.com/gin-gonic/gin"
    "github.com/gorilla/mux"
)
func show(w http.ResponseWriter, r *http.Request) { w.Write(nil) }
func give(c *gin.Context) { c.JSON(200, 1) }
func auth(next http.Handler) http.Handler {
    return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
        key := r.Header.Get("Key")
        if key == "" { http.Error(w, "no", http.StatusUnauthorized); return }
        next.ServeHTTP(w, r)
    })
}
func log(next http.Handler) http.Handler {
    return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(w, r) })
}
"""


def program(body: str, more: str = "") -> dict[str, str]:
    return {"go.mod": "module shop\n", "main.go": f"{HEAD}func main() {{\n{body}\n}}\n{more}"}


def told(code) -> list[str]:
    return [f"{one.method} {one.path} {one.auth.answer}" for one in code.routes]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('r.HandleFunc("/x/{id:[0-9]+}", show).Methods("GET", http.MethodPut).Name("x")',
         ["GET /x/{id} no", "PUT /x/{id} no"]),
        ('r.Methods("POST").Path("/x").HandlerFunc(show)', ["POST /x no"]),
        ('r.PathPrefix("/f").Handler(http.FileServer(dir))', ["ANY /f* no"]),
        ('api := r.PathPrefix("/api/").Subrouter().StrictSlash(true)\n'
         'api.Handle("", http.HandlerFunc(show))\n'
         'v := api.PathPrefix("/v1").Subrouter()\nv.HandleFunc("/y", show)',
         ["ANY /api/ no", "ANY /api/v1/y no"]),
        # what it uses it uses for all, whatever stands first
        ('r.HandleFunc("/x", show)\nr.Use(auth)', ["ANY /x yes"]),
        ('s := r.PathPrefix("/s").Subrouter()\ns.HandleFunc("/x", show)\ns.Use(auth)\n'
         'r.HandleFunc("/y", show)', ["ANY /s/x yes", "ANY /y no"]),
        ('s := r.PathPrefix("/s").Subrouter()\ns.HandleFunc("/x", show)\nr.Use(auth)',
         ["ANY /s/x yes"]),
        ('r.HandleFunc("/x", show)\nguarded(r)', ["ANY /x yes"]),
        ('o := mux.NewRouter()\no.HandleFunc("/o/x", show)\nr.PathPrefix("/o").Handler(o)',
         ["ANY /o/x unknown"]),  # what the outer one uses is not followed
        ('r.HandleFunc("/x", use(show, log, auth)).Methods("GET")', ["GET /x yes"]),
        ('r.HandleFunc("/x", use(show, log)).Methods("GET")', ["GET /x no"]),
        ('r.Handle("/x", held)', ["ANY /x yes"]),
        ('r.Handle("/x", later(3))', ["ANY /x yes"]),
        ('r.Handle("/x", s.RequireLogin)', ["ANY /x unknown"]),  # no router, whatever it ends in
    ],
)  # fmt: skip
def test_routes_of_gorilla_mux_are_those_that_its_chains_state(read, body, expected):
    more = """
func guarded(r *mux.Router) { r.Use(auth) }
func use(h http.Handler, more ...func(http.Handler) http.Handler) http.Handler {
    for _, one := range more { h = one(h) }
    return h
}
var held = with(func(w http.ResponseWriter, r *http.Request) { w.Write(nil) })
func later(n int) http.HandlerFunc {
    return with(func(w http.ResponseWriter, r *http.Request) {
        if n > 3 { w.WriteHeader(403); return }
        w.Write(nil)
    })
}
func with(then http.HandlerFunc) http.HandlerFunc {
    return func(w http.ResponseWriter, r *http.Request) {
        if key := r.Header.Get("Key"); key == "" { w.WriteHeader(http.StatusUnauthorized); return }
        then(w, r)
    }
}
"""
    more = more if "held" in body or "later" in body else more[: more.index("var held")]

    assert told(read(program(f"r := mux.NewRouter()\n{body}", more))) == expected


@pytest.mark.parametrize(
    ("inside", "made", "expected"),
    [
        ("if isNew { c.AbortWithStatus(401) }\nreturn", "need(true)", "yes"),
        ("if isNew { c.AbortWithStatus(401) }\nreturn", "need(false)", "no"),
        ("if isNew { c.AbortWithStatus(401) }\nreturn", "need(strict)", "unknown"),
        ("if !isNew { c.JSON(401, gin.H{}); c.Abort() }\nreturn", "need(false)", "yes"),
        ("if !isNew { c.JSON(401, gin.H{}); c.Abort() }\nreturn", "need(true)", "no"),
        ("if isNew { c.AbortWithStatus(401) }\nc.AbortWithStatus(500)", "need(false)", "unknown"),
    ],
)
def test_middleware_made_with_true_or_false_does_what_it_does_then(read, inside, made, expected):
    need = f"""
func need(isNew bool) gin.HandlerFunc {{
    return func(c *gin.Context) {{
        key := c.Query("key")
        if key == "" {{ {inside} }}
        c.Next()
    }}
}}
"""

    code = read(program(f'g := gin.New()\ng.Use({made})\ng.GET("/x", give)', need))

    assert told(code) == [f"GET /x {expected}"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('if u := find(c, "user"); u != nil { c.Next(); return }\nc.Abort()', "yes"),
        ('if u := find(c, "user"); u != nil && !isAnonymous(u) { c.Next(); return }\n'
         'c.JSON(200, "log in")\nc.Abort()', "yes"),
        ('if u := find(c, "page"); u != nil { c.Next(); return }\nc.Abort()', "unknown"),
    ],
)  # fmt: skip
def test_who_is_not_found_is_refused_by_what_ends_all_others(read, body, expected):
    need = f"func need(c *gin.Context) {{\n{body}\n}}"

    code = read(program('g := gin.New()\ng.GET("/x", need, give)', need))

    assert told(code) == [f"GET /x {expected}"]


def test_what_decides_whether_nobody_is_refused_is_told(read):
    need = """
func need(c *gin.Context) {
    token := c.GetHeader("Key")
    if token == "" {
        if guest.Disabled { c.JSON(401, "log in"); c.Abort(); return }
        c.Next()
        return
    }
    c.Next()
}
"""

    code = read(program('g := gin.New()\ng.GET("/x", need, give)', need))

    assert code.routes[0].auth == (
        "unknown", "guest.Disabled: need (main.go:21)", "settings decide"
    )  # fmt: skip


def test_a_function_that_sees_requests_gives_no_router(read):
    session = """
func session() gin.HandlerFunc {
    store := sessions.NewStore(1)
    store.Options(2)
    return sessions.Sessions("shop", store)
}
"""
    body = 'g := gin.New()\ng.Use(session())\ng.GET("/x", give)'

    assert [one.path for one in read(program(body, session)).routes] == ["/x"]


def test_what_a_router_uses_where_it_is_handed_to_may_stand_before_its_other_routes(read):
    more = "func guarded(g *gin.Engine) { g.Use(theirs.Auth()) }"

    code = read(program('g := gin.New()\nguarded(g)\ng.GET("/x", give)', more))

    assert told(code) == ["GET /x unknown"]


CHECK = """
type Check struct { open []string }
func NewCheck() *Check { return &Check{} }
func (c *Check) With(path string) *Check { c.open = append(c.open, path); return c }
func (c *Check) Handler(next http.Handler) http.Handler {
    return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { c.serve(w, r, next) })
}
func (c *Check) serve(w http.ResponseWriter, r *http.Request, next http.Handler) {
    if !c.knows(r) { w.WriteHeader(http.StatusUnauthorized); return }
    next.ServeHTTP(w, r)
}
"""


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ("NewCheck().Handler", "yes"),
        ('NewCheck().With("/x").Handler', "yes"),
        (f'NewCheck().With("{"x" * 300}").Handler', "yes"),
        ("NewCheck().Other", "unknown"),
    ],
)
def test_a_method_of_what_is_made_is_not_taken_for_what_makes_it(read, made, expected):
    body = f'r := mux.NewRouter()\nr.Use({made})\nr.HandleFunc("/x", show)'
    optional = CHECK.replace("{ w.WriteHeader", "{ if c.may(r) { next.ServeHTTP(w, r); return }\n"
                             "w.WriteHeader")  # fmt: skip

    assert told(read(program(body, CHECK))) == [f"ANY /x {expected}"]
    assert told(read(program(body, optional))) == ["ANY /x unknown"]


def test_a_setting_by_which_a_check_answers_yes_at_once_decides(read):
    need = """
func need(c *gin.Context) {
    if !isKnown(c) {
        if c.Request.Method == "GET" { c.Redirect(302, "/login?next=1"); return } else {
            c.Redirect(302, "/login"); return
        }
    }
    c.Next()
}
func isKnown(c *gin.Context) bool {
    if util.DisableLogin { return true }
    return c.GetHeader("Key") != ""
}
"""

    code = read(program('g := gin.New()\ng.GET("/x", need, give)', need))

    assert code.routes[0].auth == (
        "unknown", "util.DisableLogin: need (main.go:21)", "settings decide"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("inside", "answer"),
    [
        ('if r == nil { c.Redirect(302, "/login"); return } else { c.Abort(401); return }',
         "yes"),
        ('if r == nil { c.Redirect(302, "/login"); return } else { c.Next() }', "unknown"),
        ('if r == nil { c.Redirect(302, "/login"); return }', "unknown"),
    ],
)  # fmt: skip
def test_who_is_refused_whichever_way_is_gone_is_refused(read, inside, answer):
    need = "func need(c *gin.Context) {\n    r := c.Request\n"
    need += f'    if c.GetHeader("Key") == "" {{\n        {inside}\n    }}\n    c.Next()\n}}'

    code = read(program('g := gin.New()\ng.GET("/x", need, give)', need))

    assert told(code) == [f"GET /x {answer}"]


@pytest.mark.parametrize(
    ("declared", "paths"),
    [("var Base string", ["/{Base}/x"]), ('const Base = "/b"', ["/b/x"]), ("", [])],
)
def test_a_variable_that_is_set_elsewhere_stands_in_a_path_by_its_name(read, declared, paths):
    files = program('g := gin.New()\ng.GET(util.Base+"/x", give)')
    main = files["main.go"].replace("import (", 'import (\n    "shop/util"')

    code = read(files | {"main.go": main, "util/util.go": f"package util\n{declared}\n"})

    assert [one.path for one in code.routes] == paths


@pytest.mark.parametrize(
    "asked", ['!strings.HasPrefix(c.Request.URL.Path, "/x")', 'c.Request.Method != "GET"']
)
def test_who_is_refused_on_other_routes_alone_is_told_as_let_pass(read, asked):
    need = f'func need(c *gin.Context) {{\n    if {asked} && c.GetHeader("Key") == "" {{\n'
    need += "        c.AbortWithStatus(401)\n        return\n    }\n    c.Next()\n}"

    code = read(program('g := gin.New()\ng.GET("/x", need, give)', need))

    assert told(code) == ["GET /x no"]


CLOSED = """
var prefix = "/api"
var around = log
var shown = show
var made = auth(http.HandlerFunc(show))
var alias = auth
var library = elsewhere.New()
var one, other = auth, log
var picked = pick()
func pick() mux.MiddlewareFunc { if on { return auth }; return log }
func with(h http.HandlerFunc) http.HandlerFunc {
    return func(w http.ResponseWriter, r *http.Request) {
        if r.Header.Get("Key") == "" { http.Error(w, "no", http.StatusUnauthorized); return }
        h(w, r)
    }
}
var held = with(func(w http.ResponseWriter, r *http.Request) { w.Write(nil) })
"""


@pytest.mark.parametrize(
    ("body", "init", "expected"),
    [
        ('r.HandleFunc(prefix+"/x", show)', "", ["ANY /api/x no"]),
        ('r.HandleFunc(prefix+"/x", show)', 'prefix = "/v2"', ["ANY /{prefix}/x no"]),
        ('r.HandleFunc(prefix+"/x", show)', "flag.StringVar(&prefix, 1)", ["ANY /{prefix}/x no"]),
        ('http.HandleFunc(prefix+"/x", show)', 'prefix = "/v2"', ["ANY /{prefix}/x no"]),
        ('http.HandleFunc("GET "+prefix+"/x", show)', 'prefix = ""', ["GET /{prefix}/x no"]),
        ('alias := log\nr.HandleFunc("/x", show)\nr.Use(alias)', "", ["ANY /x no"]),
        ('auth := log\nr.HandleFunc("/x", show)\nr.Use(auth)', "", ["ANY /x no"]),
        ('alias := find()\nr.HandleFunc("/x", show)\nr.Use(alias)', "", ["ANY /x unknown"]),
        ('r.HandleFunc("/x", show)\nr.Use(one)', "", ["ANY /x unknown"]),
        ('r.HandleFunc("/x", show)\nr.Use(picked)', "", ["ANY /x unknown"]),
        ('r.HandleFunc("/x", show)\nr.Use(around)', "", ["ANY /x no"]),
        ('r.HandleFunc("/x", show)\nr.Use(around)', "around = auth", ["ANY /x unknown"]),
        ('r.HandleFunc("/x", show)\nr.Use(alias)', "", ["ANY /x yes"]),
        ('r.HandleFunc("/x", show)\nr.Use(alias)', "alias = log", ["ANY /x unknown"]),
        ('r.HandleFunc("/x", show)\nr.Use(library)', "", ["ANY /x unknown"]),
        ('r.HandleFunc("/x", shown)', "", ["ANY /x no"]),
        ('r.HandleFunc("/x", shown)', "shown = other", ["ANY /x unknown"]),
        ('r.Handle("/x", made)', "", ["ANY /x unknown"]),
        ('r.Handle("/x", held)', "", ["ANY /x yes"]),
        ('r.Handle("/x", held)', "held = http.HandlerFunc(show)", ["ANY /x unknown"]),
    ],
)
def test_a_variable_of_a_package_is_what_it_is_made_as_unless_a_function_gives_it_anew(
    read, body, init, expected
):
    code = read(
        program(f"r := mux.NewRouter()\n{body}", CLOSED)
        | {"begin.go": f"package main\nfunc init() {{\n{init}\n}}\n"}
    )

    assert told(code) == expected


OF_PACKAGE = """package main
import "net/http"
func show(w http.ResponseWriter, r *http.Request) { w.Write(nil) }
%s
func main() { http.HandleFunc("/a", held); http.ListenAndServe(":1", nil) }
"""
REFUSING = 'func(w http.ResponseWriter, r *http.Request) { http.Error(w, "no", 401) }'


@pytest.mark.parametrize(
    "text",
    [
        f"var held = {REFUSING}",
        f"var held = show\nfunc put() {{ for _, held = range those {{ }} }}\nvar no = {REFUSING}",
    ],
)
def test_a_handler_in_a_variable_that_refuses_or_is_given_anew_is_no_no(read, text):
    code = read({"main.go": OF_PACKAGE % text})

    assert [one.auth.answer for one in code.routes] == ["unknown"]
