"""Middleware of Laravel that ends requests of all alike, as the application is set up."""

from __future__ import annotations

import pytest

ROUTES = """<?php
use App\\Http\\Controllers\\Orders;
use App\\Http\\Mine;
Route::middleware(Mine::class)->get('x', [Orders::class, 'show']);
"""
ORDERS = """<?php
namespace App\\Http\\Controllers;
class Orders { public function show() { return 1; } }
"""
MINE = """<?php
namespace App\\Http;
class Mine { public function handle($request, $next) { %s } }
"""


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ("if ($request->is('health')) { return $next($request); } if (Site::setupCompleted()) {"
         " if ($request->is('setup*')) { return redirect('/'); } else { return $next($request); } }"
         " else { if (! $request->is('setup*')) { return redirect('/login/setup'); }"
         " return $next($request); }", "no"),
        ("if (! setup_done()) { return redirect()->route('login.setup'); } return $next($request);",
         "no"),
        ("if (setup_done()) { if (! known($request->header('X'))) { abort(403); } }"
         " return $next($request);", "unknown"),
        ("if (config('app.private')) { abort(403); } return $next($request);", "unknown"),
        ("if (granted()) { return $next($request); } abort(403);", "unknown"),
        ("if (is_null($key = $request->bearerToken())) { abort(401); } return $next($request);",
         "yes"),
        ("if (!$request->bearerToken() || !known()) { throw new Gone(); } return $next($request);",
         "yes"),
        ("if (!$request->bearerToken() && closed()) { abort(401); } return $next($request);",
         "unknown"),
    ],
)  # fmt: skip
def test_what_an_application_is_set_up_as_refuses_nobody_in_particular(read, body, answer):
    code = read(
        {
            "routes/web.php": ROUTES,
            "app/Http/Controllers/Orders.php": ORDERS,
            "app/Http/Mine.php": MINE % body,
        }
    )

    assert [one.auth.answer for one in code.routes] == [answer]


@pytest.mark.parametrize(
    ("gates", "answer"),
    [
        ("Gate::define('see', function (User $user) { return $user->isAdmin(); });", "yes"),
        ("Gate::define('see', fn ($user) => $user->isAdmin());", "yes"),
        ("Gate::define('see', fn (?User $user) => true);", "unknown"),
        ("Gate::define('see', fn (User|null $user) => true);", "unknown"),
        ("Gate::define('see', function (User $user = null) { return true; });", "unknown"),
        ("Gate::define('see', [Policy::class, 'see']);", "unknown"),
        ("Gate::define('edit', fn (User $user) => true);", "unknown"),
        ("Gate::before(fn (?User $user) => true);Gate::define('see', fn (User $u) => true);",
         "unknown"),
        ("Gate::define('see', fn (User $user) => true);"
         "foreach ($all as $one) { Gate::define($one, fn (?User $user) => true); }", "unknown"),
        ("Gate::before(fn ($user) => true);Gate::define('see', fn (User $u) => true);", "yes"),
        ("$gate->before(fn (?User $user) => true);Gate::define('see', fn (User $u) => true);",
         "unknown"),
        ("$this->gate->define('see', fn (User $user) => true);", "yes"),
    ],
)  # fmt: skip
def test_a_right_that_takes_no_null_for_who_asks_is_not_nobody_s(read, gates, answer):
    code = read(
        {
            "routes/web.php": ROUTES.replace("Mine::class)", "'can:see')"),
            "app/Http/Controllers/Orders.php": ORDERS,
            "app/Providers/Gates.php": "<?php\nnamespace App\\Providers;\n"
            f"class Gates {{ public function boot() {{ {gates} }} }}\n",
        }
    )

    assert [one.auth.answer for one in code.routes] == [answer]


ABOVE = "public function show() { return 1; }"


@pytest.mark.parametrize(
    ("guard", "files", "answer"),
    [
        ("$this->middleware('auth');", {"trait": ABOVE}, "yes"),
        ("$this->middleware('auth');", {"class": ABOVE}, "yes"),
        ("$this->middleware('auth');", {}, "yes"),
        ("", {"trait": ABOVE}, "no"),
        ("", {"class": ABOVE}, "no"),
        ("", {}, "unknown"),
    ],
)
def test_a_method_that_a_controller_has_from_elsewhere_is_guarded_as_its_own(
    read, guard, files, answer
):
    kind = next(iter(files), "trait")
    head = "<?php\nnamespace App\\Http\\Controllers;\n"
    given = "extends Given" if kind == "class" else ""
    uses = "use Given;" if kind == "trait" else ""
    own = f"{head}class Orders {given} {{ {uses} public function __construct() {{ {guard} }} }}\n"
    routes = ROUTES.replace("Route::middleware(Mine::class)->get", "Route::get")
    above = {"app/Http/Controllers/Given.php": f"{head}{kind} Given {{ {ABOVE} }}\n"}

    code = read(
        {
            "routes/web.php": routes,
            "composer.json": '{"autoload": {"psr-4": {"App\\\\": "app/"}}}',
            "app/Http/Controllers/Orders.php": own,
            **(above if files else {}),
        }
    )

    assert [one.auth.answer for one in code.routes] == [answer]


@pytest.mark.parametrize(
    ("own", "answer"),
    [
        ("public function __construct() { parent::__construct(); }", "yes"),
        ("public function __construct() { $this->one = 1; }", "no"),
        ("", "yes"),
    ],
)
def test_a_constructor_guards_by_the_one_above_if_it_calls_that(read, own, answer):
    head = "<?php\nnamespace App\\Http\\Controllers;\n"
    guard = "public function __construct() { $this->middleware('auth'); }"
    orders = f"class Orders extends Given {{ {own} {ABOVE} }}\n"

    code = read(
        {
            "routes/web.php": ROUTES.replace("Route::middleware(Mine::class)->get", "Route::get"),
            "composer.json": '{"autoload": {"psr-4": {"App\\\\": "app/"}}}',
            "app/Http/Controllers/Given.php": f"{head}class Given {{ {guard} }}\n",
            "app/Http/Controllers/Orders.php": f"{head}{orders}",
        }
    )

    assert [one.auth.answer for one in code.routes] == [answer]


def test_what_only_chooses_a_language_refuses_nobody(read):
    routes = ROUTES.replace(
        "App\\Http\\Mine", "Mcamara\\LaravelLocalization\\Middleware\\LocaleSessionRedirect as Mine"
    )
    code = read({"routes/web.php": routes, "app/Http/Controllers/Orders.php": ORDERS})

    assert [one.auth.answer for one in code.routes] == ["no"]
