"""What functions ask of tables, and which of it a loop repeats."""

from __future__ import annotations

import pytest

DJANGO = """
from django.db import models

class Author(models.Model):
    name = models.CharField(max_length=9)

class Book(models.Model):
    title = models.CharField(max_length=9)
    author = models.ForeignKey(Author, on_delete=models.CASCADE, related_name="books")
"""
ALCHEMY = """
from sqlalchemy import Column, ForeignKey, Integer, String
from sqlalchemy.orm import declarative_base, relationship
Base = declarative_base()

class Author(Base):
    __tablename__ = "authors"
    id = Column(Integer, primary_key=True)
    name = Column(String)
    books = relationship("Book", back_populates="author")

class Book(Base):
    __tablename__ = "books"
    id = Column(Integer, primary_key=True)
    title = Column(String)
    author_id = Column(Integer, ForeignKey("authors.id"))
    author = relationship("Author", back_populates="books")
"""
LARAVEL = {
    "app/Models/Author.php": """<?php
namespace App\\Models;
use Illuminate\\Database\\Eloquent\\Model;
class Author extends Model {
    public function books() { return $this->hasMany(Book::class); }
}
""",
    "app/Models/Book.php": """<?php
namespace App\\Models;
use Illuminate\\Database\\Eloquent\\Model;
class Book extends Model {
    public function author() { return $this->belongsTo(Author::class); }
}
""",
    "database/migrations/2020_01_01_000000_create.php": """<?php
use Illuminate\\Database\\Migrations\\Migration;
use Illuminate\\Support\\Facades\\Schema;
return new class extends Migration {
    public function up() {
        Schema::create('authors', function ($table) { $table->id(); $table->string('name'); });
        Schema::create('books', function ($table) {
            $table->id(); $table->string('title'); $table->foreignId('author_id');
        });
    }
};
""",
}
PRISMA = """
model Author {
  id Int @id
  name String
  books Book[]
}
model Book {
  id Int @id
  title String
  authorId Int
  author Author @relation(fields: [authorId], references: [id])
}
"""
JPA = {
    "src/Author.java": """package shop;
import jakarta.persistence.*;
@Entity @Table(name = "authors")
public class Author {
    @Id Long id;
    String name;
    @OneToMany(mappedBy = "author")
    private List<Book> books;
}
""",
    "src/Book.java": """package shop;
import jakarta.persistence.*;
@Entity @Table(name = "books")
public class Book {
    @Id Long id;
    String title;
    @ManyToOne
    private Author author;
}
""",
    "src/BookRepository.java": """package shop;
interface BookRepository extends JpaRepository<Book, Long> {
    List<Book> findByTitle(String title);
    @Query("SELECT a FROM Author a JOIN FETCH a.books")
    List<Author> findWithBooks();
}
""",
}


def python(body: str) -> str:
    lines = "\n".join(f"    {line}" for line in body.strip().splitlines())
    return f"from shop.models import Author, Book\n\ndef told(session, names, authors):\n{lines}\n"


def php(body: str) -> str:
    return (
        "<?php\nnamespace App\\Services;\nuse App\\Models\\Author;\nuse App\\Models\\Book;\n"
        f"class Told {{ public function told($names, $authors) {{\n{body}\n}} }}\n"
    )


def typescript(body: str) -> str:
    return (
        "import { PrismaService } from './prisma';\nexport class Told {\n"
        "  constructor(private readonly prisma: PrismaService) {}\n"
        f"  async told(names) {{\n{body}\n  }}\n}}\n"
    )


def java(body: str) -> str:
    return (
        "package shop;\nclass Told {\n  private final BookRepository bookRepository;\n"
        f"  void told(List<String> names, List<Author> authors) {{\n{body}\n  }}\n}}\n"
    )


PROJECTS = {
    "django": ({"shop/__init__.py": "", "shop/models.py": DJANGO}, "shop/views.py", python),
    "sqlalchemy": ({"shop/__init__.py": "", "shop/models.py": ALCHEMY}, "shop/views.py", python),
    "laravel": (LARAVEL, "app/Services/Told.php", php),
    "prisma": ({"prisma/schema.prisma": PRISMA}, "src/told.ts", typescript),
    "jpa": (JPA, "src/Told.java", java),
}


@pytest.fixture
def asked(read):
    def ask(framework: str, body: str):
        files, path, wrapped = PROJECTS[framework]
        code = read({**files, path: wrapped(body)})
        return [one for one in code.queries if one.place.path == path]

    return ask


@pytest.mark.parametrize(
    ("framework", "body", "told"),
    [
        ("django", "Book.objects.filter(title='a').order_by('-id')", "read books title id"),
        ("django", "Book.objects.filter(author__name='a')", "read books author_id "),
        ("django", "Book.objects.filter(title__icontains='a')", "read books  "),
        ("django", "Book.objects.create(title='a')", "write books  "),
        ("django", "book = Book()\nbook.save()", "write books  "),
        ("sqlalchemy", "session.query(Book).filter_by(title='a').all()", "read books title "),
        ("sqlalchemy", "session.query(Book).filter(Book.title == 'a')", "read books title "),
        (
            "django",
            "Book.objects.filter(title=given, state=State.OPEN, sold=0)",
            "read books title ",
        ),
        (
            "sqlalchemy",
            "session.scalars(select(Book).where(Book.title == 'a').order_by(Book.id))",
            "read books title id",
        ),
        ("sqlalchemy", "session.query(Book).filter(func.lower(Book.title) == 'a')", "read books  "),
        ("sqlalchemy", "session.execute(delete(Book).where(Book.id == 1))", "write books id "),
        ("sqlalchemy", "session.query(Book).filter(Book.title.ilike('%a%'))", "read books  "),
        ("sqlalchemy", "session.query(Book).filter(Book.title.in_(names))", "read books title "),
        ("sqlalchemy", "session.add(Book(title='a'))", "write books  "),
        (
            "laravel",
            "return Book::where('title', 'a')->latest()->get();",
            "read books title created_at",
        ),
        ("laravel", "return Book::where('pages', '=', 0)->get();", "read books  "),
        (
            "laravel",
            "return Book::when($x, fn ($q) => $q->where('title', $x))->where('pages', $n)->get();",
            "read books title,pages ",
        ),
        ("laravel", "return Book::create(['title' => 'a']);", "write books  "),
        (
            "laravel",
            "return DB::table('books')->where('title', 'a')->first();",
            "read books title ",
        ),
        ("laravel", "return $x->books()->where('title', 'a')->get();", "read books title "),
        (
            "prisma",
            "return this.prisma.book.findMany({ where: { title: 'a' }, orderBy: { id: 'asc' } });",
            "read Book title id",
        ),
        (
            "prisma",
            "return this.prisma.book.findMany({ where: { author: { id: names } } });",
            "read Book authorId ",
        ),
        (
            "prisma",
            "return this.prisma.book.findMany({ orderBy: { author: { name: 'asc' } } });",
            "read Book  author",
        ),
        (
            "prisma",
            "await this.prisma.book.update({ where: { id: 1 }, data: {} });",
            "write Book id ",
        ),
        ("jpa", "bookRepository.findByTitle(names.get(0));", "read books title "),
        ("jpa", "bookRepository.findByTitleContainingIgnoreCase(names.get(0));", "read books  "),
        ("jpa", "bookRepository.deleteAll();", "write books  "),
    ],
)
def test_a_query_says_what_it_reads_or_writes_and_by_what(asked, framework, body, told):
    (one,) = asked(framework, body)

    table = (
        one.table.removeprefix("shop_").removesuffix("s") + "s"
        if framework == "django"
        else one.table
    )
    assert f"{one.does} {table} {','.join(one.columns)} {','.join(one.orders)}" == told
    assert one.loop == 0


def test_what_a_session_is_given_in_a_loop_is_written_at_once(asked):
    (one,) = asked("sqlalchemy", "for name in names:\n    session.add(Book(title=name))")

    assert (one.does, one.table, one.loop) == ("write", "books", 0)


@pytest.mark.parametrize(
    ("framework", "body"),
    [
        ("django", "for name in names:\n    Book.objects.filter(title=name).first()"),
        ("django", "return [Book.objects.get(title=name) for name in names]"),
        ("django", "for book in Book.objects.all():\n    print(book.author.name)"),
        (
            "django",
            "books = Book.objects.filter(id=1)\nreturn {b.id: b.author.name for b in books}",
        ),
        ("django", "for author in Author.objects.all():\n    print(author.books.count())"),
        ("sqlalchemy", "for name in names:\n    session.query(Book).filter_by(title=name).first()"),
        ("sqlalchemy", "for book in session.query(Book).all():\n    print(book.author.name)"),
        (
            "sqlalchemy",
            "all = session.scalars(select(Book)).all()\nfor b in all:\n    print(b.author.name)",
        ),
        ("laravel", "foreach ($names as $name) { Book::where('title', $name)->first(); }"),
        ("laravel", "$names->each(fn ($name) => Book::firstWhere('title', $name));"),
        ("laravel", "foreach (Book::all() as $book) { echo $book->author->name; }"),
        (
            "laravel",
            "$books = Book::latest()->get(); foreach ($books as $b) { echo $b->author->name; }",
        ),
        (
            "prisma",
            "for (const title of names) { this.prisma.book.findFirst({ where: { title } }); }",
        ),
        (
            "prisma",
            "Promise.all(names.map((title) => this.prisma.book.findMany({ where: { title } })));",
        ),
        ("jpa", "for (String name : names) { bookRepository.findByTitle(name); }"),
        ("jpa", "names.stream().map(name -> bookRepository.findByTitle(name)).toList();"),
        ("jpa", "for (Author author : authors) { author.getBooks().size(); }"),
    ],
)
def test_what_a_loop_repeats_is_known_to_be_repeated(asked, framework, body):
    found = [one for one in asked(framework, body) if one.loop]

    assert len(found) == 1


@pytest.mark.parametrize(
    ("framework", "body"),
    [
        (
            "django",
            "for book in Book.objects.select_related('author'):\n    print(book.author.name)",
        ),
        (
            "django",
            "for book in Book.objects.all():\n    print(book.author_id, book.title.upper())",
        ),
        (
            "django",
            "books = Author.objects.prefetch_related('books')\nfor author in books:\n"
            "    print(author.books.all())",
        ),
        (
            "django",
            "query = Book.objects.all()\nfor name in names:\n    query = query.filter(title=name)",
        ),
        ("django", "for batch in batched(names):\n    Book.objects.filter(title__in=batch)"),
        ("django", "for name in ('a', 'b'):\n    Book.objects.get(title=name)"),
        (
            "sqlalchemy",
            "for book in session.query(Book).options(joinedload(Book.author)):\n"
            "    print(book.author.name)",
        ),
        ("laravel", "foreach (Book::with('author')->get() as $book) { echo $book->author->name; }"),
        (
            "laravel",
            "$all = Book::all(); $all->load('author'); foreach ($all as $b) { echo $b->author; }",
        ),
        ("laravel", "foreach ($names as $name) { $query->where('title', $name); }"),
        ("prisma", "const books = await this.prisma.book.findMany(); books.map((b) => b.title);"),
        ("jpa", "Optional.of(names.get(0)).map(name -> bookRepository.findByTitle(name));"),
        ("jpa", "for (Author author : authors) { author.getName(); }"),
        ("sqlalchemy", "for book in session.query(Book):\n    print(book.author_id)"),
        (
            "jpa",
            "for (Author author : bookRepository.findWithBooks()) { author.getBooks().size(); }",
        ),
    ],
)
def test_what_is_loaded_at_once_or_put_together_is_not_repeated(asked, framework, body):
    assert [one for one in asked(framework, body) if one.loop] == []


@pytest.mark.parametrize(
    ("over", "told"),
    [
        ("$splits", 1),
        ("$pages", 1),
        ("$chunk", 1),
        ("$batch", 1),
        ("$chunks", 0),
        ("$names->chunk(9)", 0),
        ("str_split($names)", 0),
        ("$book->paginate()", 0),
    ],
)
def test_batches_are_gone_over_one_by_one_and_what_is_in_one_thing_by_thing(asked, over, told):
    body = f"foreach ({over} as $one) {{ Book::where('title', $one->title)->first(); }}"

    repeated = [one for one in asked("laravel", body) if one.loop and one.line == 6]

    assert len(repeated) == told


@pytest.mark.parametrize(
    ("framework", "body"),
    [
        ("django", "for name in names:\n    if name == 'a':\n        Book.objects.get(title=name)"),
        ("django", "for name in names:\n    if name == A_NAME:\n        Book.objects.get(id=name)"),
        ("django", "for name in names:\n    Book.objects.get_for_name(name)"),
        ("django", "for name in names:\n    Book.objects.filter(title__icontains=name).count()"),
        ("laravel", "foreach ($names as $n) { Book::where('title', 'like', $n)->first(); }"),
        ("django", "for book in Book.objects.of_today():\n    print(book.author.name)"),
        (
            "laravel",
            "foreach ($names as $n) { if ('a' === $n) { Book::where('title', $n)->first(); } }",
        ),
        (
            "prisma",
            "for (const n of names) { if (n === 'a') "
            "{ this.prisma.book.findFirst({ where: { title: n } }); } }",
        ),
    ],
)
def test_what_is_asked_for_one_of_many_or_by_a_method_of_ones_own_is_less_sure(
    asked, framework, body
):
    assert [one.sure for one in asked(framework, body) if one.loop] == [False]


@pytest.mark.parametrize(
    ("framework", "body", "sure"),
    [
        ("django", "for n in names:\n    if n:\n        return Book.objects.get(title=n)", False),
        ("django", "for n in names:\n    x = Book.objects.get(title=n)\n    x.save()", False),
        ("django", "for n in names:\n    mail_job.delay(Book.objects.get(title=n))", False),
        ("django", "for n in names:\n    send_mails(Book.objects.get(title=n))", False),
        ("django", "for n in names:\n    savings(Book.objects.get(title=n))", True),
        ("laravel", "foreach ($names as $n) { Job::dispatch(Book::where('title', $n)->first()); }",
         False),
        ("laravel", "foreach ($names as $n) { $b = Book::where('title', $n)->first();"
         " $b->fill([])->save(); }", False),
        ("laravel", "$names->map(function ($n) { return Book::where('title', $n)->first(); });",
         True),
        ("prisma", "for (const n of names) { return this.prisma.book.findFirst({ where: "
         "{ title: n } }); }", False),
    ],
)  # fmt: skip
def test_what_ends_a_loop_or_stands_beside_a_change_for_each_is_less_surely_repeated(
    asked, framework, body, sure
):
    found = [one.sure for one in asked(framework, body) if one.loop and one.does == "read"]

    assert found == [sure]


@pytest.mark.parametrize(
    ("view", "told"),
    [
        ("class V(Titled, DetailView):\n    model = Book\n", [("V", "shop_book")]),
        ("class V(generic.ListView):\n    model = Book\n", [("V", "shop_book")]),
        ("class V(ListView):\n    model = Book\n    def get_queryset(self): ...\n", []),
        (
            "class V(DetailView):\n    model = Book\nclass W(Titled, V):\n    title = 'b'\n",
            [("V", "shop_book"), ("W", "shop_book")],
        ),
        ("class V(UpdateView):\n    model = Book\n", []),
        ("class V(ListView):\n    form = Book\n", []),
    ],
)
def test_a_view_that_shows_a_model_reads_it(read, view, told):
    head = "from django.views import generic\nfrom shop.models import Book\n"
    code = read({"shop/models.py": DJANGO, "shop/views.py": head + view})

    found = [one for one in code.queries if one.place.path == "shop/views.py"]

    assert [(one.place.symbol, one.table) for one in found] == told


@pytest.mark.parametrize(("loads", "sure"), [("'lines'", False), ("'author'", True)])
def test_all_of_a_relation_that_somebody_loads_beforehand_is_less_surely_asked(read, loads, sure):
    models = (
        DJANGO
        + "class Line(models.Model):\n    book = models.ForeignKey(Book, related_name='lines'"
    )
    code = read(
        {
            "shop/models.py": f"{models}, on_delete=models.CASCADE)\n",
            "shop/views.py": "from shop.models import Book\ndef told(book: Book):\n"
            f"    return book.lines.all()\ndef all_of():\n"
            f"    return list(Book.objects.prefetch_related({loads}))\n",
        }
    )

    assert [one.sure for one in code.queries if one.place.symbol == "told"] == [sure]


@pytest.mark.parametrize(
    ("framework", "body"),
    [
        (
            "django",
            "for name in names:\n    authors.filter(Exists(Book.objects.filter(title=name)))",
        ),
        ("django", "for name in names:\n    f(Book.objects.filter(id=OuterRef('id'), title=name))"),
        ("django", "for name in NAMES:\n    Book.objects.get(title=name)"),
        ("django", "for kind in Kinds:\n    Book.objects.get(title=kind)"),
        ("django", "for name, x in settings.A_FEW.items():\n    Book.objects.get(title=name)"),
        (
            "django",
            "for book in Book.objects.prefetch_related(*names):\n    print(book.author.name)",
        ),
        ("django", "for day in days:\n    Book.objects.filter(title=day).count()"),
        ("django", "known = Book.objects.in_bulk()\nfor name in names:\n    known.get(name)"),
        ("django", "for book in author.books.all():\n    print(book.author.name)"),
        ("sqlalchemy", "for book in author.books:\n    print(book.author.name)"),
        ("prisma", "for (const k of Kinds) { this.prisma.book.findFirst({ where: { id: k } }); }"),
        ("laravel", "foreach (self::NAMES as $n) { Book::where('title', $n)->first(); }"),
    ],
)
def test_subqueries_few_values_and_what_is_known_of_itself_are_not_repeated(asked, framework, body):
    assert [one for one in asked(framework, body) if one.loop] == []


@pytest.mark.parametrize("said", ["Book", "Book | None", "Optional[Book]", '"Book"'])
def test_what_is_saved_is_of_the_class_that_its_annotation_says(read, said):
    views = f"from shop.models import Book\ndef keep(it: {said}, other: list[Book]):\n"
    views += "    it.save()\n    other.save()\n"
    code = read({"shop/__init__.py": "", "shop/models.py": DJANGO, "shop/views.py": views})

    assert [(one.does, one.table) for one in code.queries if one.place.path == "shop/views.py"] == [
        ("write", "shop_book")
    ]


def test_a_call_of_one_of_several_methods_of_a_name_is_less_surely_repeated(read):
    service = "class Service {{ BookRepository books;\n"
    service += "  Book load(String id) {{ return books.findById(id); }}\n{more} }}"
    user = "class User {\n  Service service;\n  void all(List<String> ids) {\n"
    user += "    for (String id : ids) {\n      service.load(id);\n    }\n  }\n}"
    repository = "interface BookRepository extends JpaRepository<Book, Long> {}"
    files = {
        "src/BookRepository.java": repository,
        "src/User.java": user,
    }
    once = read({**files, "src/Service.java": service.format(more="")})
    more = "  Book load(Env env, String id) { return api.load(env, id); }"
    twice = read({**files, "src/Service.java": service.format(more=more)})

    assert [one.sure for one in once.repeats] == [True]
    assert [one.sure for one in twice.repeats] == [False]


def test_a_query_by_a_dictionary_goes_by_nobody_knows_what(asked):
    (one,) = asked("django", "Book.objects.get(title='a', **names)")

    assert one.columns == ("title", "**")


def test_a_loop_over_few_or_without_its_value_is_less_sure(asked):
    (one,) = asked("django", "for name in names:\n    Book.objects.first()")
    (kept,) = asked(
        "django",
        "found = {}\nfor name in names:\n    if name not in found:\n"
        "        found[name] = Book.objects.get(title=name)",
    )

    assert (one.sure, kept.sure) == (False, False)


@pytest.mark.parametrize(
    ("framework", "body"),
    [
        (
            "laravel",
            "$all = Book::all(); foreach ($names as $n) { $all->where('id', $n)->first(); }",
        ),
        ("laravel", "$all = Book::latest()->get(); $all->where('title', 'x'); $all->count();"),
        ("sqlalchemy", "books = session.query(Book).all()\nbooks.remove(3)\nbooks.count(1)"),
        ("sqlalchemy", "books = session.scalars(select(Book)).all()\nbooks.clear()"),
        ("django", "books = list(Book.objects.all())\nbooks.remove(3)\nbooks.insert(0, 1)"),
    ],
)
def test_what_is_in_memory_is_not_asked_for_again(asked, framework, body):
    assert len(asked(framework, body)) == 1


@pytest.mark.parametrize(
    ("framework", "body"),
    [
        ("laravel", "$q = Book::where('id', 1); $q->where('title', 'x')->get();"),
        ("django", "books = Book.objects.all()\nbooks.count()"),
    ],
)
def test_what_is_only_put_together_is_asked_for_later(asked, framework, body):
    assert len(asked(framework, body)) == 2


@pytest.mark.parametrize(
    ("call", "is_asked"),
    [
        ("get(3)", False),  # may be of a mapping
        ("add(3)", False),
        ("update({})", False),
        ("count('a')", False),
        ("get(id=3)", True),
        ("count()", True),
        ("exclude(id=2)", True),
    ],
)
def test_what_a_function_gives_is_asked_where_nothing_else_has_such_a_method(read, call, is_asked):
    files, path, wrapped = PROJECTS["django"]
    found = "def found(names):\n    return Book.objects.filter(id__in=names)\n"
    code = read(
        {**files, path: f"{wrapped(f'books = found(names){chr(10)}books.{call}')}\n{found}"}
    )

    assert any(one.place.symbol == "told" for one in code.queries) == is_asked


@pytest.mark.parametrize(
    ("framework", "body"),
    [
        ("laravel", "foreach ($names as $n) { Cache::remember($n, 5, fn () => Book::find($n)); }"),
        (
            "laravel",
            "foreach ($names as $n) { if (isset($known[$n])) { continue; } Book::find($n); }",
        ),
        (
            "laravel",
            "if ($warm) { return Redis::zScore('a', 1); } else { return Book::find(1)->first(); }",
        ),
        (
            "django",
            "for n in names:\n    if n in seen:\n        continue\n    Book.objects.get(id=n)",
        ),
        ("django", "for n in names:\n    cache.get_or_set(n, lambda: Book.objects.get(id=n))"),
        ("django", "if self._cache is not None:\n    return self._cache\nBook.objects.get(id=n)"),
        (
            "prisma",
            "for (const id of names) { if (this.cache.has(id)) continue; "
            "await this.prisma.book.findFirst({ where: { id } }); }",
        ),
        (
            "prisma",
            "names.map((id) => this.cache.wrap(id, () => "
            "this.prisma.book.findFirst({ where: { id } })));",
        ),
        ("django", "if self._all is None:\n    self._all = Book.objects.get(id=n)"),
        ("laravel", "static $all = false; if ($all === false) { $all = Book::all(); }"),
        (
            "jpa",
            "for (String n : names) "
            "{ found.computeIfAbsent(n, key -> bookRepository.findByTitle(n)); }",
        ),
    ],
)
def test_a_query_whose_answer_is_kept_is_less_surely_repeated(asked, framework, body):
    (one,) = asked(framework, body)

    assert not one.sure


@pytest.mark.parametrize(
    ("framework", "body"),
    [
        ("laravel", "$q = Book::query(); if ($name) { $q->where('title', $name); } $q->get();"),
        (
            "laravel",
            "$q = Book::query(); if ($n) { $q = $q->where('title', $n); } $q->get();",
        ),
        ("django", "q = Book.objects.all()\nif name:\n    q = q.filter(title=name)\nlist(q)"),
    ],
)
def test_what_narrows_a_query_at_times_is_less_surely_asked(asked, framework, body):
    assert [one.sure for one in asked(framework, body) if one.columns == ("title",)][:1] == [False]


@pytest.mark.parametrize("lacks", ["not book_ids", "n.book is None", "not book.title"])
def test_what_is_asked_for_the_lack_of_something_else_is_not_kept(asked, lacks):
    (one,) = asked(
        "django", f"for n in names:\n    if {lacks}:\n        book = Book.objects.get(id=n)"
    )

    assert one.sure


@pytest.mark.parametrize(
    "guard", ["if not self.cache:", "if n is None:", "if self._known is None:", "if n.is_draft:"]
)
def test_what_leaves_for_another_reason_keeps_nothing(asked, guard):
    (one,) = asked(
        "django", f"for n in names:\n    {guard}\n        continue\n    Book.objects.get(id=n)"
    )

    assert one.sure


def test_a_repeated_call_leads_to_its_function(read):
    code = read(
        {
            "app.py": "from helpers import load\n\ndef told(names):\n    for name in names:\n"
            "        load(name)\n",
            "helpers.py": "def load(name): ...\n",
        }
    )

    assert [(one.target.path, one.line, one.loop) for one in code.repeats] == [("helpers.py", 5, 4)]


def test_an_object_that_calls_itself_in_a_loop_loads_what_it_has_one_of_once(read):
    code = read(
        {
            "shop/models.py": DJANGO
            + "    def all_of(self, names):\n        for n in names:\n            self.one(n)\n\n"
            "    def one(self, n):\n        return self.author.name == n\n"
        }
    )

    assert [(one.target.symbol, one.loaded) for one in code.repeats] == [("Book.one", ("author",))]


def test_calls_of_other_services_are_known(read):
    code = read(
        {
            "a.py": "import requests\ndef told():\n    requests.post('https://x')\n",
            "b.ts": "export async function told() { await fetch('/x') }\n",
        }
    )

    assert {(one.place.path, one.said) for one in code.outgoing} == {
        ("a.py", "requests.post"),
        ("b.ts", "fetch"),
    }


def test_methods_of_what_a_class_is_given_are_called_in_typescript(read):
    code = read(
        {
            "a.ts": "import { Users } from './b';\nexport class A {\n"
            "  constructor(private users: Users) {}\n  all() { return this.users.find(); }\n}\n",
            "b.ts": "export class Users { find() {} }\n",
        }
    )

    assert ("A.all", "Users.find", "call") in {
        (one.source.symbol, one.target.symbol, str(one.grade)) for one in code.edges
    }


BELOW = """
from shop.models import Author, Book

class Shelf:
    @classmethod
    def load(cls): return Book.objects.all()
    @property
    def first(self): return Book.objects.get(id=1)

class Told(Shelf):
    def show(self, names):
        {body}
"""


@pytest.mark.parametrize(
    ("body", "targets"),
    [
        ("[self.load() for name in names]", ["Shelf.load"]),  # of what it extends
        ("[book.author for book in Shelf.load()]", []),  # what a function gives is known
    ],
)
def test_a_loop_repeats_what_is_inherited_and_goes_over_what_a_function_gives(read, body, targets):
    models = {"shop/__init__.py": "", "shop/models.py": DJANGO}
    code = read({**models, "shop/views.py": BELOW.replace("{body}", f"return {body}")})

    assert [one.target.symbol for one in code.repeats] == targets
    lazy = [one for one in code.queries if one.relation]
    assert [(one.relation, one.sure) for one in lazy] == [("author", True)] * (not targets)


def test_a_property_of_a_model_that_asks_is_repeated(read):
    asking = DJANGO + "    @property\n    def others(self): return Book.objects.count()\n"
    views = "from shop.models import Book\ndef f(): return [b.others for b in Book.objects.all()]\n"
    code = read({"shop/__init__.py": "", "shop/models.py": asking, "shop/views.py": views})

    assert [one.target.symbol for one in code.repeats] == ["Book.others"]


def test_what_something_has_is_asked_by_its_key_too(asked):
    (one,) = asked("django", "Author.objects.get(id=1).books")
    (of_another,) = asked("laravel", "return $author->books()->where('title', 'a')->get();")

    assert (one.of_another, of_another.of_another) == (False, True)


def test_the_type_of_a_field_is_that_of_its_class_alone(read):
    """Two classes of a file may have a field of one name; a class without a name is read too."""
    entity = "import { Entity, PrimaryColumn } from 'typeorm';\n"
    asks = "class {} {{ constructor(private rows: Repository<{}>) {{}}\n{}\n}}\n"
    find = "f() { return this.rows.find(); }"
    files = {
        "m.ts": entity
        + "".join(
            f"@Entity('{name}s') export class {name} {{ @PrimaryColumn() id: number; }}\n"
            for name in ("Author", "Book")
        ),
        "one.ts": "import { Book } from './m';\n" + asks.format("One", "Book", find),
        "two.ts": "import { Author, Book } from './m';\n"
        + asks.format("One", "Author", find)
        + asks.format("Two", "Book", find),
        "none.ts": "export default class { constructor(private r: Rows) { this.r.find(); } }\n",
    }

    code = read(files)

    assert [(one.place.path, one.table) for one in code.queries] == [("one.ts", "Books")]


@pytest.mark.parametrize(
    ("body", "asked"),
    [
        ("$author->tags()->attach(3);", "author_tag"),
        ("$author->marks()->sync($names);", ""),
        ("$author->tags()->delete();", "tags"),
        ("$author->increment('seen');", "authors"),
        ("$book->author->decrement('books');", "authors"),
    ],
)
def test_what_joins_two_models_writes_the_table_between_and_none_of_the_two(read, body, asked):
    related = "public function tags() { return $this->belongsToMany(Tag::class); }\n"
    related += "public function marks() { return $this->belongsToMany(Mark::class); }\n"
    tables = "Schema::create('tags', function ($table) { $table->id(); });\n"
    tables += "Schema::create('marks', function ($table) { $table->id(); });\n"
    tables += "Schema::create('author_tag', function ($table) { $table->id(); });\n"
    files = {path: text.replace("public function books", f"{related}public function books")
             .replace("Schema::create('books'", f"{tables}Schema::create('books'")
             for path, text in LARAVEL.items()}  # fmt: skip
    model = LARAVEL["app/Models/Book.php"].partition("class")[0]
    for name in ("Tag", "Mark"):
        files[f"app/Models/{name}.php"] = f"{model}class {name} extends Model {{}}\n"

    code = read({**files, "app/Services/Told.php": php(body)})

    assert [(one.does, one.table) for one in code.queries] == [("write", asked)]


@pytest.mark.parametrize(
    ("framework", "body"),
    [
        ("django", "for name in names:\n    Book.objects.get_or_create(title=name)"),
        ("django", "for name in names:\n    Book.objects.update_or_create(title=name)"),
        (
            "laravel",
            "foreach ($names as $name) { Book::firstOrCreate(['title' => $name]); }",
        ),
        (
            "laravel",
            "foreach ($names as $a) { Book::where('a', 1)->updateOrCreate(['title' => $a]); }",
        ),
    ],
)
def test_what_finds_or_makes_reads_before_it_writes(asked, framework, body):
    found = [(one.does, bool(one.loop)) for one in asked(framework, body)]

    assert sorted(found) == [("read", True), ("write", True)]
