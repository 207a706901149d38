"""Tables of JPA's entities."""

from __future__ import annotations

import pytest

from memory.code.codebase import ForeignKey

HEAD = "package shop;\nimport jakarta.persistence.*;\nimport org.springframework.stereotype.*;\n"
BASE = HEAD + "@MappedSuperclass public class Base { @Id @GeneratedValue private Long id; }\n"
USER = HEAD + (
    '@Entity @Table(name = "users", schema = "auth",'
    ' indexes = @Index(columnList = "email, name DESC"),'
    ' uniqueConstraints = @UniqueConstraint(columnNames = {"email", "name"}))\n'
    "public class User extends Base {\n"
    '  static final String MAIL = "email";\n'
    "  @Column(name = MAIL, nullable = false, unique = true) private String mail;\n"
    "  private String name; private int visits; @NotNull private String zip;\n"
    "  @Transient private String gone; private transient int also; static int none;\n"
    '  @Embedded @AttributeOverride(name = "cityName", column = @Column(name = "town"))\n'
    "  private Address address;\n"
    '  @OneToMany(mappedBy = "user") private List<Order> orders;\n'
    "}\n"
)
ADDRESS = HEAD + "@Embeddable public class Address { String cityName; String streetName; }\n"
ORDER = HEAD + (
    "@Entity public class OrderLine extends Base {\n"
    '  @ManyToOne(optional = false) @JoinColumn(name = "buyer") private User user;\n'
    "  @ManyToOne private User giver;\n"
    '  @ManyToMany @JoinTable(name = "line_tag", joinColumns = @JoinColumn(name = "line"),'
    ' inverseJoinColumns = @JoinColumn(name = "tag")) private Set<Tag> tags;\n'
    "  @ElementCollection private List<String> notes;\n"
    '  @OneToMany @JoinColumn(name = "line_id") private List<Tag> own;\n'
    "}\n"
)
TAG = HEAD + "@Entity public class Tag extends Base { }\n"


def tables(read, **texts: str):
    code = read({f"src/shop/{name}.java": text for name, text in texts.items()})
    missed = [one.name for one in code.unresolved if one.what == "table"]
    return {one.table: one for one in code.tables}, missed


def test_an_entity_is_a_table_with_what_it_inherits_and_embeds(read):
    found, missed = tables(read, Base=BASE, User=USER, Address=ADDRESS)

    (user,) = found.values()
    assert (user.table, missed) == ("auth.users", [])
    assert [(one.name, one.nullable) for one in user.columns] == [
        ("id", False), ("email", False), ("name", True), ("visits", False), ("zip", False),
        ("town", True), ("street_name", True),
    ]  # fmt: skip
    assert user.primary_key == ("id",)
    assert user.indexes == (("email", "name"),)
    assert user.unique == (("email",), ("email", "name"))
    assert (user.model, user.symbol) == ("src/shop/User.java:User", "User")


def test_relations_are_keys_and_tables_between(read):
    found, missed = tables(read, Base=BASE, User=USER, Address=ADDRESS, OrderLine=ORDER, Tag=TAG)

    lines = found["order_line"]
    assert [(one.name, one.nullable) for one in lines.columns] == [
        ("id", False), ("buyer", False), ("giver_id", True),
    ]  # fmt: skip
    assert lines.foreign_keys == (
        ForeignKey(("buyer",), "auth.users", ("id",), "", 5),
        ForeignKey(("giver_id",), "auth.users", ("id",), "", 6),
    )
    between = found["line_tag"]
    assert [key[:3] for key in between.foreign_keys] == [
        (("line",), "order_line", ("id",)), (("tag",), "tag", ("id",)),
    ]  # fmt: skip
    assert between.primary_key == ("line", "tag")
    assert [one.name for one in found["order_line_notes"].columns] == ["order_line_id", "notes"]
    assert [key[:2] for key in found["tag"].foreign_keys] == [(("line_id",), "order_line")]
    assert missed == []


@pytest.mark.parametrize(
    ("strategy", "told"),
    [
        ("", {"animal": ["id", "name", "paws", "dtype"]}),
        ("@Inheritance(strategy = InheritanceType.JOINED)",
         {"animal": ["id", "name"], "dog": ["id", "paws"]}),
        ("@Inheritance(strategy = InheritanceType.TABLE_PER_CLASS)",
         {"animal": ["id", "name"], "dog": ["id", "name", "paws"]}),
    ],
)  # fmt: skip
def test_heirs_are_kept_as_their_strategy_says(read, strategy, told):
    animal = HEAD + f"{strategy} @Entity public class Animal extends Base {{ String name; }}\n"
    dog = HEAD + "@Entity public class Dog extends Animal { int paws; }\n"

    found, _ = tables(read, Base=BASE, Animal=animal, Dog=dog)

    assert {name: [one.name for one in each.columns] for name, each in found.items()} == told


def test_a_table_of_which_an_index_is_computed_is_missed_and_nothing_else(read):
    said = HEAD + (
        "@Entity @Table(indexes = @Index(columnList = Names.of(1)))\n"
        "public class Bill extends Base { }\n"
    )

    found, missed = tables(read, Base=BASE, Bill=said, Tag=TAG)

    assert (sorted(found), missed) == (["tag"], ["Bill"])


def test_a_computed_name_is_counted_and_the_table_not_whole(read):
    text = HEAD + "@Entity public class Tag extends Base { @Column(name = f()) String a; int b; }\n"
    found, missed = tables(read, Base=BASE, Tag=text)

    assert (missed, found["tag"].whole) == (["tag.a"], False)
    assert [one.name for one in found["tag"].columns] == ["id", "b"]


def test_migrations_say_how_a_table_is_and_the_entity_whose_it_is(read):
    code = read(
        {
            "src/shop/Base.java": BASE,
            "src/shop/Tag.java": TAG,
            "src/main/resources/db/migration/V1__x.sql":
                "CREATE TABLE tag (id INT PRIMARY KEY, old TEXT);\n"
                "CREATE INDEX ix ON tag (old);\nCREATE TABLE other (id INT);",
        }
    )  # fmt: skip

    tag, other = code.tables
    assert [one.name for one in tag.columns] == ["id", "old"]
    assert (tag.indexes, tag.symbol, tag.file) == ((("old",),), "Tag", "src/shop/Tag.java")
    assert tag.created == "src/main/resources/db/migration/V1__x.sql:1"
    assert other.table == "other"


def test_an_entity_beside_statements_that_are_not_understood_is_not_whole(read):
    made = "CREATE TABLE tag (id bigint PRIMARY KEY, name varchar(9));\n"
    made += "CREATE INDEX by_name ON tag (name);\n"
    files = {"src/shop/Base.java": BASE, "src/shop/Tag.java": TAG}

    (alone,) = read(files).tables
    (beside,) = read({**files, "db/tag.sql": made}).tables
    strange = made + "ALTER TABLE tag FROBNICATE ${all};\n"
    (unclear,) = read({**files, "db/tag.sql": strange}).tables

    assert (alone.whole, alone.indexes) == (True, ())
    assert (beside.whole, beside.indexes) == (True, (("name",),))
    assert not unclear.whole


def test_an_entity_of_a_view_is_no_table(read):
    files = {"src/shop/Base.java": BASE, "src/shop/Tag.java": TAG}
    view = "CREATE OR REPLACE VIEW shop.tag AS SELECT id FROM old_tag;\n"

    (table,) = read({**files, "db/a.sql": "CREATE TABLE old_tag (id INT);\n" + view}).tables
    both = read({**files, "db/a.sql": "CREATE TABLE tag (id INT);\n" + view}).tables
    other = read({**files, "db/a.sql": "CREATE VIEW tags AS SELECT 1;\n"}).tables

    assert table.table == "old_tag"
    assert [one.table for one in both] == ["tag"]
    assert [one.table for one in other] == ["tag"]


ID = "  @Id Long id;\n"
PARENT = HEAD + "@Entity public class C {\n  @Id Long id;\n}\n"


@pytest.mark.parametrize(
    ("entity", "other", "columns", "primary"),
    [
        ('@Entity @AttributeOverride(name = "id", column = @Column(name = "b_id"))\n'
         "class B extends Base { }\n", "", ["b_id"], ["b_id"]),
        (f"@Entity class B {{\n{ID}  @OneToOne @MapsId C c;\n}}\n", "", ["c_id"], ["c_id"]),
        (f"@Entity class B {{\n  @OneToOne @MapsId C c;\n{ID}}}\n", "", ["c_id"], ["c_id"]),
        ('@Entity class B {\n  @EmbeddedId Part part;\n  @ManyToOne @MapsId("cId")'
         ' @JoinColumn(name = "owner") C c;\n}\n',
         "@Embeddable class Part {\n  Long cId;\n  int number;\n}\n",
         ["number", "owner"], ["number", "owner"]),
        (f"@Entity class B {{\n{ID}  Part part;\n}}\n",
         '@Embeddable record Part(String street, @Column(name = "code") String zip) { }\n',
         ["id", "street", "code"], ["id"]),
        ("@Entity class B {\n  private Long id;\n  @Id\n  public Long getId() { return id; }\n"
         "  public String getNote() { return null; }\n"
         "  public String getAs(String one) { return one; }\n}\n", "", ["id", "note"], ["id"]),
    ],
)  # fmt: skip
def test_columns_that_are_mapped_elsewhere_have_the_name_that_they_have_there(
    read, entity, other, columns, primary
):
    found, missed = tables(read, Base=BASE, C=PARENT, B=HEAD + entity, Part=HEAD + other)

    assert missed == []
    assert [one.name for one in found["b"].columns] == columns
    assert list(found["b"].primary_key) == primary


@pytest.mark.parametrize(
    "entity",
    [
        f'@Entity @Subselect("select 1 as id") class B {{\n{ID}}}\n',
        "@Entity @Inheritance(strategy = InheritanceType.TABLE_PER_CLASS)\n"
        f"abstract class B {{\n{ID}}}\n",
    ],
)
def test_an_entity_whose_rows_are_elsewhere_is_no_table(read, entity):
    assert tables(read, B=HEAD + entity) == ({}, [])


@pytest.mark.parametrize(
    ("entity", "missed"),
    [
        (f'@Entity class B {{\n{ID}  @Column(table = "more") String more;\n}}\n', "b.more"),
        (f"@Entity class B {{\n{ID}  @OneToOne @PrimaryKeyJoinColumn C c;\n}}\n", "b.c"),
        (f"@Entity class B {{\n{ID}  Part part;\n}}\n"
         "@Embeddable class Part {\n  String name;\n  Part part;\n}\n", "b.part"),
    ],
)  # fmt: skip
def test_a_member_that_is_no_column_of_its_table_is_counted_as_missed(read, entity, missed):
    found, told = tables(read, C=PARENT, B=HEAD + entity)

    assert missed in told
    assert found["b"].columns[0].name == "id"


@pytest.mark.parametrize(
    ("entity", "columns", "primary"),
    [
        (f"@Entity class B {{\n{ID}  @OneToOne @MapsId C c;\n"
         '  @AttributeOverride(name = "id", column = @Column(name = "p")) Part part;\n}\n',
         {"c_id", "p"}, ["c_id"]),
        ('@Entity @AttributeOverride(name = "id", column = @Column(name = "own"))\n'
         "class B extends Base {\n"
         '  @AttributeOverride(name = "id", column = @Column(name = "p")) Part part;\n}\n',
         {"own", "p"}, ["own"]),
    ],
)  # fmt: skip
def test_a_property_of_a_part_is_not_that_of_the_entity_that_is_called_so(
    read, entity, columns, primary
):
    part = HEAD + "@Embeddable class Part {\n  Long id;\n}\n"
    found, missed = tables(read, Base=BASE, C=PARENT, B=HEAD + entity, Part=part)

    assert missed == []
    assert {one.name for one in found["b"].columns} == columns
    assert list(found["b"].primary_key) == primary


def test_a_column_of_a_part_above_is_renamed_by_its_path(read):
    base = "@MappedSuperclass class Base {\n  @Id Long id;\n  Part part;\n}\n"
    entity = '@AttributeOverride(name = "part.zip", column = @Column(name = "code"))\n'
    part = HEAD + "@Embeddable class Part {\n  String zip;\n}\n"
    found, _ = tables(
        read, Base=HEAD + base, B=f"{HEAD}@Entity {entity}class B extends Base {{ }}\n", Part=part
    )

    assert [one.name for one in found["b"].columns] == ["id", "code"]


@pytest.mark.parametrize("getter", ["static String getNote()", "String isNote()"])
def test_a_method_that_is_no_getter_of_a_bean_is_no_column(read, getter):
    entity = (
        "@Entity class B {\n  @Id\n  public Long getId() { return null; }\n"
        f"  public {getter} {{ return null; }}\n}}\n"
    )
    found, _ = tables(read, B=HEAD + entity)

    assert [one.name for one in found["b"].columns] == ["id"]
