"""Symfony: routes by attributes, annotations and YAML, and what `access_control` refuses."""

from __future__ import annotations

import pytest

CONTROLLER = """<?php
namespace App\\Controller;
use Symfony\\Component\\Routing\\Attribute\\Route;
use FOS\\RestBundle\\Controller\\Annotations as Rest;
{of_class}
class Orders extends Base {{
    {of_method}
    public function show(int $id{parameters}) {{ {body} }}
}}
"""
MOUNTED = {"config/routes.yaml": "all:\n  resource: ../src/Controller/\n  type: attribute\n"}
SECURITY = """security:
    firewalls:
        dev: {{ pattern: ^/_wdt, security: false }}
        main: {{ lazy: true{wall} }}
    access_control:
{rules}
"""


def controller(of_method: str, of_class: str = "", body: str = "", parameters: str = ""):
    parts = {"of_class": of_class, "body": body, "parameters": parameters}
    return {"src/Controller/Orders.php": CONTROLLER.format(of_method=of_method, **parts)}


def security(*rules: str, wall: str = "") -> dict[str, str]:
    text = "\n".join(f"        - {{ {one} }}" for one in rules) or "        []"
    return {"config/packages/security.yaml": SECURITY.format(rules=text, wall=wall)}


def paths(code) -> list[str]:
    return [f"{one.method} {one.path}" for one in code.routes]


def auths(code) -> list[str]:
    return [one.auth.answer for one in code.routes]


@pytest.mark.parametrize(
    ("of_method", "of_class", "expected"),
    [
        ("#[Route('/x/{id<\\d+>?1}', name: 'x', methods: ['GET', 'post'])]", "",
         ["GET /x/{id}", "POST /x/{id}"]),
        ("#[Route(path: '/', methods: 'PUT')]", "#[Route('/orders', name: 'o_')]",
         ["PUT /orders/"]),
        ("#[Route('')]", "#[Route('/orders', methods: ['GET'])]", ["GET /orders"]),
        ("#[Route(['en' => '/a', 'de' => '/b'])]", "", ["ANY /a", "ANY /b"]),
        ("#[Route('/a')]\n#[Route('/b')]", "", ["ANY /a", "ANY /b"]),
        ("#[Route('/a', methods: [Request::METHOD_GET, Request::METHOD_POST, Mine::OWN])]", "",
         ["GET /a", "POST /a"]),
        ("#[Rest\\Get('/x')]", "", ["GET /x"]),
        ("#[OA\\Post(responses: [])]\n#[Route(methods: ['POST'], path: '/{id}/x')]",
         "#[Route('/o')]", ["POST /o/{id}/x"]),
        ('/**\n * Shows.\n * @Route("/x/{id}", name="x", methods={"GET","POST"},\n'
         ' *   requirements={"id"="\\d+"})\n */', "", ["GET /x/{id}", "POST /x/{id}"]),
        ('/**\n * @Route("/x")\n * @Method({"DELETE"})\n */', '/** @Route("/v1") */',
         ["DELETE /v1/x"]),
        ("/* @Route(\"/x\") */", "", []),
        ("#[Route('/x/' . OTHER)]", "", []),
    ],
)  # fmt: skip
def test_attributes_and_annotations_are_read(read, of_method, of_class, expected):
    assert paths(read(controller(of_method, of_class) | MOUNTED)) == expected


def test_a_class_may_be_a_controller_and_a_base_may_have_routes(read):
    base = "<?php\nnamespace App\\Controller;\nuse Symfony\\Component\\Routing\\Attribute\\Route;\n"
    code = read(
        MOUNTED
        | controller("#[Route('/own')]", "#[Route('/orders')]")
        | {
            "src/Controller/Base.php": f"{base}abstract class Base {{ #[Route('/all')] "
            "public function all() {} }\n",
            "src/Controller/Ping.php": f"{base}#[Route('/ping', methods: ['GET'])]\nclass Ping {{ "
            "public function __invoke() {} }\n",
        }
    )

    assert [(one.method, one.path, one.symbol) for one in code.routes] == [
        ("ANY", "/orders/own", "Orders.show"),
        ("ANY", "/orders/all", "Base.all"),
        ("GET", "/ping", "Ping.__invoke"),
    ]


def test_yaml_mounts_files_and_folders_below_prefixes(read):
    code = read(
        controller("#[Route('/x')]")
        | {
            "config/routes.yaml": "api:\n  resource: ../src/Controller/\n  type: attribute\n"
            "  prefix: /api\nadmin:\n  resource: routing/admin.yaml\n  prefix: admin\n"
            "made:\n  resource: 'alias: x'\n  type: sylius.resource\n"
            "far:\n  resource: '@OtherBundle/routes.xml'\n",
            "config/routing/admin.yaml": "show:\n  path: /{page}\n  methods: [GET, POST]\n"
            "  controller: App\\Controller\\Orders::show\n"
            "old:\n  path: /%env(X)%\n  controller: x.y:z\n",
            "config/routing/unused.yaml": "never:\n  path: /never\n  controller: x\n",
        }
    )

    assert [(one.path, one.symbol, one.registered) for one in code.routes] == [
        ("/admin/{page}", "Orders.show", "config/routing/admin.yaml:1"),
        ("/admin/{page}", "Orders.show", "config/routing/admin.yaml:1"),
        ("/api/x", "Orders.show", "src/Controller/Orders.php:7"),
    ]
    assert sorted(one.reason for one in code.unresolved if one.what == "route") == [
        "its path is not a literal",
        "what it mounts is not in the project",
        "what it mounts is not read",
    ]


@pytest.mark.parametrize("call", ["collection('x_')", "when('dev')", "import", "withPath('/x')"])
def test_what_a_configurator_does_beside_adding_routes_ends_no_reading(read, call):
    call = f"$routes->{call};" if "(" in call else f"$given->{call}('x');"
    text = f"<?php return function (RoutingConfigurator $routes) {{ {call} }};\n"

    assert read({"config/routes.php": text}).routes == ()


def test_routes_may_be_configured_in_php(read):
    text = (
        "<?php\nuse App\\Controller\\Orders;\n"
        "use Symfony\\Component\\Routing\\Loader\\Configurator\\RoutingConfigurator;\n"
        "return static function (RoutingConfigurator $routes): void {\n"
        "    $routes->import('../src/Controller/', 'attribute')->prefix('/api');\n"
        "    $routes->add('one', '/one/{id}')->controller([Orders::class, 'show'])"
        "->methods(['GET']);\n};\n"
    )
    code = read(controller("#[Route('/x')]") | {"config/routes.php": text})

    assert [(one.method, one.path, one.symbol) for one in code.routes] == [
        ("GET", "/one/{id}", "Orders.show"),
        ("ANY", "/api/x", "Orders.show"),
    ]


def test_files_of_routes_in_php_are_below_the_prefix_of_what_imports_them(read):
    head = (
        "<?php\nuse App\\Controller\\Orders;\n"
        "use Symfony\\Component\\Routing\\Loader\\Configurator\\RoutingConfigurator;\n"
        "return static function (RoutingConfigurator $configurator): void {\n"
    )
    show = "->controller([Orders::class, 'show'])"
    code = read(
        controller("")
        | {
            "config/routes.php": f"{head}$configurator->import('@ShopBundle/config/routing.php')"
            "->prefix('/shop');\n};\n",
            "src/ShopBundle/ShopBundle.php": "<?php\nclass ShopBundle {}\n",
            "src/ShopBundle/config/routing.php": f"{head}$configurator->add('one', '/one'){show}"
            f"->add('two', '/two'){show};\n"
            "$configurator->import('@ShopBundle/config/ajax.php')->prefix('/xhr');\n"
            f"$configurator->collection('c_')->prefix('/c')->add('four', '/four'){show};\n}};\n",
            "src/ShopBundle/config/ajax.php": f"{head}$configurator->add('three', '/{{id}}'){show};"
            "\n};\n",
        }
    )

    assert sorted(one.path for one in code.routes) == [
        "/shop/c/four",
        "/shop/one",
        "/shop/two",
        "/shop/xhr/{id}",
    ]


def test_a_route_of_the_same_name_that_is_mounted_later_replaces_it(read):
    code = read(controller("#[Route('/x', name: 'x')]") | {
        "config/routes.yaml": "security:\n  resource: ../src/\n  type: attribute\n  prefix: /a\n"
        "again:\n  resource: ../src/Controller/\n  type: attribute\n  prefix: /b\n"
        "more:\n  resource: ../src/Controller/\n  type: attribute\n  name_prefix: c_\n"
    })  # fmt: skip

    assert paths(code) == ["ANY /b/x", "ANY /x"]


def test_controllers_that_nobody_mounts_are_told(read):
    code = read(controller("#[Route('/x')]") | {
        "config/routes.yaml": "all:\n  resource: ../src/Other/\n  type: attribute\n"
    })  # fmt: skip

    assert code.routes == ()
    assert [one.reason for one in code.unresolved if one.what == "route"] == [
        "nobody is seen to mount its folder"
    ]


ADMIN = "path: ^/admin, roles: ROLE_ADMIN"
ALL = "path: ^/, roles: [ROLE_USER]"


@pytest.mark.parametrize(
    ("route", "rules", "answer"),
    [
        ("/admin/{id}", [ADMIN], "yes"),
        ("/admin/{id}", ["path: ^/admin, roles: PUBLIC_ACCESS", ALL], "no"),
        ("/x", ["path: ^/login, roles: PUBLIC_ACCESS", ALL], "yes"),
        ("/x", [ADMIN], "no"),
        ("/{page}", [ADMIN], "unknown"),
        ("/{page<\\d+>}", [ADMIN, ALL], "yes"),
        ("/{page}", ["path: ^/login, roles: PUBLIC_ACCESS", ALL], "unknown"),
        ("/x/{id}", ["path: '/open.xml$', roles: PUBLIC_ACCESS", ALL], "unknown"),
        ("/x/{id}/y", ["path: '/open.xml$', roles: PUBLIC_ACCESS", ALL], "yes"),
        ("/admin", ["path: ^/admin, roles: ROLE_ADMIN, methods: [POST]"], "no"),
        ("/admin", ["path: ^/admin, roles: ROLE_ADMIN, ips: [127.0.0.1]"], "unknown"),
        ("/admin", ["path: ^/admin, allow_if: \"request.isSecure()\""], "unknown"),
        ("/admin", ["path: ^/admin, roles: [PUBLIC_ACCESS, ROLE_ADMIN]"], "no"),
        ("/admin", ["path: ^/admin, roles: MY_VOTER"], "unknown"),
        ("/admin", ["path: '^/%x%', roles: PUBLIC_ACCESS", ALL], "unknown"),
        ("/_wdt/x", [ALL], "no"),
        ("/de/x", ["path: '^/{_locale}/', roles: ROLE_USER"], "unknown"),
        ("/de/x", ["path: '^/{_locale}/', roles: ROLE_USER", ALL], "yes"),
    ],
)  # fmt: skip
def test_the_first_entry_that_is_meant_decides(read, route, rules, answer):
    code = read(controller(f"#[Route('{route}', methods: ['GET'])]") | MOUNTED | security(*rules))

    assert auths(code) == [answer]


SWITCH = """roles: ROLE_ADMIN, allow_if: "'%env(default:bypass:BYPASS)%' === 'true'\""""


@pytest.mark.parametrize(
    ("parameters", "entry", "answer"),
    [
        ("parameters:\n    bypass: 'false'\n", SWITCH, "yes"),
        ("parameters:\n    bypass: 'true'\n", SWITCH, "unknown"),
        ("services: {}\n", SWITCH, "unknown"),
        ("parameters:\n    bypass: true\n", SWITCH, "unknown"),
        ("parameters:\n    bypass: '%env(OTHER)%'\n", SWITCH, "unknown"),
        ("parameters:\n    bypass: 'false'\n", SWITCH.replace("env(", "env(not:"), "unknown"),
        ("parameters:\n    bypass: 'false'\n", SWITCH.replace("ROLE_ADMIN", "MY_VOTER"), "unknown"),
        ("parameters:\n    bypass: 'false'\n", SWITCH.replace("===", "!=="), "unknown"),
        ("parameters:\n    bypass: 'false'\n", SWITCH.partition("allow")[2].join(["allow", ""]),
         "unknown"),
    ],
)  # fmt: skip
def test_a_switch_that_a_parameter_has_off_lets_nobody_pass(read, parameters, entry, answer):
    files = controller("#[Route('/admin', methods: ['GET'])]") | MOUNTED
    files |= security(f"path: ^/admin, {entry}") | {"config/services.yaml": parameters}
    (route,) = read(files).routes

    assert route.auth.answer == answer
    assert ("unless BYPASS is set" in route.auth.evidence) or answer != "yes"


@pytest.mark.parametrize(
    ("asked", "of_class", "body", "answer"),
    [
        ("#[IsGranted('ROLE_ADMIN')]", "", "", "yes"),
        ("#[IsGranted(attribute: 'IS_AUTHENTICATED_FULLY')]", "", "", "yes"),
        ("", "#[IsGranted('ROLE_ADMIN')]", "", "yes"),
        ("#[IsGranted('EDIT', subject: 'order')]", "", "", "unknown"),
        ("#[IsGranted('PUBLIC_ACCESS')]", "", "", "no"),
        ("#[IsGranted(new Expression('is_granted(\"ROLE_A\") or open()'))]", "", "", "unknown"),
        ("", "", "$this->denyAccessUnlessGranted('ROLE_ADMIN');", "yes"),
        ("", "", "if ($x) { $this->denyAccessUnlessGranted('ROLE_ADMIN'); }", "unknown"),
        ("", "", "return 1; $this->denyAccessUnlessGranted('ROLE_ADMIN');", "unknown"),
        ("", "", "if (!$this->getUser()) { throw x(); }", "unknown"),
        ("", "", "if (!hash_equals($sign, made())) { return bad(); }", "unknown"),
        ("", "", "return 1;", "no"),
    ],
)
def test_what_a_controller_asks_for(read, asked, of_class, body, answer):
    files = controller(f"#[Route('/x')]\n{asked}", of_class, body)

    assert auths(read(files | MOUNTED | security())) == [answer]


VOTER = """<?php
namespace App\\Security;
use Symfony\\Component\\Security\\Core\\Authorization\\Voter\\Voter;
class {name} extends Voter {{
    const EDIT = 'edit';
    protected function voteOnAttribute($attribute, $subject, $token): bool {{ {body} }}
}}
"""
NO_USER = "$user = $token->getUser(); if (!$user instanceof User) { return false; } return $x;"


@pytest.mark.parametrize(
    ("asked", "bodies", "answer"),
    [
        ("'EDIT', subject: 'order'", [NO_USER, NO_USER.replace("!$user instanceof User",
                                                            "!($user instanceof User) || $y")],
         "yes"),
        ("'EDIT'", [NO_USER.replace("return false", "/* told */ $vote?->say('x'); return false")],
         "yes"),
        ("\\App\\Security\\Own0::EDIT, subject: 'order'", [NO_USER], "yes"),
        ("\\App\\Security\\Own0::NONE", [NO_USER], "unknown"),
        ("'EDIT'", [NO_USER, "return $attribute === 'EDIT';"], "unknown"),
        ("'EDIT'", ["return match ($attribute) { self::A => $this->x->isGranted('ROLE_A'), "
                    "default => false };"], "yes"),
        ("'EDIT'", ["return match ($attribute) { self::A => $this->x->isGranted('ROLE_A'), "
                    "default => true };"], "unknown"),
        ("'EDIT'", ["if ($subject->isOpen()) { return true; }" + NO_USER], "unknown"),
        ("Actions::Edit->value", [NO_USER], "yes"),
        ("Actions::ViewPublic->value", [NO_USER], "unknown"),  # may be what all are granted
        ("'EDIT'", ["if ($this->x->isGranted('ROLE_A')) { return true; }" + NO_USER], "yes"),
        ("'EDIT'", ["if ($this->x->isGranted('OPEN')) { return true; }" + NO_USER], "unknown"),
        ("new Expression(\"is_granted('a') or is_granted('ROLE_B')\")", [NO_USER], "yes"),
        ("new Expression(\"is_granted('a') or user == null\")", [NO_USER], "unknown"),
    ],
)  # fmt: skip
def test_an_attribute_is_refused_if_every_voter_refuses_who_is_no_user(read, asked, bodies, answer):
    files = controller(f"#[Route('/x')]\n#[IsGranted({asked})]") | MOUNTED
    voters = {
        f"src/Security/Own{at}.php": VOTER.format(name=f"Own{at}", body=one)
        for at, one in enumerate(bodies)
    }

    assert auths(read(files | voters)) == [answer]


def test_where_all_may_abstain_voters_are_no_evidence(read):
    files = controller("#[Route('/x')]\n#[IsGranted('EDIT')]") | MOUNTED
    files |= {"src/Security/Own.php": VOTER.format(name="Own", body=NO_USER)}
    text = "security:\n  access_decision_manager:\n    allow_if_all_abstain: true\n"

    assert auths(read(files)) == ["yes"]
    assert auths(read(files | {"config/packages/security.yaml": text})) == ["unknown"]


@pytest.mark.parametrize(("right", "answer"), [("ROLE_ADMIN", "yes"), ("own", "unknown")])
def test_a_role_may_be_named_by_a_constant_of_a_class(read, right, answer):
    user = f"<?php namespace App\\Entity; class User {{ final public const ROLE_X = '{right}'; }}"
    head = "#[Route('/x')]\n#[IsGranted(\\App\\Entity\\User::ROLE_X)]"
    files = controller(head) | MOUNTED | security() | {"src/Entity/User.php": user}

    assert auths(read(files)) == [answer]


@pytest.mark.parametrize(
    ("asked", "auth", "right"),
    [
        ("AuthenticatedVoter::PUBLIC_ACCESS", "no", "no"),
        ("AuthenticatedVoter::IS_AUTHENTICATED_FULLY", "yes", "unknown"),
        ("Elsewhere::RIGHT", "unknown", "unknown"),
        ("'ROLE_ADMIN'", "yes", "yes"),
    ],
)
def test_a_constant_that_is_not_known_names_no_right(read, asked, auth, right):
    files = controller(f"#[Route('/x')]\n#[IsGranted({asked})]") | MOUNTED | security()

    (route,) = read(files).routes
    assert (route.auth.answer, route.authorisation.answer) == (auth, right)


@pytest.mark.parametrize("said", ["@Security(\"is_granted('ROLE_A')\")", '@IsGranted("ROLE_A")'])
def test_annotations_ask_too(read, said):
    files = controller(f'/**\n * @Route("/x")\n * {said}\n */')

    assert auths(read(files | MOUNTED | security())) == ["yes"]


@pytest.mark.parametrize(("event", "answer"), [("Request", "unknown"), ("Exception", "no")])
def test_open_only_where_no_listener_may_refuse_before(read, event, answer):
    listener = (
        f"<?php\nuse Symfony\\Component\\HttpKernel\\Event\\{event}Event;\nclass Listener {{\n"
        f"function on({event}Event $e) {{ throw new AccessDeniedException(); }}\n}}\n"
    )
    files = controller("#[Route('/x')]") | MOUNTED | security() | {"src/Listener.php": listener}

    assert auths(read(files)) == [answer]


def test_without_a_configuration_that_is_understood_nobody_says_no(read):
    files = controller("#[Route('/x')]") | MOUNTED
    broken = {"config/packages/security.yaml": "security: [\n"}

    assert auths(read(files)) == auths(read(files | broken)) == ["unknown"]


def test_validation_has_its_evidence(read):
    files = controller("#[Route('/x')]", parameters=", #[MapRequestPayload] Order $o")

    assert [one.validation.answer for one in read(files | MOUNTED).routes] == ["yes"]


def test_a_rule_whose_path_is_written_otherwise_is_cited_by_the_list_that_it_is_in(read):
    rule = r'path: "^/\x78", roles: ROLE_USER'

    code = read(MOUNTED | controller("#[Route('/x')]") | security(rule))

    assert [one.auth.evidence.rpartition(":")[2] for one in code.routes] == ["5)"]


@pytest.mark.parametrize(
    ("parameter", "answer"),
    [
        (", #[CurrentUser] User $user", "yes"),
        (", #[CurrentUser] ?User $user", "no"),
        (", #[CurrentUser] User $user = null", "no"),
        (", User $user", "no"),
    ],
)
def test_who_is_known_as_a_parameter_that_cannot_be_nobody_is_asked_for(read, parameter, answer):
    code = read(
        controller("#[Route('/x')]", parameters=parameter)
        | MOUNTED
        | security("path: ^/y, roles: A")
    )

    assert auths(code) == [answer]


@pytest.mark.parametrize("pattern", ["^/_(?:wdt|x)/", "^/a/[^/]+/(b|c)(/|$)", r"^/\d+$"])
def test_patterns_in_braces_are_read_as_symfony_reads_them(read, pattern):
    rules = (f"path: {pattern}, roles: PUBLIC_ACCESS", "path: ^/x, roles: ROLE_USER")

    code = read(controller("#[Route('/x')]") | MOUNTED | security(*rules))

    assert auths(code) == ["yes"]


@pytest.mark.parametrize(
    ("controller_", "answer"),
    [("FrameworkBundle\\Controller\\TemplateController", "no"),
     ("FrameworkBundle\\Controller\\RedirectController::urlRedirectAction", "no"),
     ("OtherBundle\\Controller\\TemplateController", "unknown")],
)  # fmt: skip
def test_a_controller_of_the_framework_shows_its_page_to_all(read, controller_, answer):
    routes = f"about:\n  path: /about\n  controller: 'Symfony\\Bundle\\{controller_}'\n"

    assert auths(read(security() | {"config/routes.yaml": routes})) == [answer]


@pytest.mark.parametrize(("route", "answer"), [("/open", "no"), ("/shut", "yes")])
def test_paths_that_only_the_yaml_of_symfony_reads_are_read(read, route, answer):
    rules = "path: (?:^/open$)|(?:^/docs), role: PUBLIC_ACCESS", "path: ^/, role: ROLE_USER"

    code = read(controller(f"#[Route('{route}')]") | MOUNTED | security(*rules))

    assert auths(code) == [answer]


def test_an_entry_is_told_by_its_own_line(read):
    files = security("path: ^/open, roles: PUBLIC_ACCESS", "path: ^/, roles: ROLE_USER")
    ((path, text),) = ((one, said) for one, said in files.items() if "access_control" in said)
    line = 1 + next(i for i, one in enumerate(text.splitlines()) if "path: ^/," in one)

    (route,) = read(controller("#[Route('/x')]") | MOUNTED | files).routes

    assert route.auth.evidence == f"access_control ^/: ROLE_USER ({path}:{line})"
