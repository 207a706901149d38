"""Signals and tasks of Python: who hears what is sent, saved and called by its name."""

from __future__ import annotations

import pytest

MODELS = (
    "from django.db import models\n"
    "class Order(models.Model):\n    tags = models.ManyToManyField('Tag')\n"
    "class Tag(models.Model): ...\n"
)
SIGNALS = (
    "from django.dispatch import Signal\npaid = Signal()\nsent = Signal()\n"
    "class Special(Signal): ...\n"
)


def wired(code) -> set[tuple[str, str]]:
    return {
        (one.source.symbol, one.target.symbol) for one in code.edges if one.grade == "framework"
    }


def undecided(code) -> list[str]:
    return [one.reason for one in code.unresolved if one.what == "wiring"]


def shop(handlers: str, sends: str = "", **more: str) -> dict[str, str]:
    start = (
        "from django.db.models import signals\nfrom django.db.models.signals import post_save\n"
        "from django.dispatch import receiver\nfrom shop.models import Order\n"
        "from shop.signals import paid, sent\n"
    )
    files = {"__init__": "", "models": MODELS, "signals": SIGNALS, "handlers": start + handlers}
    files |= {"service": f"from shop import signals\nfrom shop.models import Order\n{sends}"} | more
    return {f"shop/{name}.py": text for name, text in files.items()}


@pytest.mark.parametrize(
    "said",
    [
        "@receiver(post_save, sender=Order)\ndef heard(sender, **kw): ...\n",
        "@receiver(signals.post_delete, sender='shop.Order')\ndef heard(sender, **kw): ...\n",
        "@receiver([post_save, signals.m2m_changed], sender=Order.tags.through)\n"
        "def heard(sender, **kw): ...\n",
        "def heard(sender, **kw): ...\npost_save.connect(heard, sender=Order)\n",
        "def heard(sender, **kw): ...\ndef ready(self):\n"
        "    post_save.connect(receiver=heard, sender=self.get_model('Order'))\n",
    ],
)
def test_who_hears_of_a_model_follows_from_the_model(read, said):
    assert wired(read(shop(said))) == {("Order", "heard")}


@pytest.mark.parametrize("sender", ["settings.AUTH_USER_MODEL", "get_user_model()", "User"])
def test_the_model_of_users_is_the_one_that_settings_name(read, sender):
    handlers = (
        "from django.contrib.auth import get_user_model\nUser = get_user_model()\n"
        f"@receiver(post_save, sender={sender})\ndef heard(sender, **kw): ...\n"
    )
    users = {
        "users/models.py": "from django.db import models\nclass Member(models.Model): ...\n",
        "conf/settings.py": "AUTH_USER_MODEL = 'users.Member'\n",
    }

    assert wired(read(shop(handlers) | users)) == {("Member", "heard")}


def test_who_is_connected_may_stand_in_another_file(read):
    apps = "from shop.models import Order\nfrom shop import handlers\n"
    apps += "handlers.post_save.connect(handlers.heard, sender=Order)\n"

    code = read(shop("def heard(sender, **kw): ...\n", apps=apps))

    assert wired(code) == {("Order", "heard")}


def test_who_hears_every_model_is_told_as_that(read):
    code = read(shop("@receiver(post_save)\ndef heard(sender, **kw): ...\n"))

    assert (wired(code), undecided(code)) == (set(), ["it hears every model"])


@pytest.mark.parametrize("send", ["send", "send_robust", "asend"])
def test_who_sends_a_signal_leads_to_all_that_hear_it(read, send):
    code = read(
        shop(
            "@receiver([paid, sent])\ndef first(sender, **kw): ...\n"
            "@receiver(signal=paid)\ndef second(sender, **kw): ...\n"
            "@receiver(sent)\ndef other(sender, **kw): ...\n",
            f"def pay(order):\n    signals.paid.{send}(sender=Order, order=order)\n",
        )
    )

    assert wired(code) == {("pay", "first"), ("pay", "second")}


@pytest.mark.parametrize(
    ("sender", "edges", "reasons"),
    [
        ("Order", {("pay", "heard")}, []),
        ("Tag", set(), []),
        ("order", set(), ["whether it hears this sender is not stated"]),
    ],
)
def test_who_hears_one_sender_only_is_led_to_by_that_one(read, sender, edges, reasons):
    code = read(
        shop(
            "@receiver(paid, sender=Order)\ndef heard(sender, **kw): ...\n",
            f"from shop.models import Tag\ndef pay(order):\n    signals.paid.send({sender})\n",
        )
    )

    assert (wired(code), undecided(code)) == (edges, reasons)


def test_what_is_no_signal_leads_nowhere(read):
    code = read(
        shop(
            "def heard(): ...\nsocket.connect(heard)\n@app.connect\ndef other(): ...\n",
            "def pay(order):\n    mail.send(Order)\n    order.send()\n",
        )
    )

    assert (wired(code), undecided(code)) == (set(), [])


TASKS = (
    "from celery import shared_task\n@shared_task\ndef charge(order): ...\n"
    "@shared_task(name='mails.send')\ndef mail(): ...\n"
)


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("app.send_task('shop.tasks.charge')", "charge"),
        ("app.send_task('mails.send', kwargs={})", "mail"),
        ("signature('shop.tasks.charge', args=(1,))", "charge"),
        ("async_task('shop.tasks.charge', 1)", "charge"),
        ("BEAT = {'hourly': {'task': 'shop.tasks.charge', 'schedule': 1}}", "charge"),
        ("app.conf.beat_schedule = {'x': {'schedule': 1, 'task': 'mails.send'}}", "mail"),
    ],
)
def test_a_task_that_is_called_by_its_name_is_led_to(read, text, target):
    code = read({"shop/__init__.py": "", "shop/tasks.py": TASKS, "app.py": f"{text}\n"})

    assert wired(code) == {("", target)}


def test_a_task_of_another_project_is_told_and_a_word_is_no_task(read):
    text = "app.send_task('other.tasks.go')\nX = {'task': 'clean'}\ninspect.signature('name')\n"
    code = read({"shop/__init__.py": "", "shop/tasks.py": TASKS, "app.py": text})

    assert wired(code) == set()
    assert undecided(code) == ["no task of this name is in the project"]


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("app.send_task('shop.tasks.mail')", ["no task of this name is in the project"]),
        ("app.send_task('shop.tasks.plain')", ["no task of this name is in the project"]),
        ("app.send_task('twice')", ["several tasks have this name"]),
        ("LOG = {'task': 'shop.tasks.plain'}", []),
    ],
)
def test_what_is_called_otherwise_or_is_no_task_is_not_led_to(read, text, reasons):
    tasks = f"{TASKS}def plain(): ...\n"
    for name in ("one", "other"):
        tasks += f"@shared_task(name='twice')\ndef {name}(): ...\n"
    code = read({"shop/__init__.py": "", "shop/tasks.py": tasks, "app.py": f"{text}\n"})

    assert (wired(code), undecided(code)) == (set(), reasons)


def test_a_model_of_another_app_is_none_of_its_name_here(read):
    said = "@receiver(post_save, sender='oscar.Order')\ndef heard(sender, **kw): ...\n"
    code = read(shop(said))

    assert wired(code) == set()
    assert undecided(code) == ["which model 'oscar.Order' is, is not stated"]
