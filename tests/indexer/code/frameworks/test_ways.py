"""What a file does in one of several ways is seen in its code, and not in comments and texts."""

from __future__ import annotations

import pytest

from indexer.code.registry import read_file


def ways(language, text):
    facts = read_file(language, text.encode())
    return {(one.kind, one.name): one.data["times"] for one in facts.marks if one.reader == "ways"}


@pytest.mark.parametrize(
    ("language", "text", "about", "way", "times"),
    [
        ("python", "def f():\n    print(1)\n    print(2)\n", "logging", "printed", 2),
        ("python", "_logger.info('a')\n", "logging", "logged", 1),
        ("python", "self.logger.warning(f'{a}')\n", "values", "formatted into the message", 1),
        ("python", "log.info('a %s', b)\n", "logging", "logged", 1),
        ("python", "logger.info('a %s', b)\n", "values", "handed over beside the message", 1),
        ("python", "l = logging.getLogger(__name__)\n", "loggers", "named __name__", 1),
        ("python", "from structlog import get_logger\n", "loggers", "of structlog", 1),
        ("typescript", "console.error(e);\n", "logging", "written to the console", 1),
        ("typescript", "this.logger.log(`a ${b}`);\n", "values", "formatted into the message", 1),
        ("typescript", "import { z } from 'zod';\n", "validation", "validated by zod", 1),
        ("php", "<?php\nLog::info('a');\n", "logging", "logged", 1),
        ("php", "<?php\nvar_dump($a);\n", "logging", "printed", 1),
        ("java", 'class A { void f() { System.out.println("a"); } }\n', "logging", "printed", 1),
        ("java", "@Slf4j\nclass A { }\n", "loggers", "made by an annotation", 1),
        ("go", 'package a\nfunc f() { fmt.Println("a") }\n', "logging", "printed", 1),
        ("go", 'package a\nfunc f() { slog.Info("a") }\n', "logging", "logged", 1),
    ],
)
def test_each_way_is_counted(language, text, about, way, times):
    assert ways(language, text).get((about, way)) == times


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("python", "# print(1)\nx = 'print(1)'\ny.print(1)\n"),
        ("typescript", "// console.log(1)\nconst a = 'console.log(1)';\n"),
        ("go", 'package a\n// fmt.Println("a")\nvar x = "fmt.Println()"\n'),
    ],
)
def test_comments_and_texts_do_nothing(language, text):
    assert not [about for about, _ in ways(language, text) if about == "logging"]


@pytest.mark.parametrize(
    ("language", "text", "told"),
    [
        (
            "python",
            "def f():\n    return jsonify({'error': 'no'}), 404\n",
            {"errors": "returned", "error keys": 'told under "error"'},
        ),
        (
            "python",
            "def f():\n    return Response({'detail': 'no'}, status=status.HTTP_404_NOT_FOUND)\n",
            {"errors": "returned", "error keys": 'told under "detail"'},
        ),
        ("python", "def f():\n    raise HTTPException(404, detail='no')\n", {"errors": "thrown"}),
        ("python", "def f():\n    abort(404)\n", {"errors": "left to abort()"}),
        (
            "go",
            "package a\nfunc f(c *gin.Context) {\n\tc.AbortWithError(404, gone)\n}\n",
            {"errors": "left to abort()"},
        ),
        (
            "typescript",
            "function f(q, res) { return res.status(400).json({ message: 'no' }); }\n",
            {"errors": "returned", "error keys": 'told under "message"'},
        ),
        (
            "typescript",
            "class A { f() { throw new NotFoundException('no'); } }\n",
            {"errors": "thrown"},
        ),
        (
            "typescript",
            "class A { f() { throw new UnprocessableEntityException('no'); } }\n",
            {"errors": "thrown"},
        ),
        (
            "typescript",
            "const f = () => { return new OwnException({ status: 422, errors: {} }); };\n",
            {"error keys": 'told under "errors"'},
        ),
        (
            "php",
            "<?php\nfunction f() { return response()->json(['message' => 'no'], 404); }\n",
            {"errors": "returned", "error keys": 'told under "message"'},
        ),
        ("php", "<?php\nabort_if($a, 403, 'no');\n", {"errors": "left to abort()"}),
        (
            "php",
            "<?php\nthrow ValidationException::withMessages(['a' => 'no']);\n",
            {"errors": "thrown"},
        ),
        (
            "go",
            'package a\nfunc f() { c.JSON(http.StatusBadRequest, gin.H{"error": "no"}) }\n',
            {"errors": "returned", "error keys": 'told under "error"'},
        ),
        (
            "python",
            "def f():\n    return jsonify(title=one) if one else Response(status=404)\n",
            {},
        ),
        (
            "typescript",
            "const f = () => ok ? res.json({ title }) : res.status(404).json({ error: 'no' });\n",
            {"errors": "returned", "error keys": 'told under "error"'},
        ),
        ("typescript", "if (res.status === 404) { retry(); }\n", {}),
        (
            "typescript",
            "function f(q, res) { return res.sendStatus(404); }\n",
            {"errors": "returned"},
        ),
        (
            "typescript",
            "function f(q, res) { res.status(500).send('No such session'); }\n",
            {"errors": "returned"},
        ),
        ("typescript", "function f(q, res) { return res.sendStatus(204); }\n", {}),
        ("typescript", "function f(request) { request.abort(); }\n", {}),
        ("python", "def f():\n    return {'message': 'ok'}, 200\n", {}),
        ("python", "if response.status_code == 500:\n    pass\n", {}),
    ],
)
def test_how_errors_are_told_is_seen_where_they_are_answered(language, text, told):
    found = {about: way for about, way in ways(language, text) if about in {"errors", "error keys"}}

    assert found == told


@pytest.mark.parametrize(
    ("language", "text", "keys"),
    [
        ("php", "<?php\nreturn ['message' => 'a', 'price' => $f->between(100, 500)];\n", []),
        ("php", "<?php\nreturn response()->json(['message' => 'a'], 404);\n", ["message"]),
        ("php", "<?php\nreturn new JsonResponse(['error' => 'a'], 404);\n", ["error"]),
        ("python", "def f():\n    return {'error': 'a'}, 404\n", ["error"]),
        ("python", "def f():\n    return {'title': randint(100, 500)}\n", []),
        ("python", "def f():\n    return jsonify({'error': 'a'}), 404\n", ["error"]),
        (
            "go",
            'package a\nfunc f() A {\n\treturn A{s: http.StatusNotFound, message: "a"}\n}\n',
            [],
        ),
        ("go", 'package a\nfunc f() {\n\tc.JSON(w, gin.H{"error": 1}, 404)\n}\n', ["error"]),
    ],
)
def test_a_number_is_a_status_where_it_is_handed_to_what_answers(language, text, keys):
    told = [way for about, way in ways(language, text) if about == "error keys"]
    assert told == [f'told under "{key}"' for key in keys]


def test_a_logger_of_go_that_is_made_or_handed_on_has_logged_nothing():
    text = "package a\nfunc f() {\n\tg(slog.Default(), %s)\n}\n"
    assert ("logging", "logged") not in ways("go", text % 'slog.String("a", b)')
    assert ways("go", text % 'slog.ErrorContext(c, "a")')["logging", "logged"] == 1
