"""Access that is wired far from its handler, a framework each; and why it is not told."""

from __future__ import annotations

import pytest

NEST = {
    "src/main.ts": "import { NestFactory } from '@nestjs/core';\n"
    "async function run() { const app = await NestFactory.create(AppModule); }\n",
    "src/own.ts": """import { applyDecorators, Controller, SetMetadata } from '@nestjs/common';
import { UseGuards } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
const open = SetMetadata('open', true);
export const Open = () => applyDecorators(open);
export function Closed(name: string, secured = true) {
  const all = [Controller(name)];
  if (secured) all.push(Strict());
  return applyDecorators(...all);
}
export function Strict(given?: Options) {
  const options = { guards: [AuthGuard('jwt')], ...given };
  return applyDecorators(UseGuards(...options.guards));
}
""",
}


def nest(of_class: str) -> dict[str, str]:
    text = "import { Get } from '@nestjs/common';\nimport { Closed } from './own';\n"
    return NEST | {
        "src/a.ts": f"{text}@{of_class}\nexport class A {{\n  @Get('x')\n  x() {{}}\n}}\n"
    }


SPRING = {
    "core/src/main/java/c/Security.java": """package c;
import org.springframework.context.annotation.*;
@Configuration class Security {
  @Autowired private Lists lists;
  @Bean SecurityFilterChain chain(HttpSecurity http) { return http.authorizeHttpRequests(all -> {
    lists.all().forEach(url -> all.requestMatchers(url).permitAll());
    all.anyRequest().authenticated(); }).build(); } }
""",
    "core/src/main/java/c/Lists.java": """package c;
@Component class Lists { List<String> all() {
  for (HandlerMethod one : mapping.getHandlerMethods().values())
    if (one.getMethodAnnotation(Anyone.class) != null) add(one); } }
""",
    "core/src/main/java/c/Anyone.java": "package c;\npublic @interface Anyone {}\n",
    "app/src/main/java/a/App.java": "package a;\n@SpringBootApplication class App {}\n",
}


#: Lists by method of a static helper, beside settings that are for something else.
BY_METHOD = """package c;
import org.springframework.context.annotation.*;
@Configuration class Security {
  private final Settings settings;
  @Bean SecurityFilterChain chain(HttpSecurity http) {
    Map<String, Set<String>> open = Lists.open(context);
    return http.authorizeRequests()
      .antMatchers(HttpMethod.GET, open.get("GET").toArray(new String[0])).permitAll()
      .antMatchers(%s).permitAll()
      .anyRequest().authenticated().and().apply(own()).and().build(); }
  TokenConfigurer own() { return new TokenConfigurer(settings); } }
"""
SETTINGS = {
    "core/src/main/java/c/TokenConfigurer.java": "package c;\npublic class TokenConfigurer extends "
    "SecurityConfigurerAdapter<DefaultSecurityFilterChain, HttpSecurity> {\n"
    "  @Override public void configure(HttpSecurity http) { http.addFilterBefore(a, b); } }\n",
    "core/src/main/java/c/Settings.java": 'package c;\n@ConfigurationProperties(prefix = "s")\n'
    "public class Settings { private List<String> urls; }\n",
}


def by_method(note: str, given: str = 'open.get("ALL").toArray(new String[0])') -> dict[str, str]:
    chain = {"core/src/main/java/c/Security.java": BY_METHOD % given}
    return spring(note) | chain | SETTINGS


def spring(note: str) -> dict[str, str]:
    text = "package a;\nimport c.Anyone;\n@RestController class A {\n"
    text += f'  {note} @GetMapping("/x") int x() {{ return 1; }}\n}}\n'
    return SPRING | {"app/src/main/java/a/A.java": text}


SYMFONY = {
    "src/Kernel.php": "<?php\nnamespace App;\n"
    "use Symfony\\Component\\Routing\\Loader\\Configurator\\RoutingConfigurator;\n"
    "class Kernel { protected function configureRoutes(RoutingConfigurator $routes): void {\n"
    "  $routes->import($dir.'/config/{my_routes}/*.yaml'); } }\n",
    "config/my_routes/a.yaml": "a:\n  path: /x\n  controller: App\\Controller\\A::x\n"
    "  defaults: { slug: -, }\n  methods: [GET]\n",
    "src/Controller/A.php": "<?php\nnamespace App\\Controller;\n"
    "use Symfony\\Component\\Security\\Http\\Attribute\\IsGranted;\nclass A {\n"
    "  #[IsGranted('ROLE_USER')]\n  public function x() {} }\n",
    "config/packages/security.yaml": "security:\n  firewalls:\n    main: { lazy: true }\n",
}
EXPRESS = {
    "server.js": """const express = require('express');
const A = require('./a');
class Server {
  start() {
    this.a = new A();
    const app = express();
    app.use('/api', this.a.router);
  }
}
""",
    "a.js": """const express = require('express');
const passport = require('passport');
class A {
  constructor() {
    this.router = express.Router();
    this.router.get('/x', passport.authenticate('jwt'), this.x.bind(this));
  }
  x(req, res) { res.json(1); }
}
module.exports = A;
""",
}
GO = {
    "go.mod": "module shop\n",
    "main.go": """package main
import ("net/http"; "github.com/gin-gonic/gin")
func Must() gin.HandlerFunc {
    return func(c *gin.Context) {
        user := User(c)
        switch user {
        case nil:
            c.String(http.StatusUnauthorized, "no")
            c.Abort()
        default:
            c.Next()
        }
    }
}
func x(c *gin.Context) {}
func main() {
    all := gin.New().Group(server.Config.Root)
    all.GET("/x", Must(), x)
}
""",
}
REST = {
    "shop/__init__.py": "",
    "shop/settings.py": "REST_FRAMEWORK = {'DEFAULT_PERMISSION_CLASSES': ['shop.own.Own']}\n",
    "shop/own.py": "from rest_framework.permissions import BasePermission\n"
    "class Own(BasePermission):\n    def has_permission(self, request, view):\n"
    "        if hasattr(view, 'closed') and view.closed:\n"
    "            return request.user and request.user.is_authenticated\n        return True\n",
    "shop/urls.py": "from django.urls import path\nfrom shop.views import One\n"
    "urlpatterns = [path('x', One.as_view())]\n",
}


def rest(attribute: str) -> dict[str, str]:
    text = "from rest_framework.views import APIView\nclass One(APIView):\n"
    return REST | {"shop/views.py": f"{text}    {attribute}\n    def get(self, request): ...\n"}


FASTAPI = {
    "main.py": "from fastapi import FastAPI\nfrom routes import put\n"
    "def create():\n    app = FastAPI()\n    put(app)\n",
    "routes.py": "from fastapi import APIRouter, Depends, FastAPI\n"
    "from fastapi.security import HTTPBearer\nscheme = HTTPBearer()\n"
    "router = APIRouter(prefix='/a', dependencies=[Depends(scheme)])\n"
    "@router.get('/x')\ndef x(): ...\ndef put(app: FastAPI):\n    app.include_router(router)\n",
}
DJANGO = {
    "shop/__init__.py": "",
    "shop/urls.py": "from django.urls import path\nfrom shop import views\n"
    "urlpatterns = [path('x', views.x)]\n",
    "shop/settings.py": "MIDDLEWARE = ['django.middleware.common.CommonMiddleware', "
    "'shop.first.First']\n",
    "shop/first.py": "class First:\n    def __call__(self, request):\n"
    "        return self.next(request)\n",
    "shop/views.py": "from django.http import HttpResponse\ndef x(request):\n"
    "    return HttpResponse()\n",
}
CLOSING = (
    "class First:\n    def __call__(self, request):\n"
    "        if not request.user.is_authenticated:\n"
    "            return HttpResponse(status=401)\n        return self.next(request)\n"
)


@pytest.mark.parametrize(
    ("files", "path", "answer"),
    [
        (nest("Closed('a')"), "/a/x", "yes"),
        (nest("Closed('a', false)"), "/a/x", "no"),
        (nest("Closed('a', later)"), "/a/x", "unknown"),
        (spring(""), "/x", "yes"),
        (spring("@Anyone"), "/x", "no"),
        (by_method("@Anyone"), "/x", "no"),
        (by_method(""), "/x", "yes"),
        (by_method("", "settings.getUrls().toArray(new String[0])"), "/x", "unknown"),
        (by_method("", "urls"), "/x", "unknown"),
        (SYMFONY, "/x", "yes"),
        (EXPRESS, "/api/x", "yes"),
        (GO, "/{Root}/x", "yes"),
        (FASTAPI, "/a/x", "yes"),
        (rest("closed = True"), "/x", "yes"),
        (rest("closed = False"), "/x", "no"),
        (rest("closed = later"), "/x", "unknown"),
        (DJANGO, "/x", "no"),
        (DJANGO | {"shop/first.py": CLOSING}, "/x", "yes"),
    ],
)
def test_what_stands_far_from_a_handler_is_followed(read, files, path, answer):
    (route,) = read(files).routes

    assert (route.path, route.auth.answer) == (path, answer)


def test_what_is_not_told_says_why_and_where(read):
    files = DJANGO | {"shop/first.py": CLOSING.replace("if not", "if later and not")}

    (route,) = read(files).routes

    assert route.auth.why == "what stands before it was not understood"
    assert "shop.first.First (shop/settings.py:1)" in route.auth.evidence
    assert all(one.why for one in route if getattr(one, "answer", "") == "unknown")


@pytest.mark.parametrize(
    ("body", "rights", "checks"),
    [
        ("return order", "no", "no"),
        ("if not request.user.is_admin:\n        raise PermissionDenied()", "yes", "no"),
        ("helper(request)", "unknown", "no"),
        ("return order if order.user_id == request.user.id else None", "unknown", "no"),
        ("return order if order.user_id != None else None", "no", "no"),
        ("return Order.objects.filter(user=request.user)", "unknown", "no"),
        ("form = OrderForm(request.POST)\n    form.is_valid()", "no", "yes"),
    ],
)
def test_rights_and_checks_are_looked_for_in_the_handler_and_on_its_way(read, body, rights, checks):
    view = f"{GUARD}@login_required\ndef x(request):\n    {body}\n"
    view += "def helper(request):\n    return request.user.has_perm('a')\n"

    (route,) = read(DJANGO | {"shop/views.py": view}).routes

    assert (route.auth.answer, route.authorisation.answer) == ("yes", rights)
    assert route.validation.answer == checks


def laravel(field: str) -> dict[str, str]:
    """A controller that has what it is given its service by."""
    return {
        "routes/api.php": "<?php\nuse App\\Http\\Orders;\n"
        "use Illuminate\\Support\\Facades\\Route;\nRoute::post('/x', [Orders::class, 'store']);\n",
        "app/Http/Orders.php": "<?php\nnamespace App\\Http;\nuse App\\Keeps;\n"
        f"class Orders {{\n  {field}\n"
        "  public function store(Request $r) { return $this->kept->add($r->all()); }\n}\n",
        "app/Keeps.php": "<?php\nnamespace App;\ninterface Keeps { public function add($all); }\n",
        "app/Service.php": "<?php\nnamespace App;\nclass Service implements Keeps {\n"
        "  public function add($all) { Validator::make($all, [])->validate(); }\n}\n",
    }


def nest_service(body: str) -> dict[str, str]:
    return NEST | {
        "src/a.ts": "import { Body, Controller, Post } from '@nestjs/common';\n"
        "import { Orders } from './orders';\n@Controller()\nexport class A {\n"
        "  constructor(private readonly orders: Orders) {}\n"
        "  @Post('x') x(@Body() body: any) { return this.orders.add(body); }\n}\n",
        "src/orders.ts": f"export class Orders {{\n  add(all: any) {{ {body} }}\n}}\n",
    }


def flask_app(name: str, given_back: str) -> str:
    """One handler, and what it takes from a service."""
    return (
        f"from flask import Flask, request\nfrom service import {name}\napp = Flask(__name__)\n"
        f"@app.route('/x', methods=['POST'])\ndef x():\n    return {given_back}\n"
    )


def flask_service(body: str) -> dict[str, str]:
    return {
        "app.py": flask_app("add", "add(request.json)"),
        "service.py": f"def add(all):\n    {body}\n",
    }


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ("check_permission('read')", "unknown"),
        ("g.user.require_role('admin')", "unknown"),
        ("ensure_logged_in()", "unknown"),
        ("authorize(all)", "unknown"),
        ("raise PermissionError(all)", "unknown"),
        ("if all.role not in KNOWN:\n        return 'NotAllowed'", "unknown"),
        ("validate_order_access(g.user, all)", "unknown"),
        ("if not has_permission(g.user):\n        raise Http404", "unknown"),
        ("if not has_permission(\n        g.user, all\n    ):\n        raise NotFound", "unknown"),
        ("if not can_see:\n        return 404", "unknown"),
        ("if not all.rows:\n        raise Http404", "no"),
        ("verify_password(all)", "no"),
        ("check_name(all)", "no"),
        ("return Access(all)", "no"),
    ],
)
def test_where_a_call_is_named_like_asking_nobody_is_said_to_be_let_in(read, body, answer):
    (route,) = read(flask_service(body)).routes

    assert (route.auth.answer, route.authorisation.answer) == (answer, answer)
    assert answer == "no" or "service.py" in route.authorisation.evidence


OTHER = "<?php\nnamespace App;\nclass Other implements Keeps {\n"
OTHER += "  public function add($all) { return $all; }\n}\n"


def made_in_flask(method: str) -> dict[str, str]:
    """A handler that makes what has a method that checks."""
    return {
        "app.py": flask_app("Orders", "Orders(request.form).rows()"),
        "service.py": f"class Orders:\n    def {method}(self, form):\n        form.is_valid()\n",
    }


VIEW = "from django.views import View\nclass Above(View):\n    def post(self, request):\n"
VIEW += (
    "        OrderForm(request.POST).is_valid()\n    def put(self, request):\n        return 1\n"
)
PROMOTED = "public function __construct(private Keeps $kept) {}"
ASSIGNED = "private $kept;\n  public function __construct(Keeps $kept) { $this->kept = $kept; }"


@pytest.mark.parametrize(
    ("files", "answer"),
    [
        (laravel(PROMOTED), "yes"),
        (laravel(ASSIGNED), "yes"),
        (laravel(PROMOTED) | {"app/Other.php": OTHER}, "unknown"),  # only one of two checks it
        (made_in_flask("__init__"), "yes"),
        (made_in_flask("load"), "unknown"),  # which nobody may call
        (laravel("private $kept;"), "unknown"),  # nobody knows what it hands its input to
        (nest_service("return order.parse(all);"), "unknown"),
        (nest_service("if (!all.name) { throw new Error('name is required'); }"), "unknown"),
        (nest_service("return JSON.parse(all);"), "no"),
        (flask_service("raise ValueError('name')"), "unknown"),
        (flask_service("ensure_name(all)"), "unknown"),
        (flask_service("return all"), "no"),
        (flask_service("return Order.model_validate(all)"), "yes"),
        (flask_service("far(all)\ndef far(all):\n    Order.model_validate(all)"), "unknown"),
    ],
)
def test_checks_in_a_service_that_a_handler_calls_are_seen(read, files, answer):
    (route,) = read(files).routes

    assert route.validation.answer == answer


@pytest.mark.parametrize(
    ("own", "method", "answer"),
    [("", "ANY", "yes"), ("    def post(self, request):\n        return 1\n", "POST", "no")],
)
def test_a_class_that_handles_checks_in_its_methods_and_those_it_inherits(
    read, own, method, answer
):
    urls = "from django.urls import path\nfrom shop import views\n"
    files = DJANGO | {
        "shop/urls.py": f"{urls}urlpatterns = [path('x', views.Own.as_view())]\n",
        "shop/views.py": f"{VIEW}class Own(Above):\n    x = 1\n{own}",
    }

    found = {one.method: one.validation.answer for one in read(files).routes}

    assert found[method] == answer


GUARD = "from django.contrib.auth.decorators import login_required\n"


def test_a_word_of_rights_in_the_path_of_a_file_asks_for_none(read):
    text = "import { Get, UseGuards } from '@nestjs/common';\n"
    text += "import { AuthGuard } from '@nestjs/passport';\n"
    text += "import { Controller } from '@nestjs/common';\n@Controller()\nexport class A {\n"
    text += "  @UseGuards(AuthGuard('jwt'))\n  @Get('x')\n  x() { return 1; }\n}\n"

    (route,) = read({"src/main.ts": NEST["src/main.ts"], "src/roles/admin.ts": text}).routes

    assert (route.auth.answer, route.authorisation.answer) == ("yes", "no")


def test_a_guard_that_a_decorator_puts_together_is_cited_at_the_decorator(read):
    (route,) = read(nest("Closed('a')")).routes

    assert route.auth.evidence.endswith("(src/own.ts:11)")
