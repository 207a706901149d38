"""How errors are answered, where only the whole project tells what a name means."""

from __future__ import annotations

import pytest


def told(code, about):
    return {(one.path, one.way, one.times) for one in code.ways if one.about == about}


FAILED = "<?php\nnamespace App;\nclass FileNotFoundException extends {base} {{ }}\n"
MODEL = (
    "<?php\nnamespace App\\Models;\nuse App\\FileNotFoundException;\n"
    "class Image {\n    function path() { throw new FileNotFoundException('x'); }\n}\n"
)


@pytest.mark.parametrize(
    ("base", "path", "files", "is_answer"),
    [
        ("\\Exception", "app/Models/Image.php", {}, False),
        ("\\RuntimeException", "app/Services/Image.php", {}, False),
        ("NotFoundHttpException", "app/Models/Image.php", {}, True),
        ("\\Exception", "app/Http/Controllers/Image.php", {}, True),
        (
            "\\Exception",
            "app/Models/Image.php",
            {
                "app/Exceptions/Handler.php": "<?php\nnamespace App\\Exceptions;\n"
                "use App\\FileNotFoundException;\nclass Handler {\n"
                "    function render(FileNotFoundException $e) { return 404; }\n}\n"
            },
            True,
        ),
    ],
)
def test_an_exception_of_the_projects_own_answers_where_it_is_mapped(
    read, base, path, files, is_answer
):
    own = {"composer.json": '{"autoload": {"psr-4": {"App\\\\": "app/"}}}'}
    own |= {"app/FileNotFoundException.php": FAILED.format(base=base), path: MODEL}

    code = read(own | files)

    assert told(code, "errors") == ({(path, "thrown", 1)} if is_answer else set())


def test_an_exception_of_a_library_is_an_answer_wherever_it_is_thrown(read):
    text = (
        "import { NotFoundException } from '@nestjs/common';\n"
        "export class Orders { find() { throw new NotFoundException(); } }\n"
    )

    code = read({"src/orders.ts": text})

    assert told(code, "errors") == {("src/orders.ts", "thrown", 1)}


@pytest.mark.parametrize(
    ("name", "is_told"),
    [
        ("writeError", True),
        ("respondWithError", True),
        ("sendNotFound", True),
        ("errorResponse", True),
        ("writeErrorLog", False),
        ("sendErrorMail", False),
        ("parseError", False),
        ("sendOrders", False),
    ],
)
def test_errors_are_answered_by_functions_that_are_called_so(read, name, is_told):
    helper = f"export function {name}(res, e) {{ return res.end(e); }}\n"
    text = (
        f"import {{ {name} }} from './answers';\n"
        f"export function show(q, res) {{ {name}(res, 1); }}\n"
        f"export function list(q, res) {{ {name}(res, 2); }}\n"
    )

    code = read({"src/answers.ts": helper, "src/orders.ts": text})

    assert told(code, "error helpers") == (
        {("src/orders.ts", f"answered by {name}()", 2)} if is_told else set()
    )


def test_an_answer_of_django_is_told_by_its_class_alone(read):
    text = "def show(request):\n    return HttpResponseBadRequest()\n"

    assert told(read({"shop/views.py": text}), "errors") == {("shop/views.py", "returned", 1)}
