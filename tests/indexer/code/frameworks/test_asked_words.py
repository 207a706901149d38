"""Words of rights: who looks through what is his own, and what hands an error on."""

from __future__ import annotations

import pytest

from indexer.code.registry import read_file


def sorts(language, text):
    facts = read_file(language, text.encode())
    return {one.kind for one in facts.marks if one.reader == "asked words"}


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("php", "$item = auth()->user()->items()->findOrFail($id);"),
        ("php", "$item = Auth::user()->items()->where('id', $id)->first();"),
        ("php", "$request->user()->items()->paginate();"),
        ("php", "Item::where('user_id', auth()->id())->find($id);"),
        ("php", "Item::query()->whereBelongsTo($user)->find($id);"),
        ("python", "item = request.user.items.get(pk=pk)"),
        ("python", "item = Item.query.filter_by(user_id=current_user.id).first()"),
        ("python", "item = get_object_or_404(Item, created_by=request.user)"),
        ("python", "db.execute('SELECT * FROM item WHERE id = ? AND user_id = ?', pk, me)"),
        ("typescript", "const item = items.findOne({ _id: id, owner: req.user.id });"),
        ("typescript", "db.item.findFirst({ where: { id, userId: ctx.session.user.id } });"),
        ("java", "Item item = items.findByIdAndUserId(id, me);"),
        ("go", 'db.Where("id = ? AND user_id = ?", id, me).First(&item)'),
    ],
)
def test_who_looks_through_his_own_alone_names_an_owner(language, said):
    assert "right" in sorts(language, FILES[language].format(said=said))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("php", "auth()->user()->items()->create($data);"),
        ("php", "$name = auth()->user()->name;"),
        ("python", "item = Item.objects.get(pk=pk)"),
        ("typescript", "db.item.findFirst({ where: { id } });"),
        ("java", "Item item = items.findByUsername(name);"),
        ("go", 'db.Where("id = ?", id).First(&item)'),
    ],
)
def test_what_anybody_may_make_or_find_names_no_owner(language, said):
    assert "right" not in sorts(language, FILES[language].format(said=said))


@pytest.mark.parametrize(
    ("language", "text", "refuses"),
    [
        (
            "go",
            "package a\nfunc f(c C) {\n\tif errors.Is(err, lib.ErrForbidden) {\n"
            "\t\tc.JSON(http.StatusForbidden, no)\n\t}\n}\n",
            False,
        ),
        (
            "go",
            "package a\nfunc f(c C) {\n\tif !user.IsAdmin {\n"
            "\t\tc.JSON(http.StatusForbidden, no)\n\t}\n}\n",
            True,
        ),
        (
            "typescript",
            "function f(e, res) {\n  if (e instanceof ForbiddenError) {\n"
            "    return res.status(403).end();\n  }\n}\n",
            False,
        ),
        (
            "typescript",
            "function f(req, res) {\n  if (!req.user.isAdmin) {\n"
            "    return res.status(403).end();\n  }\n}\n",
            True,
        ),
        (
            "python",
            "def f(e):\n    if isinstance(e, PermissionDenied):\n        return answer(403)\n",
            False,
        ),
        (
            "python",
            "def f(user):\n    if not user.is_staff:\n        return answer(403)\n",
            True,
        ),
    ],
)
def test_what_hands_on_an_error_of_another_refuses_nobody(language, text, refuses):
    found = sorts(language, text)

    assert ("refuses" in found) is refuses
    assert {"right", "forbids"} & found  # so that nobody says that no right is asked for


FILES = {
    "php": "<?php\nfunction f($id) {{\n    {said}\n}}\n",
    "python": "def f(pk):\n    {said}\n",
    "typescript": "function f(req, id) {{\n  {said}\n}}\n",
    "java": "class A {{\n  void f(long id) {{\n    {said}\n  }}\n}}\n",
    "go": "package a\n\nfunc f(id int) {{\n\t{said}\n}}\n",
}
