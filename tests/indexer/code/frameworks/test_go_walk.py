"""Go: what is put before handlers, walked as who shows nothing walks it."""

from __future__ import annotations

import pytest

GUARD = """package guard
import ("net/http"; "strings"; "errors")

type Guard struct { open []string; methods []string; target string; full bool }

func New(users *Users) *Guard { return &Guard{open: []string{}, methods: []string{}, full: false} }
func (g *Guard) OpenFor(paths ...string) *Guard { g.open = paths; return g }
func (g *Guard) OpenForMethods(all ...string) *Guard { g.methods = all; return g }
func (g *Guard) To(path string) *Guard { g.target = path; return g }
func (g *Guard) Full(is bool) *Guard { g.full = is; return g }
func (g *Guard) Handler(h http.Handler) http.Handler {
    return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
        g.Serve(w, r, h.ServeHTTP)
    })
}
func (g *Guard) Serve(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
    user, err := g.byCookie(r)
    if err != nil { user, err = g.byHeader(r) }
    if err != nil || user == nil {
        if g.isOpen(r) { next(w, r); return }
        if g.target == "" { w.WriteHeader(401) } else { http.Redirect(w, r, g.target, 302) }
        return
    }
    next(w, r)
}
func (g *Guard) isOpen(r *http.Request) bool {
    for _, one := range g.open { if strings.HasPrefix(r.URL.Path, one) { return true } }
    for _, one := range g.methods { if r.Method == strings.ToUpper(one) { return true } }
    return false
}
func (g *Guard) byCookie(r *http.Request) (*User, error) {
    cookie, err := r.Cookie("who")
    if err != nil { return nil, err }
    return g.users.ByName(cookie.Value)
}
func (g *Guard) byHeader(r *http.Request) (*User, error) {
    key := strings.TrimSpace(r.Header.Get("X-Api-Key"))
    if key == "" { return nil, errors.New("no key") }
    return g.users.ByKey(key)
}
"""
MAIN = """package main
import ("net/http"; "github.com/go-chi/chi"; "shop/guard")
func show(w http.ResponseWriter, r *http.Request) { w.Write(nil) }
"""

#: What puts something around what stands behind it, which is asked first.
AROUND = """
func around(next http.Handler) http.Handler {
    return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
        keyed(next).ServeHTTP(w, r)
    })
}
func keyed(next http.Handler) http.Handler {
    return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
        if _, err := r.Cookie("who"); err != nil { w.WriteHeader(401); return }
        next.ServeHTTP(w, r)
    })
}
func aroundAnother(next http.Handler) http.Handler {
    return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
        elsewhere.Keyed(next).ServeHTTP(w, r)
    })
}
"""


def answers(code) -> dict[str, str]:
    return {one.path: one.auth.answer for one in code.routes}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("r.Use(guard.New(users).Handler)", "yes"),
        ('r.Use(guard.New(users).To(where()).Full(true).Handler)', "yes"),
        ('r.Use(guard.New(users).OpenFor("/").Handler)', "no"),
        ('r.Use(guard.New(users).OpenFor("/x").Handler)', "no"),
        ('r.Use(guard.New(users).OpenFor("/y", "/z").Handler)', "yes"),
        ('r.Use(guard.New(users).OpenFor(paths...).Handler)', "unknown"),
        ('r.Use(guard.New(users).OpenFor(path).Handler)', "unknown"),
        ("r.Use(guard.New(users).OpenForMethods(http.MethodOptions).Handler)", "yes"),
        ("r.Use(guard.New(users).OpenForMethods(http.MethodGet).Handler)", "no"),
        ("g := guard.New(users).To(where())\nr.Use(g.Handler)", "yes"),
        # what changes the same object, before or behind, may open all that has it
        ('g := guard.New(users)\nr.Use(g.Handler)\nother.Use(g.OpenFor("/").Handler)', "unknown"),
        ('g := guard.New(users)\nif cond { g = g.OpenFor("/") }\nr.Use(g.Handler)', "unknown"),
        ("g := guard.New(users)\ng.open = all()\nr.Use(g.Handler)", "unknown"),
        ("var g *guard.Guard\nif cond { g = guard.New(users) }\nr.Use(g.Handler)", "unknown"),
        ("if cond { r.Use(guard.New(users).Handler) }", "unknown"),
        ("g := guard.New(users)\nsetUp(g)\nr.Use(g.Handler)", "unknown"),  # which may open it
        ("r.Use(around)", "yes"),
        ("r.Use(aroundAnother)", "unknown"),
    ],
)  # fmt: skip
def test_what_methods_make_is_known_by_what_they_set(read, body, expected):
    code = read({
        "go.mod": "module shop\n",
        "guard/guard.go": GUARD,
        "main.go": f'{MAIN}{AROUND}func main() {{\nr := chi.NewRouter()\n{body}\n'
        'r.Get("/x", show)\n}\n',
    })  # fmt: skip

    assert answers(code)["/x"] == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("guard.New(users)", "yes"),
        ('guard.New(users).OpenFor("/x")', "no"),
        ("find()", "unknown"),
        ("held", "unknown"),  # which who is handed it may open
    ],
)
def test_what_a_function_is_given_is_what_its_one_caller_gives(read, given, expected):
    routes = 'func shop(r chi.Router, own *guard.Guard) {\nr.With(own.Handler).Get("/x", show)\n}\n'
    main = f"func main() {{\nr := chi.NewRouter()\nheld := guard.New(users)\nshop(r, {given})\n}}\n"

    code = read(
        {"go.mod": "module shop\n", "guard/guard.go": GUARD, "main.go": MAIN + routes + main}
    )

    assert answers(code)["/x"] == expected


def test_what_two_callers_give_is_not_told(read):
    routes = 'func shop(r chi.Router, own *guard.Guard) {\nr.With(own.Handler).Get("/x", show)\n}\n'
    main = """func main() {
r := chi.NewRouter()
shop(r, guard.New(users))
r.Route("/o", func(r chi.Router) { shop(r, guard.New(users).OpenFor("/o")) })
}
"""

    code = read(
        {"go.mod": "module shop\n", "guard/guard.go": GUARD, "main.go": MAIN + routes + main}
    )

    assert set(answers(code).values()) == {"unknown"}


GIN = """package main
import ("net/http"; "os"; "github.com/gin-gonic/gin")
type Auth struct { optional bool }
func NewAuth() *Auth { return &Auth{optional: false} }
func (a *Auth) Optional() *Auth {
    other := &Auth{optional: a.optional}
    other.optional = true
    return other
}
func (a *Auth) Add() gin.HandlerFunc {
    return func(c *gin.Context) {
        user, err := check(c)
        if err == nil { c.Set("user", user); c.Next(); return }
        if a.optional { c.Next(); return }
        c.Abort()
        _ = c.Error(err)
    }
}
func check(c *gin.Context) (string, error) {
    token, err := c.Cookie("token")
    if err != nil {
        token = c.GetHeader("Authorization")
        if token == "" { return "", NotSignedIn() }
    }
    return parse(token), nil
}
func Forgets() gin.HandlerFunc {
    return func(c *gin.Context) {
        if _, err := check(c); err != nil { c.JSON(401, nil); return }
        c.Next()
    }
}
func Counts() gin.HandlerFunc {
    return func(c *gin.Context) {
        if !allow(c.ClientIP()) { c.AbortWithStatus(429); return }
        c.Next()
    }
}
func Answers(f func(*gin.Context) error) gin.HandlerFunc {
    return func(c *gin.Context) {
        if err := f(c); err != nil { _ = c.Error(err); c.Abort() }
    }
}
func Keyed() func(c *gin.Context) {
    return func(c *gin.Context) {
        key := strings.TrimPrefix(c.Request.Header.Get("Authorization"), "Bearer ")
        parts := strings.Split(key, "-")
        key = parts[0]
        token, err := model.ValidateToken(key)
        if err != nil { stopWith(c, http.StatusUnauthorized, err.Error()); return }
        c.Set("token", token)
        c.Next()
    }
}
func Fetched() func(c *gin.Context) {
    return func(c *gin.Context) {
        parts := strings.Split(c.Query("list"), "-")
        found, err := model.Find(parts[0])
        if err != nil { stopWith(c, http.StatusUnauthorized, found); return }
        c.Next()
    }
}
func stopWith(c *gin.Context, status int, said string) { c.JSON(status, said); c.Abort() }
func Calls(c *gin.Context) { stop(c); c.Next() }
func show(c *gin.Context) error { c.JSON(200, 1); return nil }
func main() {
    r := gin.New()
    a := NewAuth()
"""


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("a.Add()", "yes"),
        ("a.Optional().Add()", "no"),  # a copy, which leaves the other as it is
        ("a.Add(), a.Optional().Add()", "yes"),
        ("Forgets()", "unknown"),  # gin goes on where nothing is aborted
        ("Counts()", "no"),
        ("Counts(), a.Add()", "yes"),
        ("Keyed()", "yes"),
        ("Fetched()", "unknown"),  # what is asked for tells of nobody
        ("Calls", "unknown"),
        ("elsewhere.Check()", "unknown"),
    ],
)
def test_of_gin_only_what_aborts_ends_a_request(read, before, expected):
    body = f'r.GET("/x", {before}, Answers(show))\n}}\n'

    code = read({"go.mod": "module shop\n", "main.go": GIN + body})

    assert answers(code)["/x"] == expected


ECHO = """package main
import ("flag"; "os"; "net/http"; "github.com/labstack/echo/v4")
var %s
func valid(c echo.Context) bool {
    if DisableLogin { return true }
    _, err := c.Cookie("session_token")
    if err != nil { return false }
    return true
}
func Session(next echo.HandlerFunc) echo.HandlerFunc {
    return func(c echo.Context) error {
        if !valid(c) { return c.Redirect(http.StatusFound, "/login") }
        return next(c)
    }
}
func show(c echo.Context) error { return c.String(200, "x") }
func setUp() {
    %s
}
func main() {
    e := echo.New()
    if !DisableLogin { e.GET("/x", show, Session) }
}
"""


@pytest.mark.parametrize(
    ("variable", "sets", "expected"),
    [
        ("DisableLogin bool", "", "yes"),
        ("DisableLogin = false", 'flag.BoolVar(&DisableLogin, "x", false, "")', "yes"),
        ("DisableLogin bool", 'DisableLogin = os.Getenv("X") == "true"', "yes"),
        ("DisableLogin bool", 'DisableLogin = lookupEnv("X", false)', "yes"),
        ("DisableLogin bool", 'DisableLogin = lookupEnv("X", true)', "unknown"),
        ("DisableLogin = true", "", "unknown"),  # who switches it off again is asked
        ("DisableLogin bool", 'DisableLogin = settings.Get("x")', "unknown"),
        ("DisableLogin bool", "DisableLogin, err = ask()", "unknown"),
        ("DisableLogin bool", "fill(&DisableLogin)", "unknown"),
        ("DisableLogin = given()", "", "unknown"),
    ],
)
def test_a_setting_is_what_the_code_says_unless_it_is_set(read, variable, sets, expected):
    code = read({"go.mod": "module shop\n", "main.go": ECHO % (variable, sets)})

    assert answers(code)["/x"] == expected


def test_an_answer_by_default_names_its_setting(read):
    code = read({"go.mod": "module shop\n", "main.go": ECHO % ("DisableLogin bool", "")})

    assert "DisableLogin is unless it is set" in code.routes[0].auth.evidence


def test_a_field_that_another_file_sets_is_not_what_it_was_made_as(read):
    body = "func main() {\nr := chi.NewRouter()\nr.Use(guard.New(users).Handler)\n"
    body += 'r.Get("/x", show)\n}\n'
    other = "package guard\nfunc Open(g *Guard) { g.open = all() }\n"
    files = {"go.mod": "module shop\n", "guard/guard.go": GUARD, "main.go": MAIN + body}

    alone, beside = read(files), read(files | {"guard/other.go": f'{other}var at = "/"\n'})

    assert (answers(alone)["/x"], answers(beside)["/x"]) == ("yes", "unknown")


def test_what_a_guard_does_for_one_path_is_not_told_of_another(read):
    body = 'r.Use(guard.New(users).OpenFor("/x").Handler)\nr.Get("/x", show)\nr.Get("/y", show)\n'
    main = f"{MAIN}func main() {{\nr := chi.NewRouter()\n{body}}}\n"

    code = read({"go.mod": "module shop\n", "guard/guard.go": GUARD, "main.go": main})

    assert answers(code) == {"/x": "no", "/y": "yes"}


SHOP = """package main
import ("net/http"; "strings"; "errors"; "github.com/go-chi/chi/v5")
type User struct { id int }
func show(w http.ResponseWriter, r *http.Request) { w.Write(nil) }
func find(r *http.Request) (*User, error) {
    if r.Header.Get("Authorization") == "" { return nil, errors.New("x") }
    return &User{id: 1}, nil
}
func guest() (*User, error) { return &User{id: 7}, nil }
func some(r *http.Request) *User {
    if r.Header.Get("Authorization") == "" { return &User{id: 7} }
    return &User{id: 1}
}
func deny(w http.ResponseWriter) { w.WriteHeader(401) }
func guard(next http.Handler) http.Handler {
    return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
        %s
        next.ServeHTTP(w, r)
    })
}
func main() {
    r := chi.NewRouter()
    r.Use(guard)
    r.Get("/x", show)
}
"""
EMPTY = 'r.Header.Get("Authorization") == ""'


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f"if {EMPTY} {{ deny(w); w.WriteHeader(401); return }}", "yes"),
        ("user, err := find(r)\nif err != nil { user, err = guest() }\n"
         "if user == nil { w.WriteHeader(401); return }", "unknown"),
        ("ok := false\nfunc() { ok = true }()\nif !ok { w.WriteHeader(401); return }", "unknown"),
        (f"defer next.ServeHTTP(w, r)\nif {EMPTY} {{ w.WriteHeader(401); return }}", "unknown"),
        (f"go next.ServeHTTP(w, r)\nif {EMPTY} {{ w.WriteHeader(401); return }}", "unknown"),
        (f"if {EMPTY} {{ goto done }}\nw.WriteHeader(401)\nreturn\ndone:", "unknown"),
        (f'if {EMPTY} && !strings.HasPrefix(r.RemoteAddr, "127.") {{ w.WriteHeader(401); return }}',
         "unknown"),
        ("user := some(r)\nif user.id == 0 { w.WriteHeader(401); return }", "no"),
        ('key := r.Form.Get("api_key")\nif key == "" {\nall, ok := r.Header["Authorization"]\n'
         'if ok && len(all) >= 1 { key = all[0] }\n}\n'
         'if key == "" { w.WriteHeader(401); return }', "yes"),
        ('key := r.Form.Get("api_key")\nif key == "" {\nall, ok := r.Header["Accept"]\n'
         'if ok && len(all) >= 1 { key = all[0] }\n}\n'
         'if key == "" { w.WriteHeader(401); return }', "unknown"),
    ],
)  # fmt: skip
def test_who_shows_nothing_is_refused_by_all_that_is_done_before(read, body, expected):
    code = read({"go.mod": "module shop\n", "main.go": SHOP % body})

    assert answers(code)["/x"] == expected


REFUSED, PASSED = "w.WriteHeader(401); return", "next.ServeHTTP(w, r); return"


@pytest.mark.parametrize(
    "body",
    [
        f"l: for _, p := range open {{ if is(p, r) {{ {PASSED} }}; continue l }}\n{REFUSED}",
        f"go func() {{ next.ServeHTTP(w, r) }}()\n{REFUSED}",
        f"switch {{ case {EMPTY}: fallthrough\ncase open(r): {PASSED} }}\n{REFUSED}",
        f"n := 0\nif {EMPTY} {{ n++ }}\nif n == 0 {{ next.ServeHTTP(w, r); return }}\n{REFUSED}",
        f"n := -1\nif n == 1 {{ {REFUSED} }}",
        f'if strings.EqualFold(r.URL.Path, "/X") {{ next.ServeHTTP(w, r); return }}\n{REFUSED}',
        'r.URL.Path = strings.TrimPrefix(r.URL.Path, "/x")\n'
        f'if r.URL.Path == "" {{ next.ServeHTTP(w, r); return }}\n{REFUSED}',
        f'open := []string{{"/q"}}\nopen[0] = "/x"\n'
        f"for _, p := range open {{ if r.URL.Path == p {{ {PASSED} }} }}\n{REFUSED}",
        f"if r.Context().Err() != nil {{ {REFUSED} }}",
        f"if tryPublic(w, r, next) {{ return }}\nif {EMPTY} {{ {REFUSED} }}",
        "if !need(w, r) { return }",
        f"var user *User\nload(r, &user)\nif user == nil {{ {REFUSED} }}",
    ],
)
def test_what_is_not_understood_of_what_is_done_before_is_not_told(read, body):
    code = read({"go.mod": "module shop\n", "main.go": SHOP % body})

    assert answers(code)["/x"] == "unknown"


@pytest.mark.parametrize(
    "body",
    [
        'g := guard.New(users)\ng.Add("/x")\nr.Use(g.Handler)',
        'g := guard.New(users)\nr.Use(g.Handler)\ng.Add("/x")',
        'g := guard.New(users)\nadd := g.Add\nadd("/x")\nr.Use(g.Handler)',
        'g := guard.New(users)\nh := g\nh.Add("/x")\nr.Use(g.Handler)',
        's := server{guard: guard.New(users)}\ns.guard.Add("/x")\nr.Use(s.guard.Handler)',
        "g := guard.New(users)\n*g = other()\nr.Use(g.Handler)",
        "r.Use(guard.Made().Handler)",
    ],
)
def test_what_changes_a_guard_somewhere_else_is_not_overlooked(read, body):
    more = "func (g *Guard) Add(p string) { g.open = append(g.open, p) }\n"
    more += 'func Made() *Guard { g := New(nil); g.Add("/x"); return g }\n'
    main = f'{MAIN}func main() {{\nr := chi.NewRouter()\n{body}\nr.Get("/x", show)\n}}\n'

    code = read({"go.mod": "module shop\n", "guard/guard.go": GUARD + more, "main.go": main})

    assert answers(code)["/x"] == "unknown"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('if isInvalid(r.Header.Get("Authorization")) { w.WriteHeader(401); return }', "yes"),
        (
            "allowed := true\n{ allowed := false; log(allowed) }\n"
            "if !allowed { w.WriteHeader(401); return }",
            "no",
        ),
        ("if isOpen(r) { next.ServeHTTP(w, r); return }\nw.WriteHeader(401)\nreturn", "no"),
    ],
)
def test_code_that_is_known_is_walked_before_its_name_is_asked(read, body, expected):
    more = 'func isInvalid(t string) (is bool) { return t != "secret" }\n'
    more += "func isOpen(r *http.Request) bool { return true }\n"

    code = read({"go.mod": "module shop\n", "main.go": SHOP % body + more})

    assert answers(code)["/x"] in {expected, "unknown"}


def test_functions_that_call_each_other_over_and_over_are_given_up(read):
    calls = "".join(f"if f(r) {{ return g{at}(r) }}\n" for at in range(8))
    more = f"func f(r *http.Request) bool {{\n{calls}return false\n}}\n"

    code = read({"go.mod": "module shop\n", "main.go": SHOP % "if f(r) { return }" + more})

    assert answers(code)["/x"] == "unknown"


def test_a_struct_that_is_put_before_a_handler_is_asked_by_its_own_method(read):
    main = MAIN + (
        "type Deny struct { next http.Handler }\n"
        "func (d *Deny) ServeHTTP(w http.ResponseWriter, r *http.Request) { w.WriteHeader(401) }\n"
        "func New(next http.Handler) http.Handler { return &Deny{next: next} }\n"
        'func main() {\nr := chi.NewRouter()\nr.Use(New)\nr.Get("/x", show)\n}\n'
    )

    assert answers(read({"go.mod": "module shop\n", "main.go": main}))["/x"] != "no"
