"""Liquibase: the tables that changelogs end in, whatever they are written in."""

from __future__ import annotations

import pytest

XML = """<?xml version="1.0" encoding="UTF-8"?>
<databaseChangeLog xmlns="http://www.liquibase.org/xml/ns/dbchangelog">
  <changeSet id="1" author="a">
    <createTable tableName="customer">
      <column name="id" type="bigint" autoIncrement="true">
        <constraints primaryKey="true" nullable="false"/></column>
      <column name="email" type="varchar(255)">
        <constraints nullable="false" unique="true"/></column>
      <column name="old" type="${clobType}"/>
    </createTable>
    <createTable tableName="purchase">
      <column name="id" type="bigint"><constraints primaryKey="true"/></column>
      <column name="customer_id" type="bigint"/>
      <column name="note" type="java.sql.Types.VARCHAR(20)"/>
    </createTable>
    <rollback><dropTable tableName="customer"/></rollback>
  </changeSet>
  <changeSet id="2" author="a">
    <addForeignKeyConstraint baseTableName="purchase" baseColumnNames="customer_id"
      constraintName="fk_customer" referencedTableName="customer" referencedColumnNames="id"
      onDelete="CASCADE"/>
    <createIndex tableName="purchase" indexName="ix_note"><column name="note"/></createIndex>
    <addNotNullConstraint tableName="purchase" columnName="note"/>
    <addColumn tableName="customer"><column name="name" type="text"/></addColumn>
    <dropColumn tableName="customer" columnName="old"/>
    <renameTable oldTableName="purchase" newTableName="orders"/>
    <renameColumn tableName="orders" oldColumnName="note" newColumnName="remark"/>
  </changeSet>
  <changeSet id="3" author="a" context="test">
    <createTable tableName="sample"><column name="id" type="int"/></createTable>
  </changeSet>
</databaseChangeLog>
"""
YAML = """databaseChangeLog:
  - changeSet:
      id: 1
      author: a
      changes:
        - createTable:
            tableName: customer
            columns:
              - column: {name: id, type: bigint, constraints: {primaryKey: true}}
              - column:
                  {name: email, type: varchar(255), constraints: {nullable: false, unique: true}}
              - column: {name: name, type: text}
        - createTable:
            tableName: orders
            columns:
              - column: {name: id, type: bigint, constraints: {primaryKey: true}}
              - column:
                  name: customer_id
                  type: bigint
              - column: {name: remark, type: VARCHAR(20), constraints: {nullable: false}}
  - changeSet:
      id: 2
      author: a
      changes:
        - addForeignKeyConstraint:
            {baseTableName: orders, baseColumnNames: customer_id, constraintName: fk_customer,
             referencedTableName: customer, referencedColumnNames: id, onDelete: CASCADE}
        - createIndex:
            tableName: orders
            indexName: ix_note
            columns: [{column: {name: remark}}]
"""
SQL = """--liquibase formatted sql
--changeset a:1
CREATE TABLE customer (id bigint PRIMARY KEY, email varchar(255) NOT NULL UNIQUE, name text);
--rollback DROP TABLE customer;
--changeset a:2
CREATE TABLE orders (id bigint PRIMARY KEY,
  customer_id bigint REFERENCES customer (id) ON DELETE CASCADE, remark VARCHAR(20) NOT NULL);
CREATE INDEX ix_note ON orders (remark);
--rollback DROP TABLE orders;
"""


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("src/main/resources/db/changelog/db.changelog-master.xml", XML),
        ("src/main/resources/config/liquibase/changelog/1.xml", XML),
        ("src/main/resources/db/changelog/db.changelog-master.yaml", YAML),
        ("src/main/resources/db/changelog/changes/1.sql", SQL),
    ],
)
def test_changesets_end_in_tables(read, path, text):
    code = read({path: text})

    customer, orders = code.tables
    assert [(one.name, one.nullable) for one in customer.columns] == [
        ("id", False),
        ("email", False),
        ("name", True),
    ]
    assert (customer.primary_key, customer.unique) == (("id",), (("email",),))
    assert orders.table == "orders"
    assert [(one.name, one.nullable) for one in orders.columns] == [
        ("id", False),
        ("customer_id", True),
        ("remark", False),
    ]
    (key,) = orders.foreign_keys
    assert (key.columns, key.references, key.on_delete) == (("customer_id",), "customer", "CASCADE")
    assert orders.indexes == (("remark",),)
    assert [one.whole for one in code.tables] == [True, True]
    assert not [one for one in code.unresolved if one.what == "table"]


LOG = "<databaseChangeLog>{0}</databaseChangeLog>"


def changeset(inside: str) -> str:
    return LOG.format(f'<changeSet id="1">{inside}</changeSet>')


TABLE = '<createTable tableName="t"><column name="{0}" type="int"/></createTable>'


@pytest.mark.parametrize(
    "include",
    [
        '<include file="classpath:db/changelog/b.xml"/><include file="db/changelog/a.xml"/>',
        '<include file="b.xml" relativeToChangelogFile="true"/>'
        '<include file="a.xml" relativeToChangelogFile="true"/>',
    ],
)
def test_changelogs_are_taken_in_the_order_of_their_includes(read, include):
    folder = "src/main/resources/db/changelog"
    code = read(
        {
            f"{folder}/db.changelog-master.xml": LOG.format(include),
            f"{folder}/a.xml": changeset('<dropColumn tableName="t" columnName="x"/>'),
            f"{folder}/b.xml": changeset(
                TABLE.format("x")
                + '<addColumn tableName="t"><column name="y" type="int"/></addColumn>'
            ),
        }
    )

    (table,) = code.tables
    assert [one.name for one in table.columns] == ["y"]
    assert (table.whole, table.file) == (True, f"{folder}/b.xml")


def test_of_several_databases_it_is_the_best_known_one(read):
    both = (
        '<databaseChangeLog><changeSet id="1" dbms="oracle">' + TABLE.format("o") + "</changeSet>"
        '<changeSet id="2" dbms="postgresql, h2">' + TABLE.format("p") + "</changeSet>"
        '<changeSet id="3" dbms="!postgresql">' + TABLE.format("q") + "</changeSet>"
        "</databaseChangeLog>"
    )
    (table,) = read({"db/changelog/all.xml": both}).tables

    assert [one.name for one in table.columns] == ["p"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("pom.xml", XML),
        ("changelogs/unreleased/1.yml", "title: a\n"),
        ("db/changelog/notes.yaml", "title: a\n"),
        ("db/changelog/broken.xml", "<databaseChangeLog><changeSet>"),
    ],
)
def test_what_is_no_changelog_has_no_tables(read, path, text):
    assert read({path: text}).tables == ()


@pytest.mark.parametrize(
    "more",
    [
        '<customChange class="a.Move"/>',
        '<mergeColumns tableName="t" column1Name="x" finalColumnName="y" finalColumnType="int"/>',
        '<sqlFile path="elsewhere.sql"/>',
        '</changeSet><include file="elsewhere.sql"/><changeSet id="2">',
    ],
)
def test_a_table_is_not_told_as_whole_after_a_change_that_is_not_followed(read, more):
    code = read({"db/changelog/all.xml": changeset(TABLE.format("x") + more)})

    assert [one.whole for one in code.tables] == [False]
    assert len([one for one in code.unresolved if one.what == "table"]) == 1


def test_what_changes_no_table_leaves_it_whole(read):
    more = '<insert tableName="t"/><tagDatabase tag="a"/><createSequence sequenceName="s"/>'
    (table,) = read({"db/changelog/all.xml": changeset(TABLE.format("x") + more)}).tables

    assert table.whole


@pytest.mark.parametrize(
    "more",
    [
        '<sqlFile path="b.sql" relativeToChangelogFile="true"/>',
        '</changeSet><include file="db/changelog/b.sql"/><changeSet id="2">',
    ],
)
def test_files_of_sql_are_taken_where_a_changelog_has_them(read, more):
    code = read(
        {
            "db/changelog/all.xml": changeset(
                TABLE.format("x") + more + '<dropColumn tableName="u" columnName="z"/>'
            ),
            "db/changelog/b.sql": "ALTER TABLE t ADD COLUMN y int;\nCREATE TABLE u (z int, w int);",
        }
    )

    told = {one.table: [each.name for each in one.columns] for one in code.tables}
    assert told == {"t": ["x", "y"], "u": ["w"]}
    assert not [one for one in code.unresolved if one.what == "table"]


def test_of_several_files_the_nearest_is_included(read):
    log = "{0}/src/main/resources/db/changelog/{1}.xml"
    master = LOG.format('<include file="db/changelog/b.xml"/>')
    more = '<include file="db/changelog/b.xml"/><changeSet id="2"><addColumn tableName="t">'
    more += '<column name="y" type="int"/></addColumn></changeSet>'
    code = read(
        {
            log.format("one", "master"): master,
            log.format("one", "b"): changeset(TABLE.format("x").replace('"t"', '"one"')),
            log.format("two", "master"): LOG.format(more),
            log.format("two", "b"): changeset(TABLE.format("x")),
        }
    )

    told = {one.table: ([each.name for each in one.columns], one.whole) for one in code.tables}
    assert told == {"one": (["x"], True), "t": (["x", "y"], True)}


def test_a_name_that_a_property_is_part_of_is_no_table(read):
    table = TABLE.format("x").replace('"t"', '"${before}t"')
    code = read({"db/changelog/all.xml": changeset(table)})

    assert code.tables == ()
    assert [one.name for one in code.unresolved] == ["${before}t"]


@pytest.mark.parametrize(
    ("name", "text", "tables"),
    [
        ("loop.yaml", "databaseChangeLog: &a\n  - changeSet: {x: *a}\n", []),
        (
            "tabs.json",
            '{\t"databaseChangeLog":[\n\t{"changeSet":{"changes":[{"createTable":'
            '{"tableName":"t","columns":[{"column":{"name":"x","type":"int"}}]}}]}}]}',
            ["t"],
        ),
    ],
)
def test_a_changelog_is_read_or_not_and_stops_nothing(read, name, text, tables):
    code = read({f"db/changelog/{name}": text, "a.py": "def x(): pass\n"})

    assert [one.table for one in code.tables] == tables
    assert "a.py" in code.files


@pytest.mark.parametrize("said", ['context="test"', 'contextFilter="faker"'])
def test_what_is_included_for_tests_alone_is_left_out(read, said):
    one = "<databaseChangeLog>{}</databaseChangeLog>"
    made = '<changeSet id="{}" author="a"{}><createTable tableName="{}">'
    made += '<column name="id" type="int"/></createTable></changeSet>'
    gone = '<changeSet id="9" author="a"{}><dropTable tableName="kept"/></changeSet>'
    include = f'<include file="db/changelog/samples.xml" {said}/>'

    code = read(
        {
            "db/changelog/log.xml": one.format(
                made.format(1, "", "kept") + gone.format(' ignore="true"') + include
            ),
            "db/changelog/samples.xml": one.format(gone.format("") + made.format(2, "", "sample")),
        }
    )

    assert [one.table for one in code.tables] == ["kept"]
    assert not [one for one in code.unresolved if one.what == "table"]
