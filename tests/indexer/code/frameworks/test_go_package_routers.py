"""Go: routers that variables of a package are."""

from __future__ import annotations

import pytest

HEAD = 'package main\nimport "github.com/gin-gonic/gin"\n'
GUARD = """
func auth(c *gin.Context) {
    if c.GetHeader("Authorization") == "" { c.AbortWithStatus(401); return }
    c.Next()
}
func show(c *gin.Context) { c.JSON(200, 1) }
"""
SHOW = 'func main() { router.GET("/x", show) }\n'


def told(code) -> list[str]:
    return [f"{one.path} {one.auth.answer}" for one in code.routes]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f"var router = gin.New()\n{SHOW}", ["/x no"]),
        ('var router = gin.New()\nfunc main() { router.Use(auth)\n router.GET("/x", show) }\n',
         ["/x yes"]),
        (f"var router = gin.New()\nfunc init() {{ router.Use(auth) }}\n{SHOW}", ["/x unknown"]),
        (f"var router *gin.Engine\nfunc a() {{ router = gin.New()\n router.Use(auth) }}\n{SHOW}",
         ["/x unknown"]),
        ('var router = gin.New()\nvar own = router.Group("/api", auth)\n'
         'func main() { own.GET("/x", show) }\n', ["/api/x yes"]),
        ('var router = gin.New()\nvar own *gin.RouterGroup\n'
         'func init() { own = router.Group("/api", auth) }\n'
         'func main() { own.GET("/x", show) }\n', ["/api/x yes"]),
        # a variable of the function itself is not the one of the package
        ('var router = gin.New()\nfunc init() { router.Use(auth) }\n'
         'func main() { router := gin.New()\n router.GET("/x", show) }\n', ["/x no"]),
        ('var router = gin.New()\nfunc init() { router.Use(auth) }\n'
         'func set(router *gin.Engine) { router.GET("/x", show) }\n'
         'func main() { set(gin.New()) }\n', ["/x no"]),
        (f"var router = make()\nfunc make() *gin.Engine {{ r := gin.New()\n r.Use(auth)\n"
         f" return r }}\n{SHOW}", ["/x yes"]),
    ],
)  # fmt: skip
def test_a_router_of_a_package_is_what_it_is_made_as(read, body, expected):
    code = read({"go.mod": "module shop\n", "main.go": f"{HEAD}{GUARD}{body}"})

    assert told(code) == expected


@pytest.mark.parametrize(
    "body",
    [
        f"var router = other.Make()\n{SHOW}",
        f"var router *gin.Engine\n{SHOW}",
        f"var router *gin.Engine\nfunc a() {{ router = gin.New()\n router.Use(auth) }}\n"
        f'func b() {{ router = other().Group("/b") }}\n{SHOW}',
    ],
)
def test_routes_of_a_router_of_a_package_that_nobody_knows_are_told_as_lost(read, body):
    code = read({"go.mod": "module shop\n", "main.go": f"{HEAD}{GUARD}{body}"})

    assert not [one for one in told(code) if one.endswith(" no")]
    assert code.routes or "route" in {one.what for one in code.unresolved}


def test_a_router_of_a_package_is_seen_in_its_other_files(read):
    main = f"{HEAD}{GUARD}{SHOW}"
    other = f'{HEAD}var router = gin.New()\nvar own = router.Group("/api", auth)\n'

    code = read({"go.mod": "module shop\n", "main.go": main, "router.go": other})

    assert told(code) == ["/x no"]


@pytest.mark.parametrize("named", ["", "router "])
def test_a_package_that_is_called_router_is_no_router(read, named):
    folder = "routes" if named else "router"
    main = 'package main\nimport (\n"github.com/gin-gonic/gin"\n'
    main += f'{named}"shop/{folder}"\n)\nfunc main() {{ router.Set(gin.New()) }}\n'
    other = HEAD.replace("main", folder) + GUARD
    other += 'func Set(router *gin.Engine) { router.Use(auth)\n router.GET("/x", show) }\n'

    code = read({"go.mod": "module shop\n", "main.go": main, f"{folder}/all.go": other})

    assert told(code) == ["/x yes"]
