"""TypeScript and JavaScript: which file an import means, and which definition a name."""

from __future__ import annotations

import json

import pytest

from indexer.code.languages.typescript import TypeScript
from memory.code.codebase import COMPUTED, Grade
from tests.indexer.code.conftest import edges, imports

USER = "export class User {}\n"


def targets(code, source: str) -> list[str]:
    return sorted(target for own, target in imports(code) if own == source)


@pytest.mark.parametrize(
    ("said", "file"),
    [
        ("./user", "src/user.ts"),
        ("./user", "src/user.tsx"),
        ("./user", "src/user.js"),
        ("./user", "src/user.d.ts"),
        ("./user", "src/user/index.ts"),
        ("./user.js", "src/user.ts"),
        ("./user.mjs", "src/user.mts"),
        ("./user.model", "src/user.model.ts"),
        ("../shared/user", "shared/user.ts"),
        (".", "src/index.ts"),
    ],
)
def test_a_relative_import_is_found_as_compilers_find_it(read, said, file):
    code = read({"src/app.ts": f"import {{ User }} from '{said}';\n", file: USER})

    assert targets(code, "src/app.ts") == [file]


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"baseUrl": "./src"}, "models/user"),
        ({"baseUrl": ".", "paths": {"@models/*": ["src/models/*"]}}, "@models/user"),
        ({"paths": {"@user": ["./src/models/user.ts"]}}, "@user"),
        ({}, "@/models/user"),
    ],
)
def test_a_configuration_says_where_bare_names_are(read, config, said):
    text = "{ // with a comment\n 'x': 0 }".replace(
        "'x': 0", f'"compilerOptions": {json.dumps(config)},'
    )
    code = read(
        {
            "tsconfig.json": text,
            "src/deep/app.ts": f"import {{ User }} from '{said}';\n",
            "src/models/user.ts": USER,
        }
    )

    assert targets(code, "src/deep/app.ts") == ["src/models/user.ts"]


def test_a_configuration_takes_from_the_one_that_it_extends(read):
    code = read(
        {
            "tsconfig.base.json": json.dumps(
                {"compilerOptions": {"paths": {"@lib/*": ["./libs/*/src"]}}}
            ),
            "apps/api/tsconfig.json": json.dumps({"extends": "../../tsconfig.base"}),
            "apps/api/main.ts": "import { User } from '@lib/users';\n",
            "libs/users/src/index.ts": USER,
        }
    )

    assert targets(code, "apps/api/main.ts") == ["libs/users/src/index.ts"]


@pytest.mark.parametrize(
    ("package", "said", "file"),
    [
        ({"main": "dist/index.js"}, "@shop/users", "index.ts"),
        ({"exports": {"./admin": "./src/admin.ts"}}, "@shop/users/admin", "admin.ts"),
        ({"exports": {".": {"import": "./dist/index.js"}}}, "@shop/users", "index.ts"),
        ({}, "@shop/users/src/admin", "admin.ts"),
    ],
)  # fmt: skip
def test_a_package_of_the_workspace_is_its_source(read, package, said, file):
    code = read(
        {
            "packages/users/package.json": json.dumps({"name": "@shop/users", **package}),
            "packages/users/src/index.ts": USER,
            "packages/users/src/admin.ts": USER,
            "apps/api/main.ts": f"import {{ User }} from '{said}';\nimport 'lodash';\n",
        }
    )

    assert targets(code, "apps/api/main.ts") == [f"packages/users/src/{file}"]
    assert code.unresolved == ()


@pytest.mark.parametrize(
    ("statement", "grade", "for_types"),
    [
        ("import './user';", Grade.IMPORT, False),
        ("import type { User } from './user';", Grade.IMPORT, True),
        ("import { type User } from './user';", Grade.IMPORT, True),
        ("export * from './user';", Grade.IMPORT, False),
        ("import users = require('./user');", Grade.IMPORT, False),
        ("const { User } = require('./user');", Grade.IMPORT, False),
        ("type Known = import('./user').User;", Grade.IMPORT, True),
        ("const users = await import('./user');", Grade.DYNAMIC, False),
        ("const users = await import(/* webpackChunkName: 'u' */ './user');", Grade.DYNAMIC, False),
        ("const users = await import(`./user`);", Grade.DYNAMIC, False),
    ],
)
def test_every_form_of_import_is_an_edge_of_its_grade(read, statement, grade, for_types):
    code = read({"app.ts": f"{statement}\n", "user.ts": USER})

    assert [(one.grade, one.type_checking) for one in code.edges] == [(grade, for_types)]


@pytest.mark.parametrize("call", ["import(`./${name}`)", "require(name)", "require('./a/' + b)"])
def test_a_computed_import_is_told_as_such(read, call):
    code = read({"app.ts": f"const one = {call};\n"})

    assert [(one.what, one.reason) for one in code.unresolved] == [("import", COMPUTED)]


def test_a_relative_import_of_nothing_is_told_unless_it_is_of_no_code(read):
    code = read(
        {"app.ts": "import './gone';\nimport './style.css';\nimport data from './d.json';\n"}
    )

    assert [(one.name, one.line) for one in code.unresolved] == [("./gone", 1)]


@pytest.mark.parametrize(
    ("index", "said"),
    [
        ("export { User } from './user';", "import { User } from './index';"),
        ("export * from './user';", "import { User } from './index';"),
        ("export { User as X } from './user';", "import { X as User } from './index';"),
        ("export * as all from './user';", "import { all } from './index';\nnew all.User();"),
        ("import { User } from './user';\nexport default User;", "import User from './index';"),
        ("export * from './user';", "import * as all from './index';\nnew all.User();"),
    ],
)  # fmt: skip
def test_a_name_means_its_definition_through_re_exports(read, index, said):
    code = read({"user.ts": USER, "index.ts": f"{index}\n", "app.ts": f"{said}\nnew User();\n"})

    assert ("app.ts", "user.ts:User") in edges(code, Grade.CALL)


def test_members_of_classes_are_called_through_this_and_their_bases(read):
    code = read(
        {
            "base.ts": "export abstract class Base { save() {} }\n",
            "user.ts": "import { Base } from './base';\n"
            "@Entity() export class User extends Base implements Named {\n"
            "  private check = () => this.save();\n"
            "  rename() { this.check(); }\n}\n",
        }
    )

    assert ("user.ts:User", "base.ts:Base") in edges(code, Grade.INHERIT)
    assert edges(code, Grade.CALL) >= {
        ("user.ts:User.check", "base.ts:Base.save"),
        ("user.ts:User.rename", "user.ts:User.check"),
    }


@pytest.mark.parametrize("said", ["make<User>()", "await make<User>()", "await all.make<A, B>(1)"])
def test_a_call_with_types_is_a_call_also_behind_await(read, said):
    head = "import * as all from './make';\nimport { make } from './make';\n"
    app = f"{head}export async function run() {{ return {said}; }}\n"
    code = read({"make.ts": "export function make() {}\n", "app.ts": app})

    assert ("app.ts:run", "make.ts:make") in edges(code, Grade.CALL)


def test_definitions_have_kind_span_visibility_and_decorators():
    facts = (
        TypeScript()
        .read(
            b"export interface Named { name: string }\n"
            b"enum Kind { A }\n"
            b"export const make = () => 1;\n"
            b"@Controller('users')\nexport class Users {\n"
            b"  @Get(':id')\n  one() {}\n  #own() {}\n}\n"
        )
        .facts
    )

    assert [(one.name, one.kind, one.line, one.visibility) for one in facts.definitions] == [
        ("Named", "interface", 1, "public"),
        ("Kind", "enum", 2, "private"),
        ("make", "function", 3, "public"),
        ("Users", "class", 4, "public"),
        ("Users.one", "method", 7, "public"),
        ("Users.#own", "method", 8, "private"),
    ]
    assert [one.annotations for one in facts.definitions][3:5] == [
        ("Controller('users')",),
        ("Get(':id')",),
    ]


def test_a_name_that_begins_as_this_does_is_used_as_any_other(read):
    code = read(
        {
            "dates.ts": "export function thisWeek() {}\n",
            "app.ts": "import { thisWeek } from './dates';\nfunction show() { thisWeek(); }\n",
        }
    )

    assert ("app.ts:show", "dates.ts:thisWeek") in edges(code, Grade.CALL)


def test_jsx_uses_what_it_shows_and_a_broken_line_takes_nothing_else_away(read):
    code = read(
        {
            "button.tsx": "export const Button = () => <b>x</b>;\n",
            "app.jsx": "import { Button } from './button';\nconst = ;\n"
            "export function App() { return <Button />; }\n",
        }
    )

    assert ("app.jsx:App", "button.tsx:Button") in edges(code, Grade.USE, Grade.CALL)


def test_calls_of_methods_of_values_are_counted():
    said = b"import { a } from './a';\nfunction run(x) { a.one(); x.two(); x.y.three(); run(); }\n"

    assert TypeScript().read(said).facts.opaque == 2


def test_what_commonjs_exports_is_found_through_require(read):
    code = read(
        {
            "a.js": "const b = require('./b');\nconst make = require('./c');\n"
            "const { other } = require('./d');\nconst far = require('far');\n"
            "function run() {\n  b.one();\n  b.two();\n  make();\n  other();\n  far();\n}\n",
            "b.js": "exports.one = () => 1;\nfunction two() {}\nmodule.exports.two = two;\n",
            "c.js": "module.exports = function () {};\n",
            "d.js": "const own = () => 1;\nmodule.exports = { other: own };\n",
        }
    )

    assert edges(code, Grade.CALL) == {
        ("a.js:run", "b.js:one"),
        ("a.js:run", "b.js:two"),
        ("a.js:run", "c.js:default"),
        ("a.js:run", "d.js:own"),
    }


@pytest.mark.parametrize(
    "gives", ["module.exports.User = require('./user');", "exports.User = require('./user');"]
)
def test_what_commonjs_gives_on_is_found_in_the_file_that_makes_it(read, gives):
    code = read(
        {
            "models/user.js": "const User = model('User');\nmodule.exports = User;\n",
            "models/index.js": f"{gives}\n",
            "service.js": "const { User } = require('./models');\n"
            "function find() { return User.findOne(User); }\nmodule.exports = { find };\n",
        }
    )

    assert edges(code, Grade.CALL) >= {("service.js:find", "models/user.js:User")}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("const c = { a: () => 1, b() {}, d: 2 }", ["c", "c.a", "c.b"]),
        ("const c = { a: { b: function () {} } } as const", ["c", "c.a.b"]),
        ("module.exports = { a: () => 1, b() {} }", ["a", "b"]),
        ("exports.a = { b: () => 1 }", ["a", "a.b"]),
        ("export default { a: () => 1 }", ["default", "default.a"]),
        ("put({ a: () => 1 })", []),
        ("function f() { const c = { a: () => 1 } }", ["f"]),
    ],
)
def test_functions_of_an_object_are_definitions_by_its_name(text, names):
    facts = TypeScript().read(text.encode()).facts

    assert [one.name for one in facts.definitions] == names


def test_functions_on_one_line_are_told_apart():
    source = TypeScript().read(b"function a() { x() } function b() { x() }")

    called = source.captures("(call_expression) @call")["call"]

    assert [source.owner(one) for one in called] == ["a", "b"]
