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
