"""Relations that a loop loads through what it hands on, and those that are loaded already."""

from __future__ import annotations

import pytest

MODEL = """<?php
namespace App\\Models;
use Illuminate\\Database\\Eloquent\\Model;
"""
MODELS = {
    "app/Models/Author.php": MODEL
    + "class Author extends Model {\n"
    + "    public function books() { return $this->hasMany(Book::class); }\n"
    + "    public function delete() { foreach ($this->books as $book) { $book->close(); } }\n"
    + "    {more}\n}\n",
    "app/Models/Book.php": MODEL
    + "class Book extends Model {\n"
    + "    public function author() { return $this->belongsTo(Author::class); }\n"
    + "    public function close() { echo $this->author->name; }\n}\n",
    "database/migrations/2020_01_01_000000_create.php": """<?php
Schema::create('authors', function ($table) { $table->id(); $table->string('name'); });
Schema::create('books', function ($table) { $table->id(); $table->foreignId('author_id'); });
""",
    "app/Row.php": "<?php\nnamespace App;\nuse App\\Models\\Book;\nclass Row {\n"
    "    public function __construct(Book $book) { $this->name = $book->author->name; }\n"
    "    public static function of(int $nr, Book $one) { return $one->author->name; }\n"
    "    public static function id(Book $one) { return $one->author_id; }\n}\n",
}
DJANGO = """
from django.db import models

class Author(models.Model):
    name = models.CharField(max_length=9)

class Book(models.Model):
    author = models.ForeignKey(Author, on_delete=models.CASCADE, related_name="books")

    def of_size(self, size):
        return Cover.objects.get(book=self, size=size)

class Cover(models.Model):
    book = models.ForeignKey(Book, on_delete=models.CASCADE)
    size = models.IntegerField()
"""


@pytest.fixture
def laravel(read):
    def ask(body: str, more: str = ""):
        told = (
            "<?php\nnamespace App;\nuse App\\Models\\Author;\nuse App\\Models\\Book;\n"
            f"class Told {{ public function told($given) {{\n{body}\n}} }}\n"
        )
        files = {path: text.replace("{more}", more) for path, text in MODELS.items()}
        return read({**files, "app/Told.php": told})

    return ask


@pytest.fixture
def django(read):
    def ask(body: str):
        files = {"shop/__init__.py": "", "shop/models.py": DJANGO}
        return read({**files, "shop/views.py": f"from shop.models import Author, Book\n{body}"})

    return ask


def lazy(code):
    return [
        (one.place.symbol, one.relation, one.sure)
        for one in code.queries
        if one.relation and one.loop
    ]


@pytest.mark.parametrize(
    ("body", "loaded"),
    [
        ("foreach (Book::all() as $b) { new Row($b); }", [True]),
        ("foreach (Book::all() as $b) { Row::of(1, $b); }", [True]),
        ("Book::all()->map(fn ($b) => Row::of(1, $b));", [True]),
        ("foreach ($given as $one) { Row::of(1, $one); }", [False]),  # what is given may have it
        ("foreach (Book::with('author')->get() as $b) { new Row($b); }", []),
        ("foreach (Book::all() as $b) { Row::of($b, $first); }", []),  # the same each time
        ("foreach (Book::all() as $b) { Row::id($b); }", []),
    ],
)
def test_a_relation_is_loaded_for_each_by_what_a_loop_hands_it_to(laravel, body, loaded):
    code = laravel(body)

    assert [one for one in lazy(code) if one[0] == "Told.told"] == [
        ("Told.told", "author", sure) for sure in loaded
    ]


def test_a_function_of_python_asks_what_a_loop_hands_it(django):
    code = django(
        "def name_of(nr, book): return book.author.name\n\n"
        "def told(): return [name_of(1, book) for book in Book.objects.all()]\n"
    )

    assert lazy(code) == [("told", "author", True)]


def test_a_function_within_a_function_is_called_by_its_loop(django):
    code = django(
        "def told(names):\n    def find(name): return Author.objects.get(name=name)\n"
        "    return [find(name) for name in names]\n"
    )

    assert [one.target.symbol for one in code.repeats] == ["told.find"]


@pytest.mark.parametrize("call", ["$author->delete()", "$author->closeAll()"])
def test_what_each_of_a_loop_does_by_a_method_of_its_model_is_repeated(laravel, call):
    more = "public function closeAll() { $this->delete(); }"
    code = laravel(f"foreach (Author::all() as $author) {{ {call}; }}", more)

    targets = [one.target.symbol for one in code.repeats if one.source.symbol == "Told.told"]
    assert targets == [f"Author.{call[9:-2]}"]


def test_what_a_variable_has_is_gone_over_with_what_was_loaded_into_it(laravel):
    first = "$author = Author::where('id', 1)->firstOrFail();"
    loop = "foreach ($author->books as $book) { echo $book->author->name; }"

    assert ("Told.told", "author", True) in lazy(laravel(first + loop))
    with_all = first.replace("where", "with('books.author')->where")
    assert "Told.told" not in {one[0] for one in lazy(laravel(with_all + loop))}


@pytest.mark.parametrize("how", ["load", "loadMissing"])
def test_what_the_own_object_loads_into_itself_is_not_loaded_for_each(laravel, how):
    loop = "foreach ($this->books as $book) { echo $book->author->name; }"
    more = "public function names() { %s " + loop + " }"

    assert ("Author.names", "author", True) in lazy(laravel("", more % ""))
    loaded = laravel("", more % f"$this->{how}('books.author');")
    assert "Author.names" not in {one[0] for one in lazy(loaded)}
    others = laravel("", more % f"$this->{how}('books');")
    assert ("Author.names", "author", True) in lazy(others)


def test_what_some_query_loads_with_an_object_is_less_surely_loaded_by_its_own_loop(laravel):
    more = "public function names() { foreach ($this->books as $b) { echo $b->author->name; } }"

    code = laravel("return Author::with('books.author')->get();", more)

    assert ("Author.names", "author", False) in lazy(code)


def test_a_method_that_one_model_has_is_less_surely_what_a_variable_is_asked(django):
    code = django(
        "def told(book, sizes):\n    for size in sizes:\n        book.of_size(size)\n"
        "        book.load(size)\n"
    )

    assert [(one.target.symbol, one.sure) for one in code.repeats] == [("Book.of_size", False)]
