"""Entities of Doctrine: names by its strategy, relations, parts, and what nobody can tell."""

from __future__ import annotations

import pytest

from memory.code.codebase import ForeignKey

UNDERSCORE = {
    "config/packages/doctrine.yaml": "doctrine:\n  orm:\n"
    "    naming_strategy: doctrine.orm.naming_strategy.underscore_number_aware\n"
}
IN_PHP = {
    "config/packages/doctrine.php": "<?php\nreturn ['doctrine' => ['orm' => [\n"
    "  'naming_strategy' => 'doctrine.orm.naming_strategy.underscore_number_aware']]];\n"
}
DEFAULT = {"config/packages/doctrine.yaml": "doctrine:\n  orm:\n    auto_mapping: true\n"}
HEAD = "<?php\nnamespace App\\Entity;\nuse Doctrine\\ORM\\Mapping as ORM;\n"


def entity(name: str, body: str, *, notes: str = "#[ORM\\Entity]", more: str = "") -> dict:
    return {f"src/Entity/{name}.php": f"{HEAD}{notes}\nclass {name}{more} {{\n{body}\n}}\n"}


KEY = "  #[ORM\\Id]\n  #[ORM\\Column(type: 'integer')]\n  private ?int $id = null;\n"


def tables(code):
    return {one.table: one for one in code.tables}


@pytest.mark.parametrize(
    ("settings", "table", "column"),
    [
        (UNDERSCORE, "order_line", "unit_price"),
        (IN_PHP, "order_line", "unit_price"),
        (DEFAULT, "OrderLine", "unitPrice"),
    ],
)
def test_names_are_made_by_the_strategy_that_is_configured(read, settings, table, column):
    body = KEY + "  #[ORM\\Column(nullable: true, unique: true)]\n  private int $unitPrice;"

    (found,) = read(entity("OrderLine", body) | settings).tables

    assert (found.table, found.primary_key, found.whole) == (table, ("id",), True)
    assert [(one.name, one.type, one.nullable) for one in found.columns] == [
        ("id", "integer", False),
        (column, "int", True),
    ]
    assert found.unique == ((column,),)


def test_a_table_has_the_columns_of_its_traits_parts_and_mapped_classes(read):
    code = read(
        entity(
            "Invoice",
            f"  const TABLE = 'invoices';\n  use Dated;\n{KEY}"
            "  #[ORM\\Embedded(class: Money::class)]\n  private Money $total;\n"
            "  #[ORM\\Embedded(class: Money::class, columnPrefix: false)]\n  private $tax;",
            notes="#[ORM\\Table(name: self::TABLE)]\n#[ORM\\Entity]\n"
            "#[ORM\\Index(fields: ['total', 'created'])]\n"
            "#[ORM\\UniqueConstraint(columns: ['number'])]",
            more=" extends Base",
        )
        | entity(
            "Base",
            "  public function __construct(\n"
            "    #[ORM\\Column(type: Types::STRING)] private string $number) {}",
            notes="#[ORM\\MappedSuperclass]",
        )
        | entity("Money", "  #[ORM\\Column]\n  private int $amount;", notes="#[ORM\\Embeddable]")
        | {
            "src/Entity/Dated.php": f"{HEAD}trait Dated {{\n"
            "  #[ORM\\Column(name: 'created')]\n  private $created;\n}\n"
        }
        | UNDERSCORE
    )

    (found,) = code.tables

    assert (found.table, found.symbol) == ("invoices", "Invoice")
    assert [one.name for one in found.columns] == [
        "number", "created", "id", "total_amount", "amount",
    ]  # fmt: skip
    assert found.unique == (("number",),)
    assert not found.whole  # an index goes by the whole of a part


def test_relations_are_foreign_keys_with_their_indexes(read):
    code = read(
        entity(
            "Order",
            f"{KEY}  #[ORM\\ManyToOne(inversedBy: 'orders')]\n"
            "  #[ORM\\JoinColumn(nullable: false, onDelete: 'CASCADE')]\n"
            "  private ?Customer $placedBy = null;\n"
            "  #[ORM\\OneToOne(targetEntity: Customer::class)]\n"
            "  #[ORM\\JoinColumn(name: 'payer', referencedColumnName: 'id')]\n  private $payer;\n"
            "  #[ORM\\ManyToMany(targetEntity: Customer::class)]\n  private $watchers;",
            notes="#[ORM\\Entity]\n#[ORM\\Table(name: '`order`')]",
        )
        | entity(
            "Customer",
            f"{KEY}  #[ORM\\OneToMany(mappedBy: 'placedBy', targetEntity: Order::class)]\n"
            "  private $orders;",
        )
        | UNDERSCORE
    )

    found = tables(code)

    assert set(found) == {"order", "customer", "order_customer"}
    assert found["order"].foreign_keys == (
        ForeignKey(("placed_by_id",), "customer", ("id",), "CASCADE", 10),
        ForeignKey(("payer",), "customer", ("id",), "", 13),
    )
    assert found["order"].indexes == (("placed_by_id",), ("payer",))
    assert found["order"].unique == (("payer",),)
    assert [one.name for one in found["order"].columns if one.nullable] == ["payer"]
    assert found["order_customer"].primary_key == ("order_id", "customer_id")
    assert [one.references for one in found["order_customer"].foreign_keys] == ["order", "customer"]


@pytest.mark.parametrize(("strategy", "names"), [
    ("SINGLE_TABLE", {"item": ["id", "kind", "pages"]}),
    ("JOINED", {"item": ["id", "kind"], "book": ["id", "pages"]}),
])  # fmt: skip
def test_entities_that_extend_others_are_in_their_table_or_joined_to_it(read, strategy, names):
    code = read(
        entity(
            "Item",
            KEY,
            notes=f"#[ORM\\Entity]\n#[ORM\\InheritanceType('{strategy}')]\n"
            "#[ORM\\DiscriminatorColumn(name: 'kind')]",
        )
        | entity("Book", "  #[ORM\\Column]\n  private int $pages;", more=" extends Item")
        | UNDERSCORE
    )

    assert {
        name: [column.name for column in one.columns] for name, one in tables(code).items()
    } == names


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        (entity("Order", KEY), "its name is computed"),  # no configuration is seen
        (entity("Order", KEY) | {"src/Doctrine/Own.php": "<?php\nclass Own {}\n"},
         "its name is computed"),
        (
            entity("Order", KEY)
            | {"config/packages/doctrine.yaml": "doctrine: {orm: {naming_strategy: app.own}}\n"},
            "its name is computed",
        ),
        (
            entity("Order", KEY, notes="#[ORM\\Entity]\n#[ORM\\Table(name: 'orders')]")
            | {"src/Prefix.php": "<?php\nclass P { function loadClassMetadata($e) {\n"
               "  $e->setPrimaryTable(['name' => 'x_'.$e->getTableName()]); } }\n"},
            "its name is computed",
        ),
        (
            entity("Order", KEY, more=" extends \\Other\\Base") | UNDERSCORE,
            "what it extends is not in the project",
        ),
        (entity("Order", f"  use \\Other\\Dated;\n{KEY}") | UNDERSCORE,
         "a trait of it is not in the project"),
    ],
)  # fmt: skip
def test_what_is_named_or_made_elsewhere_is_told_as_not_known(read, files, reason):
    code = read(files)

    assert [one.reason for one in code.unresolved if one.what == "table"] == [reason]
    assert not any(one.whole for one in code.tables)
