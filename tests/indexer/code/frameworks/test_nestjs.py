"""NestJS: paths below prefixes and versions, and whether anything refuses who is nobody."""

from __future__ import annotations

import pytest

MAIN = """import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';
import { Own } from './own';
async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  %s
}
"""
COMMON = """import { Controller, Get, Post, UseGuards, SetMetadata } from '@nestjs/common';
import { applyDecorators, Body, Req, Version } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import { Own } from './own';
import { Public } from './public';
import { Foreign } from 'elsewhere';
"""
PUBLIC = """import { SetMetadata } from '@nestjs/common';
export const IS_PUBLIC = 'isPublic';
export const Public = () => SetMetadata(IS_PUBLIC, true);
"""


def project(decorators: str = "", own: str = "", main: str = "", handler: str = "") -> dict:
    controller = f"{COMMON}@Controller('orders')\nexport class Orders {{\n  @Get(':id')\n"
    controller += f"  {decorators}\n  {handler or 'show() { return 1; }'}\n}}\n"
    return {
        "src/main.ts": MAIN % main,
        "src/orders.ts": controller,
        "src/own.ts": own,
        "src/public.ts": PUBLIC,
    }


def guard(body: str, head: str = "export class Own implements CanActivate") -> str:
    return (
        "import { AuthGuard } from '@nestjs/passport';\nimport { IS_PUBLIC } from './public';\n"
        f"{head} {{\n  canActivate(context) {{\n{body}\n  }}\n}}\n"
    )


REQUEST = "const request = context.switchToHttp().getRequest();\n"
THROWS = "throw new UnauthorizedException();"
UNLESS = (
    "const open = this.reflector.getAllAndOverride(IS_PUBLIC, [context.getHandler()]);\n"
    "if (open) { return true; }\n"
)
JWT = "export class Own extends AuthGuard('jwt')"
GLOBAL = "app.useGlobalGuards(new Own(app.get(Reflector)));"


@pytest.mark.parametrize(
    ("parts", "answer"),
    [
        ({}, "no"),
        ({"decorators": "@UseGuards(AuthGuard('jwt'))"}, "yes"),
        ({"decorators": "@UseGuards(AuthGuard(['jwt', 'anonymous']))"}, "unknown"),
        ({"decorators": "@UseGuards(AuthGuard('google'))"}, "unknown"),
        ({"decorators": "@ApiBearerAuth()"}, "unknown"),
        ({"decorators": "@Foreign()"}, "unknown"),
        ({"decorators": "@UseGuards(Own)", "own": f"import {{ AuthGuard }} from '@nestjs/passport';"
          f"\n{JWT} {{}}"}, "yes"),
        ({"decorators": "@UseGuards(Own)", "own": "import { AuthGuard } from '@nestjs/passport';\n"
          + JWT + " { handleRequest(err, user) { return user; } }"}, "unknown"),
        ({"decorators": "@UseGuards(Own)", "own": "import { AuthGuard } from '@nestjs/passport';\n"
          + JWT + " { handleRequest(err, user) {\n if (err || !user) {\n"
          "  throw err || new UnauthorizedException();\n }\n return user; } }"}, "yes"),
        ({"decorators": "@UseGuards(Own)",
          "own": guard("try { return await super.canActivate(context); } catch { return true; }",
                       JWT)}, "unknown"),
        ({"decorators": "@UseGuards(Own)",
          "own": guard(REQUEST + "const token = read(request);\nif (!token) { " + THROWS
                       + " }\nreturn true;")}, "yes"),
        ({"decorators": "@UseGuards(Own)",
          "own": guard(REQUEST + "return !!request.user;")}, "yes"),
        ({"decorators": "@UseGuards(Own)",
          "own": guard(REQUEST + "if (!request.user) return false;\nreturn true;")}, "yes"),
        ({"decorators": "@UseGuards(Own)",
          "own": guard(REQUEST + "if (request.user && !request.user.ok) { " + THROWS
                       + " }\nreturn true;")}, "unknown"),
        ({"decorators": "@UseGuards(Own)",
          "own": guard(REQUEST + "if (!request.headers['x-as']) { return true; }\n"
                       + THROWS)}, "no"),
        ({"decorators": "@UseGuards(Own)",
          "own": guard("const roles = this.reflector.get('roles', context.getHandler());\n"
                       "if (!roles) { return true; }\n" + THROWS)}, "unknown"),
        ({"decorators": "@Own()",
          "own": COMMON + "export const Own = () => applyDecorators(UseGuards(AuthGuard('jwt')));"},
         "yes"),
        ({"decorators": "@Own()", "own": COMMON + "export function Own(on) {\n  if (on) {\n"
          "    return UseGuards(AuthGuard('jwt'));\n  }\n  return SetMetadata('x', 1);\n}"},
         "unknown"),
        ({"main": GLOBAL, "own": guard(UNLESS + "return super.canActivate(context);", JWT)}, "yes"),
        ({"main": GLOBAL, "own": guard(UNLESS + "return super.canActivate(context);", JWT),
          "decorators": "@Public()"}, "no"),
        ({"main": GLOBAL, "own": guard(UNLESS + "return super.canActivate(context);", JWT),
          "decorators": "@SetMetadata('isPublic', true)"}, "unknown"),
        ({"main": GLOBAL, "own": guard(UNLESS + "return super.canActivate(context);", JWT),
          "decorators": "@Foreign()"}, "unknown"),
        ({"main": "app.useGlobalGuards(made);"}, "unknown"),
        ({"main": f"if (on) {{ {GLOBAL} }}", "own": guard(REQUEST + "return !!request.user;")},
         "unknown"),
        ({"handler": "show(@Req() request) { return this.orders.of(request); }"}, "unknown"),
        ({"handler": "show(@Body() body) { if (!body.ok) { " + THROWS + " } }"}, "unknown"),
    ],
)  # fmt: skip
def test_only_what_refuses_who_shows_nothing_is_authentication(read, parts, answer):
    code = read(project(**parts))

    assert [(one.method, one.path, one.auth.answer) for one in code.routes] == [
        ("GET", "/orders/{id}", answer)
    ]


MODULE = """import {{ Module }} from '@nestjs/common';
import {{ Own }} from './own';
@Module({{ providers: [{provider}] }})
export class AppModule {{
  configure(consumer) {{ consumer.apply(Own){chain}; }}
}}
"""
MIDDLEWARE = (
    "export class Own {\n  use(req, res, next) {\n    if (req.headers.authorization) {\n"
    "      next();\n    } else {\n      throw new HttpException('x', HttpStatus.UNAUTHORIZED);\n"
    "    }\n  }\n}\n"
)


@pytest.mark.parametrize(
    ("chain", "answer"),
    [
        (".forRoutes({ path: 'orders/:id', method: RequestMethod.GET })", "yes"),
        (".forRoutes('*')", "yes"),
        (".forRoutes({ path: 'orders/:id', method: RequestMethod.POST })", "no"),
        (".forRoutes('users')", "no"),
        (".forRoutes(Orders)", "unknown"),
        (".exclude('orders/:id').forRoutes('*')", "no"),
    ],
)
def test_middleware_counts_for_the_routes_that_it_is_told_of(read, chain, answer):
    files = project(own=MIDDLEWARE)
    files["src/app.module.ts"] = MODULE.format(chain=chain, provider="")

    assert [one.auth.answer for one in read(files).routes] == [answer]


def test_a_guard_that_a_module_provides_for_all_counts(read):
    files = project(own=guard(REQUEST + "return !!request.user;"))
    files["src/app.module.ts"] = MODULE.format(
        chain=".forRoutes('x')", provider="{ provide: APP_GUARD, useClass: Own }"
    )

    assert [one.auth.answer for one in read(files).routes] == ["yes"]


def test_paths_are_below_the_prefix_and_versions_of_their_application(read):
    main = (
        "app.setGlobalPrefix('api', { exclude: ['health'] });\n"
        "  app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });"
    )
    code = read(
        {
            "apps/api/src/main.ts": MAIN % main,
            "apps/other/src/main.ts": (MAIN % "").replace("create(", "create<OfFastify>("),
            "apps/api/src/a.ts": COMMON
            + "@Controller({ path: 'users', version: ['1', '2'] })\nexport class A {\n"
            "  @Get(['', 'all'])\n  all() {}\n  @Version('3')\n  @Post()\n  add() {}\n}\n"
            "@Controller()\nexport class B extends Base {\n  @Get('health')\n"
            "  @Version(VERSION_NEUTRAL)\n  up() {}\n}\n"
            "class Base {\n  @Get('inherited/:id(\\\\d+)')\n  of() {}\n}\n",
            "apps/other/src/c.ts": COMMON
            + "@Controller('c')\nexport class C {\n  @Get()\n  c() {}\n}",
        }
    )

    assert {(one.method, one.path, one.symbol) for one in code.routes} == {
        ("GET", "/api/v1/users", "A.all"),
        ("GET", "/api/v2/users", "A.all"),
        ("GET", "/api/v1/users/all", "A.all"),
        ("GET", "/api/v2/users/all", "A.all"),
        ("POST", "/api/v3/users", "A.add"),
        ("GET", "/health", "B.up"),
        ("GET", "/api/v1/inherited/{id}", "Base.of"),
        ("GET", "/c", "C.c"),
    }


def test_what_cannot_be_placed_is_told(read):
    text = COMMON + "@Controller(PATH)\nexport class A {\n  @Get()\n  all() {}\n}\n"
    code = read(
        {
            "apps/a/main.ts": MAIN % "",
            "apps/b/main.ts": MAIN % "",
            "apps/a/x.ts": text,
            "libs/y.ts": text.replace("PATH", "'y'"),
        }
    )

    assert code.routes == ()
    assert [one.reason for one in code.unresolved if one.what == "route"] == [
        "its path is not a literal",
        "which application serves it is not known",
    ]


def test_validation_and_limits_are_told_where_they_stand(read):
    files = project(
        main="app.useGlobalPipes(new ValidationPipe());",
        decorators="@UseGuards(ThrottlerGuard)",
        handler="show(@Body() body: OrderDto) { return 1; }",
    )

    (route,) = read(files).routes

    assert (route.validation.answer, route.rate_limit.answer) == ("yes", "yes")


@pytest.mark.parametrize(
    ("given", "takes"),
    [
        ("@Body() body: any", True),
        ("@Param('id') id: string, @Req() request: Request", True),
        ("@Param('id') id: string, @CurrentUser() user: User", False),
        ("", False),
    ],
)
def test_a_handler_that_is_given_its_path_alone_takes_no_input(read, given, takes):
    (route,) = read(project(handler=f"show({given}) {{ return 1; }}")).routes

    assert route.takes_input is takes


def below_a_router(routes: str) -> dict[str, str]:
    module = (
        "import { Module } from '@nestjs/common';\nimport { RouterModule } from '@nestjs/core';\n"
    )
    module += "import { Orders } from './orders';\n"
    module += "@Module({ controllers: [Orders] })\nexport class OrdersModule {}\n"
    module += f"@Module({{ imports: [OrdersModule, RouterModule.register({routes})] }})\n"
    module += "export class AppModule {}\n"
    return project() | {"src/app.module.ts": module}


@pytest.mark.parametrize(
    "routes",
    [
        "routes",
        "[{ path: base, module: OrdersModule }]",
        "[...own, { path: 'a', module: OrdersModule }]",
    ],
)
def test_what_a_router_module_places_is_told_and_given_no_path_where_that_is_not_known(
    read, routes
):
    code = read(below_a_router(routes))

    assert code.routes == ()
    assert [one.reason for one in code.unresolved if one.what == "route"] == [
        "a RouterModule puts a path before its own (src/app.module.ts:6)"
    ]


@pytest.mark.parametrize(
    ("routes", "before"),
    [
        ("[{ path: 'admin', module: OrdersModule }]", "/admin"),
        ("[{ path: '/a', children: [{ path: 'b/', module: OrdersModule }] }]", "/a/b"),
        ("[{ children: [{ module: OrdersModule, path: 'b' }], path: 'a' }]", "/a/b"),
        ("[{ path: 'a', module: Other, children: [OrdersModule] }, ]", "/a"),
        ("[\n  // all\n  { path: 'a', module: Other },\n]", ""),
    ],
)
def test_what_a_router_module_places_is_below_the_paths_above_it(read, routes, before):
    (plain,) = read(project()).routes

    (route,) = read(below_a_router(routes)).routes

    assert route.path == f"{before}{plain.path}"


def test_what_only_describes_a_route_is_nothing_that_a_request_passes(read):
    decorators = "@ApiBearerAuth()\n  @HttpCode(204)\n  @UseGuards(AuthGuard('jwt'))"

    (route,) = read(project(decorators)).routes

    assert route.middleware == ("UseGuards(AuthGuard('jwt'))",)


EITHER = """import { AuthGuard } from '@nestjs/passport';
import { IS_PUBLIC } from './public';
class Jwt extends AuthGuard('jwt') {
  canActivate(context) {
    %s
    return super.canActivate(context);
  }
}
class Key extends AuthGuard('%s') {}
export class Own implements CanActivate {
  constructor(private jwt: Jwt, private readonly key: Key) {}
  canActivate(context: ExecutionContext) {
    if (context.key) { return this.key.canActivate(context); } else { return %s; }
  }
}
"""


@pytest.mark.parametrize(
    ("parts", "decorators", "answer"),
    [
        (("", "apiKey", "this.jwt.canActivate(context)"), "", "yes"),
        (("", "google", "this.jwt.canActivate(context)"), "", "unknown"),
        (("", "apiKey", "true"), "", "unknown"),
        (("", "apiKey", "this.other.canActivate(context)"), "", "unknown"),
        ((UNLESS, "apiKey", "this.jwt.canActivate(context)"), "", "yes"),
        ((UNLESS, "apiKey", "this.jwt.canActivate(context)"), "@Public()", "unknown"),
    ],
)
def test_a_guard_that_asks_one_of_several_refuses_if_each_does(read, parts, decorators, answer):
    code = read(project(decorators, own=EITHER % parts, main=GLOBAL))

    assert [one.auth.answer for one in code.routes] == [answer]


@pytest.mark.parametrize(
    ("caught", "answer"),
    [
        ("if (page) { return res.redirect(`/auth/login?to=${url}`); }\n throw error;", "yes"),
        ("if (page) { return res.redirect(`/home`); }\n throw error;", "unknown"),
        ("if (page) { return true; }\n throw error;", "unknown"),
    ],
)
def test_a_guard_may_ask_its_base_by_a_method_of_its_own(read, caught, answer):
    body = f"{UNLESS}try {{ return await this.known(context); }} catch (error) {{ {caught} }}"
    head = f"{JWT} {{\n  async known(context: ExecutionContext) {{\n"
    head += "    return super.canActivate(context) as Promise<boolean>;\n  }\n"
    own = guard(body, head).replace("  }\n {\n  canActivate", "  }\n  canActivate")

    code = read(project(own=own, main=GLOBAL))

    assert [one.auth.answer for one in code.routes] == [answer]


@pytest.mark.parametrize(
    ("said", "more", "answer"),
    [
        ("return (await super.canActivate(context)) as boolean;", "", "yes"),
        ("return super.canActivate(context).catch(() => true);", "", "unknown"),
        ("return this.known(context);", "return super.canActivate(context) || isOpen;", "unknown"),
        ("if (a) return this.known(context)\n else { return super.canActivate(context) }",
         "return true;", "unknown"),
    ],
)  # fmt: skip
def test_what_a_guard_says_beside_its_base_may_let_pass(read, said, more, answer):
    head = f"{JWT} {{\n  async known(context: ExecutionContext) {{\n    {more}\n  }}\n"
    own = guard(said, head).replace("  }\n {\n  canActivate", "  }\n  canActivate")

    code = read(project(own=own, main=GLOBAL))

    assert [one.auth.answer for one in code.routes] == [answer]


def test_of_what_checks_a_password_that_is_sent_nobody_knows_whether_it_refuses_at_a_route(read):
    code = read(project("@UseGuards(AuthGuard('local'))"))

    assert [one.auth.answer for one in code.routes] == ["unknown"]


def test_what_a_decorator_asks_for_is_read_by_a_guard_and_by_no_setting_of_a_policy(read):
    helmet = "app.use(helmet({ crossOriginResourcePolicy: { policy: 'cross-origin' } }));"
    files = project("@Roles('admin') @UseGuards(RolesGuard)", main=helmet)

    (route,) = read(files).routes

    assert route.authorisation.answer == "yes"
    assert "RolesGuard" in route.authorisation.evidence
    assert "helmet" not in route.authorisation.evidence
