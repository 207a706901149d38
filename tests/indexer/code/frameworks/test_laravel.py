"""Laravel: what is served below groups and mounted files, and what refuses who is nobody."""

from __future__ import annotations

import pytest

USE = "<?php\nuse Illuminate\\Support\\Facades\\Route;\nuse App\\Http\\Controllers\\Orders;\n"
ORDERS = """<?php
namespace App\\Http\\Controllers;
class Orders extends Controller {{
    {head}
    public function index() {{ return view('orders'); }}
    public function show({parameters}) {{ {body} }}
}}
"""
KERNEL = """<?php
namespace App\\Http;
class Kernel {{
    protected $middlewareGroups = ['api' => ['throttle:api', {group}]];
    protected $routeMiddleware = ['auth' => {auth}, 'mine' => \\App\\Http\\Mine::class];
}}
"""


def orders(**parts: str) -> str:
    return ORDERS.format(**({"head": "", "parameters": "", "body": "return 1;"} | parts))


def served(code) -> list[tuple[str, str, str]]:
    return [(one.method, one.path, one.auth.answer) for one in code.routes]


def paths(code) -> list[str]:
    return [f"{one.method} {one.path}" for one in code.routes]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Route::get('a/{id?}', [Orders::class, 'show']);", ["GET /a/{id}"]),
        ("Route::get('a/{order:slug}', 'Orders@show');", ["GET /a/{order}"]),
        ("Route::match(['get', 'POST'], '/', fn () => 1);", ["GET /", "POST /"]),
        ("Route::any('x', Orders::class)->name('x');", ["ANY /x"]),
        ("Route::view('x', 'welcome');", ["GET /x"]),
        ("Route::redirect('/x', '/y');", ["ANY /x"]),
        ("Route::prefix('a')->group(function () {\n  Route::prefix('b/')->middleware('auth')"
         "->group(function () { Route::post('/c', 'Orders@show'); });\n});", ["POST /a/b/c"]),
        ("Route::group(['prefix' => 'a', 'middleware' => ['auth']], function () {\n"
         "  Route::put('b', ['uses' => 'Orders@show']);\n});", ["PUT /a/b"]),
        ("Route::controller(Orders::class)->prefix('o')->group(function () {\n"
         "  Route::delete('{id}', 'show');\n});", ["DELETE /o/{id}"]),
        ("Route::apiResource('photos.comments', Orders::class)->only(['index', 'update']);",
         ["GET /photos/{photo}/comments", "PUT /photos/{photo}/comments/{comment}",
          "PATCH /photos/{photo}/comments/{comment}"]),
        ("Route::resource('admin/order-entries', Orders::class, ['only' => ['edit', 'show']]);",
         ["GET /admin/order-entries/{order_entry}", "GET /admin/order-entries/{order_entry}/edit"]),
        ("Route::resources(['a' => Orders::class], ['except' => 'x']);",
         ["GET /a", "GET /a/create", "POST /a", "GET /a/{a}", "GET /a/{a}/edit", "PUT /a/{a}",
          "PATCH /a/{a}", "DELETE /a/{a}"]),
        ("Route::resource('a', Orders::class)->parameters(['a' => 'b'])->only('show');",
         ["GET /a/{b}"]),
        ("Route::resource('photos.comments', Orders::class)->shallow()->only('index', 'show');",
         ["GET /photos/{photo}/comments", "GET /comments/{comment}"]),
        ("Route::singleton('profile', Orders::class);",
         ["GET /profile", "GET /profile/edit", "PUT /profile", "PATCH /profile"]),
        ("$router->get('x', 'Orders@show');", ["GET /x"]),
        ("Route::group(['middleware' => ['a', B::class], 'prefix' => config('app.admin_url')],"
         " function () { Route::get('x', 'Orders@show'); });", ["GET /{admin_url}/x"]),
        ("Route::prefix(config('shop.base', 'shop'))->group(function () {\n"
         "  Route::get('x', 'Orders@show');\n});", ["GET /{base}/x"]),
    ],
)  # fmt: skip
def test_every_way_to_register_is_read(read, written, expected):
    code = read({"routes/web.php": f"{USE}{written}\n"})

    assert paths(code) == expected
    assert [one for one in code.unresolved if "route" in one.what] == []


@pytest.mark.parametrize(
    "prefix", ["config($key)", "config('a.b') . '/c'", "config('a.' . $b)", "env('BASE')", "base()"]
)
def test_a_prefix_that_is_no_one_setting_is_told_as_lost(read, prefix):
    code = read(
        {
            "routes/web.php": f"{USE}Route::group(['prefix' => {prefix}], fn () =>\n"
            "    Route::get('x', 'Orders@show'));\n"
            f"Route::prefix({prefix})->group(fn () => Route::get('y', 'Orders@show'));\n"
        }
    )

    assert paths(code) == []
    assert len([one for one in code.unresolved if one.what == "route"]) == 2


def test_a_file_is_required_from_beside_the_file_that_requires_it(read):
    one = f"{USE}Route::get('%s', 'Orders@show');\n"
    code = read(
        {
            "src/Routes/web.php": "<?php\nrequire 'shop-routes.php';\n",
            "src/Routes/shop-routes.php": one % "shop" + "require('more.php');\n",
            "src/Routes/more.php": one % "more",
            "src/Routes/other.php": one % "other",
            "src/Shop.php": f"{USE}class Shop {{ function boot() {{\n"
            "Route::prefix('s')->group(__DIR__ . '/Routes/web.php'); } }\n",
        }
    )

    assert sorted(paths(code)) == ["GET /s/more", "GET /s/shop"]
    assert [one.path for one in code.unresolved] == ["src/Routes/other.php"]


def test_a_resource_whose_class_is_a_text_is_handled_by_that_class(read):
    code = read(
        {
            "app/Http/Controllers/Orders.php": "<?php\nnamespace App\\Http\\Controllers;\n"
            "class Orders { public function show() {} }\n",
            "routes/web.php": f"{USE}Route::resource('a', 'Orders')->only('show', 'edit');\n",
        }
    )

    assert [(one.path, one.file, one.symbol) for one in code.routes] == [
        ("/a/{a}", "app/Http/Controllers/Orders.php", "Orders.show"),
        ("/a/{a}/edit", "app/Http/Controllers/Orders.php", "Orders"),
    ]


def test_files_are_served_as_they_are_mounted(read):
    one = f"{USE}Route::get('x', 'Orders@show');\n"
    code = read(
        {
            "routes/api.php": one + "require __DIR__.'/more.php';\n",
            "routes/more.php": "<?php Route::get('more', 'Orders@show');\n",
            "routes/v2.php": one,
            "routes/alone.php": one,
            "app/Load.php": f"{USE}class Load {{ function load($of) {{\n"
            "Route::group([], base_path(sprintf('routes/%s.base.php', $of))); } }\n",
            "routes/web.base.php": one.replace("'x'", "'base'"),
            "Modules/Blog/Routes/api.php": one,
            "Modules/Blog/Providers/Routing.php": USE + "class Routing { function map() {\n"
            "Route::prefix('blog')->group(module_path('Blog', '/Routes/api.php')); } }\n",
            "bootstrap/app.php": USE + "return Application::configure()->withRouting(\n"
            "api: __DIR__.'/../routes/api.php', apiPrefix: 'rest', then: function () {\n"
            "Route::prefix('v2')->middleware('auth')->group(base_path('routes/v2.php'));\n"
            "Route::prefix('v3')->group($file);\n});\n",
        }
    )

    assert sorted(paths(code)) == [
        "GET /base",
        "GET /blog/x",
        "GET /rest/more",
        "GET /rest/x",
        "GET /v2/x",
    ]
    assert {(one.path, one.reason) for one in code.unresolved if one.what == "route"} == {
        ("routes/alone.php", "nobody is seen to mount its file"),
        ("bootstrap/app.php", "which file of routes it mounts is not a literal"),
    }


FRAMEWORKS = "\\Illuminate\\Auth\\Middleware\\Authenticate::class"
HANDED = (
    "function handle($request, $next) {{ $this->known($request); return $next($request); }}\n"
    "function known($request) {{ {} }}"
)
CHECKED = "if (! $request->user()) { abort(401); } return $next($request);"
LET_BY = "if (! $request->user() && ! open()) { abort(401); } return $next($request);"


@pytest.mark.parametrize(
    ("files", "answer"),
    [
        ({}, "yes"),
        ({"auth": FRAMEWORKS}, "yes"),
        ({"auth": "\\App\\Http\\Own::class", "own": "protected function redirectTo($r) {}"}, "yes"),
        ({"auth": "\\App\\Http\\Own::class", "own": "protected function authenticate($r, $g) {}"},
         "unknown"),
        ({"auth": "\\App\\Http\\Own::class",
          "own": f"public function handle($request, $next) {{ {CHECKED} }}"}, "yes"),
        ({"auth": "\\App\\Http\\Own::class",
          "own": f"public function handle($request, $next) {{ {LET_BY} }}"}, "unknown"),
        ({"auth": "\\App\\Http\\Own::class", "own": "public function handle($request, $next) {"
          "if ($request->user()?->tokenCan('*')) { return $next($request); } "
          "abort_if($request->ajax(), 401); return redirect('/'); }"}, "yes"),
        ({"auth": "\\App\\Http\\Own::class", "own": "public function handle($request, $next) {"
          "if ($request->user()?->x || open()) { return $next($request); } abort(401); }"},
         "unknown"),
        ({"auth": "\\App\\Http\\Own::class", "own": "public function handle($request, $next) {"
          "abort_unless($request->user()?->x, 401); return $next($request); }"}, "yes"),
        ({"auth": "\\App\\Http\\Own::class", "own": "public function handle($request, $next) {"
          "abort_unless($request->key === c('x'), 401); return $next($request); }"}, "unknown"),
        ({"auth": "\\App\\Http\\Own::class", "own": HANDED.format(
          "if (auth()->check()) { return; } throw new AuthException();\n// no\n")}, "yes"),
        ({"auth": "\\App\\Http\\Own::class", "own": HANDED.format(
          "if (open()) { return; } throw new AuthenticationException();")}, "unknown"),
        ({"auth": "\\Vendor\\Theirs::class"}, "unknown"),
    ],
)  # fmt: skip
def test_auth_is_what_the_project_makes_of_it(read, files, answer):
    own = (
        "<?php\nnamespace App\\Http;\nuse Illuminate\\Auth\\Middleware\\Authenticate as Base;\n"
        f"class Own extends Base {{ {files.get('own', '')} }}\n"
    )
    project = {"routes/web.php": f"{USE}Route::get('x', 'Orders@show')->middleware('auth');\n"}
    project |= {"app/Http/Controllers/Orders.php": orders(), "app/Http/Own.php": own}
    if "auth" in files:
        project["app/Http/Kernel.php"] = KERNEL.format(group="'x'", auth=files["auth"])

    assert served(read(project)) == [("GET", "/x", answer)]


@pytest.mark.parametrize(
    ("written", "parts", "answer"),
    [
        ("->middleware('auth:sanctum')", {}, "yes"),
        ("->middleware(['throttle:60,1', 'verified'])", {}, "yes"),
        ("", {"head": "function __construct() { $this->middleware('auth'); }"}, "yes"),
        ("", {"head": "function __construct() { $this->authorizeResource(Order::class); }"},
         "unknown"),
        ("", {"head": "function __construct() { $this->authorizeResource(Order::class, 'order', "
              "['except' => ['show']]); }"}, "no"),
        ("", {"head": "function __construct() { $this->middleware('auth')->except('show'); }"},
         "no"),
        ("", {"head": "function __construct() { $this->middleware('auth', "
                      "['only' => ['show']]); }"}, "yes"),
        ("", {"head": "function __construct() { if (mode()) { $this->middleware('auth'); } }"},
         "unknown"),
        ("", {"head": "static function middleware(): array { return ['x', "
                      "new Middleware('auth', except: ['index'])]; }"}, "yes"),
        ("->middleware('auth')->withoutMiddleware('auth')", {}, "no"),
        ("->middleware('auth')->withoutMiddleware($some)", {}, "unknown"),
        ("->middleware('auth:api')->withoutMiddleware('auth')", {}, "unknown"),
        ("->middleware('captcha')", {}, "unknown"),
        ("->middleware('guest')", {}, "no"),
        ("->middleware('can:see,order')", {}, "unknown"),
        ("->middleware($some)", {}, "unknown"),
        ("", {}, "no"),
        ("", {"body": "abort_unless(known(), 403);"}, "unknown"),
        ("", {"body": "find($request->header('X-Api-Key'));"}, "unknown"),
        ("", {"body": "$this->check();", "head": "function check() { throw new "
                                                "AuthenticationException(); }"}, "unknown"),
    ],
)  # fmt: skip
def test_yes_only_for_what_refuses_nobody_and_no_only_where_nothing_could(
    read, written, parts, answer
):
    code = read(
        {
            "routes/web.php": f"{USE}Route::get('x', 'Orders@show'){written};\n",
            "app/Http/Controllers/Orders.php": orders(**parts),
        }
    )

    assert served(code) == [("GET", "/x", answer)]


@pytest.mark.parametrize(
    ("inside", "answer"),
    [
        ("if (! session('who')) { return redirect('/'); } return $next($request);", "unknown"),
        ("if (! $request->cookie('x')) { throw new No(); } return $next($request);", "unknown"),
        ("$request->x = 1; return $next($request);", "no"),
        (
            "foreach ($guards as $one) { if (Auth::guard($one)->check()) { return home(); } }"
            " return $next($request);",
            "no",
        ),
        (
            "if ($this->authManager->guard($one)->check()) { return redirect('/'); }"
            " return $next($request);",
            "no",
        ),
        (
            "if (! auth()->guard($one)->check()) { return redirect('/'); } else {"
            " if (! ok()) { abort(403); } } return $next($request);",
            "yes",
        ),
        (
            "if (auth()->guard('web')->check()) { return redirect('/'); } return $next($request);",
            "no",
        ),
        ("if (Auth::check()) { return $next($request); } else { abort(403); }", "unknown"),
        ("view()->share('a', 1); $response = $next($request); return $response;", "no"),
        ("$this->ask($request->user()); return $next($request);", "unknown"),
    ],
)
def test_middleware_that_may_end_a_request_is_not_called_open(read, inside, answer):
    asks = "function ask($user) { if (! $user) { throw new UnauthorizedException(); } }"
    asks = asks if "ask(" in inside else ""
    mine = f"class Mine {{ function handle($request, $next) {{ {inside} }} {asks} }}\n"
    code = read(
        {
            "routes/web.php": f"{USE}Route::get('x', 'Orders@show')->middleware('mine');\n",
            "app/Http/Kernel.php": KERNEL.format(group="'x'", auth=FRAMEWORKS),
            "app/Http/Mine.php": f"<?php\nnamespace App\\Http;\n{mine}",
            "app/Http/Controllers/Orders.php": orders(),
        }
    )

    assert served(code) == [("GET", "/x", answer)]


def test_of_several_that_may_refuse_the_one_is_told_that_asks_who_it_is(read):
    code = read(
        {
            "routes/web.php": USE
            + "Route::get('x', 'Orders@show')->middleware(['mine', 'auth']);\n",
            "app/Http/Kernel.php": KERNEL.format(
                group="'x'", auth="\\App\\Http\\Authenticate::class"
            ),
            "app/Http/Controllers/Orders.php": orders(),
        }
    )

    assert code.routes[0].auth.evidence == "auth (routes/web.php:4)"


def test_a_middleware_that_is_no_literal_is_told_as_something(read):
    group = "Route::middleware(['auth', config('app.session'), 'verified'])->group(function () {\n"
    routes = f"{USE}{group}Route::get('x', 'Orders@show');\n}});\n"
    code = read({"routes/web.php": routes, "app/Http/Controllers/Orders.php": orders()})

    assert code.routes[0].middleware == ("web", "auth", "...", "verified")


def test_a_group_that_is_taken_away_takes_all_that_it_holds(read):
    code = read(
        {
            "routes/api.php": f"{USE}Route::get('x', 'Orders@show')->withoutMiddleware(['api']);\n",
            "app/Http/Kernel.php": KERNEL.format(group="'auth:api'", auth=FRAMEWORKS),
            "app/Http/Controllers/Orders.php": orders(),
        }
    )

    assert served(code) == [("GET", "/api/x", "no")]


@pytest.mark.parametrize(
    ("body", "takes"),
    [
        ("return Order::find($id)->delete();", False),
        ("return $request->user()->name;", False),
        ("return $request->input('a');", True),
        ("return $request->name;", True),
        ("return keep($request);", True),
        ("return request('a');", True),
    ],
)
def test_a_handler_that_looks_at_nothing_that_was_sent_takes_no_input(read, body, takes):
    files = {
        "routes/api.php": "<?php\nuse App\\Http\\Orders;\n"
        "use Illuminate\\Support\\Facades\\Route;\nRoute::post('/x', [Orders::class, 'x']);\n",
        "app/Http/Orders.php": "<?php\nnamespace App\\Http;\nclass Orders {\n"
        f"  public function x(Request $request, $id) {{ {body} }}\n"
        "  public function y(Request $request) { $this->validate($request, []); }\n}\n",
    }

    (route,) = read(files).routes

    assert route.takes_input is takes


def test_authorisation_validation_and_limits_have_their_evidence(read):
    code = read(
        {
            "routes/api.php": f"{USE}Route::post('x', 'Orders@show')->can('see', 'order');\n",
            "app/Http/Kernel.php": KERNEL.format(group="'auth:api'", auth=FRAMEWORKS),
            "app/Http/Controllers/Orders.php": orders(parameters="\\App\\Http\\NewOrder $r"),
            "app/Http/NewOrder.php": "<?php\nnamespace App\\Http;\n"
            "use Illuminate\\Foundation\\Http\\FormRequest as Form;\n"
            "class NewOrder extends Form {}\n",
        }
    )
    (one,) = code.routes

    assert (one.handler, one.line) == ("app/Http/Controllers/Orders.php:Orders.show", 6)
    assert one.auth[:2] == ("yes", "auth:api (app/Http/Kernel.php:4)")
    assert one.authorisation[:2] == ("yes", "can:see,order (routes/api.php:4)")
    assert one.validation.evidence == "\\App\\Http\\NewOrder (app/Http/Controllers/Orders.php:6)"
    assert one.rate_limit[:2] == ("yes", "throttle:api (app/Http/Kernel.php:4)")


@pytest.mark.parametrize(
    ("base", "auth"),
    [("Illuminate\\Foundation\\Auth\\AuthenticatesUsers", "no"), ("Vendor\\Pages", "unknown")],
)
def test_what_a_package_does_in_a_handler_is_not_known_but_for_logins_of_laravel(read, base, auth):
    name = base.rpartition("\\")[2]
    code = read(
        {
            "routes/web.php": f"{USE}Route::post('login', 'Logins@login');\n",
            "app/Http/Kernel.php": KERNEL.format(group="", auth=FRAMEWORKS),
            "app/Http/Controllers/Logins.php": "<?php\nnamespace App\\Http\\Controllers;\n"
            f"use {base};\nclass Logins {{ use {name}; }}\n",
        }
    )
    (one,) = code.routes

    assert one.auth.answer == auth
    assert {one.validation.why, one.rate_limit.why} == {"its handler is not in the project"}


def test_what_is_not_a_literal_is_told_and_no_other_object_is_a_router(read):
    code = read(
        {
            "routes/web.php": f"{USE}Route::get(config('path').'/x', 'Orders@show');\n"
            "Auth::routes();\n",
            "app/Client.php": "<?php class Client { function a($app, $router) {\n"
            "$app->get(Thing::class); $router->get('/x', []); } }\n",
            "app/Other.php": "<?php use App\\Route; Route::get('/x', 'y');\n",
        }
    )

    assert code.routes == ()
    assert [one.reason for one in code.unresolved if one.what == "route"] == [
        "its path is not a literal",
        "the routes of a package are not in the project",
    ]


def test_middleware_that_is_called_after_rights_leaves_open_whether_one_is_asked_for(read):
    middleware = (
        "<?php\nnamespace App\\Http;\n"
        "class Mine {\n  public function handle($request, $next, $of) {\n"
        "    if (Gate::allows($of)) { return $next($request); }\n"
        "    return response('', 403);\n  }\n}\n"
    )
    kernel = KERNEL.format(group="'x'", auth="\\Illuminate\\Auth\\Middleware\\Authenticate::class")
    code = read(
        {
            "routes/web.php": f"{USE}Route::get('a', [Orders::class, 'show'])"
            "->middleware(['auth', 'authorize:superuser']);\n",
            "app/Http/Controllers/Orders.php": orders(),
            "app/Http/Kernel.php": kernel.replace("'mine'", "'authorize'"),
            "app/Http/Mine.php": middleware,
        }
    )

    assert [(one.auth.answer, one.authorisation.answer) for one in code.routes] == [
        ("yes", "unknown")
    ]


ASKS = "public function authorize() { return %s; }"


@pytest.mark.parametrize(
    ("own", "base", "answers"),
    [
        ("", "", ("no", "no")),
        (ASKS % "true", ASKS % "$this->user()->can('x')", ("no", "no")),
        (ASKS % "$this->user()->can('x')", "", ("unknown", "yes")),
        ("", ASKS % "$this->user()->can('x')", ("unknown", "yes")),
        ("", ASKS % "$this->isOurs()", ("unknown", "unknown")),
        ("", ASKS % "Gate::allows('x', $this->order)", ("unknown", "yes")),
        ("", ASKS % "$this->order->canBeCancelled()", ("unknown", "unknown")),
        ("", ASKS % "$this->user()->cannot('x')", ("unknown", "unknown")),
        ("", ASKS % "Gate::denies('x')", ("unknown", "unknown")),
        ("", ASKS % "$this->user()->can('x') || $this->isOpen()", ("unknown", "unknown")),
    ],
)
def test_a_form_of_input_may_ask_who_gives_it_and_so_may_what_it_extends(read, own, base, answers):
    form = "<?php\nnamespace App\\Http;\nuse Illuminate\\Foundation\\Http\\FormRequest;\n"
    code = read(
        {
            "routes/web.php": f"{USE}Route::post('x', 'Orders@show');\n",
            "app/Http/Controllers/Orders.php": orders(parameters="\\App\\Http\\NewOrder $r"),
            "app/Http/Base.php": f"{form}class Base extends FormRequest {{ {base} }}\n",
            "app/Http/NewOrder.php": "<?php\nnamespace App\\Http;\n"
            f"class NewOrder extends Base {{ {own} }}\n",
        }
    )

    (route,) = code.routes
    assert (route.auth.answer, route.authorisation.answer) == answers


def test_a_locale_before_the_paths_of_a_group_is_left_out_as_for_the_default_one(read):
    code = read(
        {
            "routes/web.php": f"{USE}Route::group(['prefix' => LaravelLocalization::setLocale()], "
            "function () { Route::get('install', 'Orders@show'); });\n",
            "app/Http/Controllers/Orders.php": orders(),
        }
    )

    assert [one.path for one in code.routes] == ["/install"]


def test_on_what_it_depends_whether_a_middleware_refuses_is_told(read):
    mine = (
        "<?php\nnamespace App\\Http;\nclass Mine {\n  public function handle($request, $next) {\n"
        "    if (! user()->hasAccess()) { return redirect('/login'); }\n"
        "    return $next($request);\n  }\n}\n"
    )
    route = f"{USE}Route::middleware('mine')->get('x', [Orders::class, 'show']);"
    files = {
        "routes/web.php": route,
        "app/Http/Mine.php": mine,
        "app/Http/Kernel.php": KERNEL.format(group="'throttle:api'", auth="'x'"),
        "app/Http/Controllers/Orders.php": orders(),
    }

    (auth,) = [one.auth for one in read(files).routes]
    assert auth.answer == "unknown"
    assert auth.evidence == "mine (routes/web.php:4): if (! user()->hasAccess())"


def test_a_closure_is_followed_from_its_first_line_to_its_last(read):
    routes = USE + "Route::post('/a', function () {\n  return Orders::all();\n});\n"
    routes += "Route::get('/b', [Orders::class, 'show']);\nRoute::view('/c', 'c');\n"

    code = read({"routes/api.php": routes, "app/Http/Controllers/Orders.php": orders()})

    own = {one.path: one for one in code.routes}
    assert {path: one.inside for path, one in own.items()} == {
        "/api/a": (4, 6),
        "/api/b": (0, 0),
        "/api/c": (0, 0),
    }
    assert own["/api/a"].validation.why == "what a handler without a name does was not followed"
