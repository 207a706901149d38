"""Laravel: what the container gives, what is behind a facade, who hears and handles."""

from __future__ import annotations

import pytest

HEAD = "<?php\nnamespace App;\n"
NOT_STATED = "what it is bound to is not stated"
PARTS = {
    "app/Mailer.php": HEAD + "interface Mailer {}\n",
    "app/Smtp.php": HEAD + "class Smtp implements Mailer { function send() {} }\n",
    "app/Fake.php": HEAD + "class Fake implements Mailer { function send() {} }\n",
    "app/Placed.php": HEAD + "class Placed {}\n",
    "app/Log.php": HEAD + "class Log { function handle(Placed $p) {} function on() {} }\n",
    "app/Job.php": HEAD + "class Job { function handle() {} }\n",
}
ASKS = HEAD + "class Orders {\nfunction __construct(private Mailer $m) {}\n}\n"


def provider(body: str) -> str:
    return f"{HEAD}class Provider extends ServiceProvider {{\n{body}\n}}\n"


def registers(body: str) -> str:
    return provider(f"function register() {{ {body} }}")


def wired(code) -> list[str]:
    return [
        f"{one.source.symbol} {one.target.symbol}" for one in code.edges if one.grade == "framework"
    ]


def undecided(code) -> list[str]:
    return [one.reason for one in code.unresolved if one.what == "wiring"]


@pytest.mark.parametrize(
    "binding",
    [
        registers("$this->app->bind(Mailer::class, Smtp::class);"),
        registers("$this->app->singleton(Mailer::class, fn ($app) => new Smtp($app));"),
        registers("app()->scoped(Mailer::class, function () { return new Smtp(); });"),
        registers("$this->app->bind(Mailer::class, fn ($app) => $app->make(Smtp::class));"),
        registers("App::bind(Mailer::class, Smtp::class);"),
        registers(
            "$this->app->bind(static function ($app): Mailer { $made = app(Smtp::class); "
            "$made->boot(); return $made; });"
        ),
        registers("$this->app->when(Orders::class)->needs(Mailer::class)->give(Smtp::class);"),
        provider("public $bindings = [Mailer::class => Smtp::class];"),
    ],
)
def test_what_is_asked_for_is_what_is_bound(read, binding):
    code = read(PARTS | {"app/Provider.php": binding, "app/Orders.php": ASKS})

    assert wired(code) == ["Orders.__construct Smtp"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("if (X) { $this->app->bind(Mailer::class, Smtp::class); }", NOT_STATED),
        ("$this->app->bind(Mailer::class, fn () => make());", NOT_STATED),
        ("$this->app->bind(function (): Mailer { $m = new Smtp(); $m = wrap($m); return $m; });",
         NOT_STATED),
        ("$this->app->bind(function () { return new Smtp(); });", "what is bound is not stated"),
        ("$this->app->bind(Mailer::class, Smtp::class); $this->app->bind(Mailer::class, "
         "Fake::class);", "it is bound more than once"),
    ],
)  # fmt: skip
def test_a_binding_that_is_not_evident_is_told(read, body, reason):
    code = read(PARTS | {"app/Provider.php": registers(body), "app/Orders.php": ASKS})

    assert (wired(code), undecided(code)) == ([], [reason])


def test_what_is_behind_a_facade(read):
    facade = HEAD + "class Mail extends Facade {\n"
    facade += "protected static function getFacadeAccessor() { return 'mail'; }\n}\n"
    uses = HEAD + "class Orders {\nfunction a() { Mail::send(); }\n}\n"
    bound = registers("$this->app->bind('mail', Smtp::class);")
    code = read(PARTS | {"app/Mail.php": facade, "app/Orders.php": uses, "app/Provider.php": bound})

    assert wired(code) == ["Orders.a Smtp.send"]


@pytest.mark.parametrize(
    ("inside", "listens", "expected"),
    [
        ("event(new Placed());", "Event::listen(Placed::class, Log::class);", "Log.handle"),
        ("Placed::dispatch();", "Event::listen(Placed::class, [Log::class, 'on']);", "Log.on"),
        ("dispatch(new Job());", "", "Job.handle"),
        ("Job::dispatch()->onQueue('x');", "", "Job.handle"),
        ("Bus::dispatch(new Job);", "", "Job.handle"),
    ],
)
def test_who_handles_what_is_dispatched(read, inside, listens, expected):
    orders = HEAD + f"class Orders {{\nfunction a() {{ {inside} }}\n}}\n"
    code = read(PARTS | {"app/Orders.php": orders, "app/Provider.php": registers(listens)})

    assert wired(code) == [f"Orders.a {expected}"]


def test_what_nobody_is_said_to_hear_is_told(read):
    """Listeners may be found by their folder."""
    dispatches = HEAD + "class Orders {\nfunction a() { event(new Placed()); }\n}\n"

    code = read(PARTS | {"app/Orders.php": dispatches})

    assert undecided(code) == ["nothing that hears or handles it is stated"]


def test_listeners_in_a_list_and_observers(read):
    listed = provider("protected $listen = [Placed::class => [Log::class]];\n"
                      "function boot() { Placed::observe(Fake::class); }")  # fmt: skip
    orders = HEAD + "class Orders {\nfunction a() { event(new Placed()); }\n}\n"
    code = read(PARTS | {"app/Orders.php": orders, "app/Provider.php": listed})

    assert wired(code) == ["Placed Fake", "Orders.a Log.handle"]
