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
        registers(
            "$this->app->singleton(Mailer::class, fn () => new Smtp()); "
            "$this->app->alias(Mailer::class, Smtp::class);"
        ),
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
        ("".join(f"$this->app->when(Orders::class)->needs(Mailer::class)->give({one}::class);"
                 for one in ("Smtp", "Fake", "Smtp")), NOT_STATED),
    ],
)  # fmt: skip
def test_a_binding_that_is_not_evident_is_told(read, body, reason):
    code = read(PARTS | {"app/Provider.php": registers(body), "app/Orders.php": ASKS})

    assert (wired(code), undecided(code)) == ([], [reason])


def test_what_tests_give_is_given_to_nobody_else(read):
    bound = "$this->app->bind(Mailer::class, Smtp::class);"
    tests = bound.replace("bind(", "when(Orders::class)->needs(").replace(", Smtp", ")->give(Fake")
    files = {"app/Provider.php": registers(bound), "tests/OrdersTest.php": registers(tests)}

    assert wired(read(PARTS | files | {"app/Orders.php": ASKS})) == ["Orders.__construct Smtp"]


def test_what_observes_a_model_in_tests_does_so_nowhere_else(read):
    text = registers("Placed::observe(Log::class);")

    assert wired(read(PARTS | {"app/Provider.php": text})) == ["Placed Log"]
    assert wired(read(PARTS | {"app/Provider.php": "<?php\n", "tests/PlacedTest.php": text})) == []


@pytest.mark.parametrize("aliases", ["['mail' => Smtp::class]", "F::all()->merge(['mail' => "
                                     "\\App\\Smtp::class])->toArray()"])  # fmt: skip
def test_behind_a_facade_is_the_class_that_is_called_so(read, aliases):
    facade = HEAD + "class Mail extends Facade {\n"
    facade += "protected static function getFacadeAccessor() { return 'mail'; }\n}\n"
    uses = HEAD + "class Orders {\nfunction a() { Mail::send(); }\n}\n"
    config = f"<?php\nuse App\\Smtp;\nreturn ['name' => 'x', 'aliases' => {aliases}];\n"
    files = {"app/Mail.php": facade, "app/Orders.php": uses, "config/app.php": config}

    assert wired(read(PARTS | files)) == ["Orders.a Smtp.send"]


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
    dispatches = HEAD + "class Orders {\nfunction a() { event(new Placed()); }\n}\n"

    code = read(PARTS | {"app/Orders.php": dispatches})

    assert undecided(code) == ["nothing that hears or handles it is stated"]


def test_listeners_in_a_list_and_observers(read):
    listed = provider("protected $listen = [Placed::class => [Log::class]];\n"
                      "function boot() { Placed::observe(Fake::class); }")  # fmt: skip
    orders = HEAD + "class Orders {\nfunction a() { event(new Placed()); }\n}\n"
    code = read(PARTS | {"app/Orders.php": orders, "app/Provider.php": listed})

    assert wired(code) == ["Placed Fake", "Orders.a Log.handle"]


CONFIGURED = "<?php\nreturn Application::configure(basePath: dirname(__DIR__)){}->create();\n"
FOUND = "use App\\Placed;\nclass Notify {{ public function {}(Placed $p) {{}} }}\n"
DISPATCHES = HEAD + "class Orders {\nfunction a() { event(new Placed()); }\n}\n"


@pytest.mark.parametrize(
    ("files", "method", "folder"),
    [
        ({"bootstrap/app.php": CONFIGURED.format("")}, "handle", "app/Listeners"),
        ({"bootstrap/app.php": CONFIGURED.format("")}, "handlePlaced", "app/Listeners/Deep"),
        ({"shop/bootstrap/app.php": CONFIGURED.format("")}, "__invoke", "shop/app/Listeners"),
        ({"bootstrap/app.php": CONFIGURED.format(
            "->withEvents(discover: [__DIR__.'/../app/*/Heard'])")}, "handle", "app/Shop/Heard"),
        ({"app/Providers/E.php": provider("function shouldDiscoverEvents() { return true; }")},
         "handle", "app/Listeners"),
        ({"app/Providers/E.php": provider(
            "function discoverEventsWithin() { return [$this->app->path('Heard')]; }")},
         "handle", "app/Heard"),
    ],
)  # fmt: skip
def test_listeners_are_found_in_the_folders_where_the_application_looks(
    read, files, method, folder
):
    listener = f"<?php\nnamespace App\\Found;\n{FOUND.format(method)}"

    code = read(PARTS | files | {"app/Orders.php": DISPATCHES, f"{folder}/Notify.php": listener})

    assert (wired(code), undecided(code)) == ([f"Orders.a Notify.{method}"], [])


@pytest.mark.parametrize(
    ("files", "method"),
    [
        ({}, "handle"),
        ({"bootstrap/app.php": CONFIGURED.format("->withEvents(discover: false)")}, "handle"),
        ({"bootstrap/app.php": CONFIGURED.format("")}, "heard"),
    ],
)
def test_a_listener_that_nobody_looks_for_hears_nothing(read, files, method):
    listener = f"<?php\nnamespace App\\Listeners;\n{FOUND.format(method)}"
    files = files | {"app/Orders.php": DISPATCHES, "app/Listeners/Notify.php": listener}

    assert wired(read(PARTS | files)) == []


def test_an_event_is_heard_by_those_of_its_class_and_of_each_of_its_interfaces(read):
    events = {
        "app/Any.php": HEAD + "interface Any {}\n",
        "app/Sale.php": HEAD + "interface Sale extends Any {}\n",
        "app/Base.php": HEAD + "class Base {}\n",
        "app/Sold.php": HEAD + "class Sold extends Base implements Sale {}\n",
    }
    orders = HEAD + "class Orders {\nfunction a() { event(new Sold()); }\n}\n"
    listens = "".join(
        f"Event::listen({event}::class, [Log::class, 'on{event}']);"
        for event in ("Any", "Sale", "Base", "Sold")
    )
    log = "".join(f"function on{event}() {{}}\n" for event in ("Any", "Sale", "Base", "Sold"))
    files = events | {
        "app/Log.php": HEAD + f"class Log {{\n{log}}}\n",
        "app/Orders.php": orders,
        "app/Provider.php": registers(listens),
    }

    assert wired(read(PARTS | files)) == [
        "Orders.a Log.onAny", "Orders.a Log.onSale", "Orders.a Log.onSold",
    ]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    "inside",
    [
        "function __construct() { $m = Mailer::class; }",
        "function __construct(Smtp|Mailer $m) {}",
        "function send(Mailer $m) {}",
    ],
)
def test_only_what_a_constructor_asks_for_is_injected(read, inside):
    bound = registers("$this->app->bind(Mailer::class, Smtp::class);")
    orders = HEAD + f"class Orders {{\n{inside}\n}}\n"

    assert wired(read(PARTS | {"app/Provider.php": bound, "app/Orders.php": orders})) == []


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("", "Orders.{} Smtp"),
        ("Controller", "OrdersController.{} Smtp"),
    ],
)
def test_what_is_bound_is_given_to_all_that_the_container_calls(read, head, expected):
    method = "show" if head else "handle"
    bound = registers("$this->app->bind(Mailer::class, Smtp::class);")
    text = f"class Orders{head} {{\npublic function {method}(int $n, ?Mailer $m) {{}}\n}}\n"

    code = read(PARTS | {"app/Provider.php": bound, "app/Orders.php": HEAD + text})

    assert wired(code) == [expected.format(method)]


def test_attributes_bind_and_give(read):
    mailer = HEAD + "#[Bind(Smtp::class)]\ninterface Mailer {}\n"
    orders = HEAD + "class Orders {\nfunction __construct(#[Give(Fake::class)] Mailer $m) {}\n}\n"
    files = {"app/Mailer.php": mailer, "app/Orders.php": orders}

    asks = ASKS.replace("Orders", "Other")

    code = read(PARTS | files | {"app/Other.php": asks})

    assert wired(code) == ["Orders.__construct Fake", "Other.__construct Smtp"]


@pytest.mark.parametrize(
    ("inside", "target"),
    [
        ("Schedule::job(new Job())->daily();", "Job.handle"),
        ("$schedule->job(Job::class);", "Job.handle"),
        ("$schedule->command('mail:send --now')->daily();", "Send.handle"),
        ("$schedule->command(Send::class);", "Send.handle"),
        ("Artisan::call('mail:send');", "Send.handle"),
        ("Bus::chain([new Job(), new Placed()])->dispatch();", "Job.handle"),
        ("Job::withChain([new Other()])->dispatch();", "Job.handle"),
    ],
)
def test_what_is_run_by_a_schedule_or_by_its_name(read, inside, target):
    send = HEAD + "class Send extends Command {\nprotected $signature = 'mail:send {user}';\n"
    send += "function handle() {}\n}\n"
    kernel = HEAD + f"class Kernel {{\nfunction schedule($schedule) {{ {inside} }}\n}}\n"

    code = read(PARTS | {"app/Kernel.php": kernel, "app/Send.php": send})

    assert wired(code) == [f"Kernel.schedule {target}"]


@pytest.mark.parametrize(
    "says",
    [
        "function subscribe($events) { return [Placed::class => 'placed']; }",
        "function subscribe($events) { $events->listen(Placed::class, [self::class, 'placed']); }",
    ],
)
def test_a_subscriber_hears_what_it_says(read, says):
    watch = HEAD + f"class Watch {{\n{says}\nfunction placed() {{}}\n}}\n"
    files = {
        "app/Watch.php": watch,
        "app/Orders.php": DISPATCHES,
        "app/Provider.php": provider("protected $subscribe = [Watch::class];"),
    }

    assert wired(read(PARTS | files)) == ["Orders.a Watch.placed"]


def test_events_of_a_model_are_dispatched_by_it(read):
    model = HEAD + "class Order {\nprotected $dispatchesEvents = ['created' => Placed::class];\n}\n"
    files = {"app/Order.php": model, "app/Provider.php": registers(
        "Event::listen(Placed::class, Log::class);")}  # fmt: skip

    assert wired(read(PARTS | files)) == ["Order Log.handle"]
