"""Made projects of Django, and of FastAPI with SQLAlchemy, that have planted cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.planted_cases import indexes, is_of_caches, note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.planted_cases import Case


def django(cases: Sequence[Case]) -> dict[str, str]:  # noqa: PLR0915 - a project as it is read
    """Django: views, some with a module of services."""
    models = ["from django.conf import settings", "from django.db import models", "", ""]
    models += ["class Depot(models.Model):", "    name = models.CharField(max_length=40)", "", ""]
    views = """from django.contrib.auth.decorators import login_required, permission_required
from django.contrib.auth.models import User
from django.http import JsonResponse
from django.views.decorators.cache import cache_page
from shop import models, services

""".splitlines()
    services = ["from shop import models", ""]
    command = ["from django.core.management.base import BaseCommand", "from shop import models", ""]
    urls = ["from django.urls import path", "from shop import views", "", "urlpatterns = ["]
    notes = {"index": ", db_index=True", "unique": ", unique=True", "": ""}
    for case in cases:
        noun, model = case.noun, f"models.{case.model}"
        models += [f"class {case.model}(models.Model):"]
        models += [f"    {case.first} = models.CharField(max_length=40{notes[note(case)]})"]
        models += [f"    {case.second} = models.CharField(max_length=40)"]
        models += ["    is_open = models.BooleanField(default=True)"]
        if case.kind == "own":
            models += ["    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)"]
        models += ["    depot = models.ForeignKey(Depot, on_delete=models.CASCADE)"]
        if named := indexes(case):
            models += ["", "    class Meta:"]
            models += [f"        indexes = [models.Index(fields={[*named]!r})]"]
        models += ["", ""]
        by = ", ".join(f"{one}=value" for one in case.asked)
        by = f"{case.first}__icontains=value" if case.kind == "part" else by
        manager = f"{model}.objects"
        asks = (f"list({manager}.filter({by}).values())", f"{manager}.filter({by}).count()",
                f"{manager}.filter({by}).first()")[case.form]  # fmt: skip
        if case.kind == "by_hand":
            command += [
                "",
                "class Command(BaseCommand):",
                "    def handle(self, *args, **options):",
            ]
            command += ["        value = options['value']", f"        print({asks})"]
            continue
        if is_of_caches(case):
            asks = f"list({manager}.order_by('id').values())"
            asks = "list(User.objects.order_by('id').values())" if case.kind == "users" else asks
            if case.kind == "own":
                asks = f"list({manager}.filter(owner=request.user).values())"
        above = {"own": "@login_required", "kept": "@cache_page(60)",
                 "needs_right": f"@permission_required('shop.view_{noun}')"}  # fmt: skip
        views += [above[case.kind]] if case.kind in above else []
        given = "request" if is_of_caches(case) else "request, value"
        views += [f"def {noun}_view({given}):"]
        if case.kind == "writes":
            views += [f"    {manager}.filter(is_open=True).update({case.second}='seen')"]
        if case.deep and not is_of_caches(case):
            services += ["", f"def find_{noun}(value):", f"    return {asks}", ""]
            asks = f"services.find_{noun}(value)"
        views += [f"    return JsonResponse({{'found': {asks}}})", "", ""]
        writer = {"by_anybody": [], "by_signed_in": ["@login_required"],
                  "by_right": [f"@permission_required('shop.change_{noun}')"]}  # fmt: skip
        if case.kind in writer:
            views += [*writer[case.kind], f"def change_{noun}(request):"]
            views += [f"    {manager}.create({case.first}=request.POST['a'], depot_id=1)"]
            views += ["    return JsonResponse({})", "", ""]
            urls += [f"    path('{noun}/change', views.change_{noun}),"]
        end = "" if is_of_caches(case) else "/<value>"
        urls += [f"    path('{noun}{end}', views.{noun}_view),"]
    return {
        "manage.py": "import os\nos.environ['DJANGO_SETTINGS_MODULE'] = 'shop.settings'\n",
        "shop/__init__.py": "",
        "shop/settings.py": "ROOT_URLCONF = 'shop.urls'\nINSTALLED_APPS = ['shop']\n",
        "shop/models.py": "\n".join(models),
        "shop/views.py": "\n".join(views),
        "shop/services.py": "\n".join(services),
        "shop/urls.py": "\n".join([*urls, "]", ""]),
        "shop/management/commands/tidy.py": "\n".join([*command, ""]),
    }


def sqlalchemy(cases: Sequence[Case]) -> dict[str, str]:  # noqa: C901, PLR0915 - likewise
    """FastAPI with SQLAlchemy."""
    models = """from sqlalchemy import Boolean, ForeignKey, Index, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Depot(Base):
    __tablename__ = "depots"
    id: Mapped[int] = mapped_column(primary_key=True)


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40))

""".splitlines()
    main = """from functools import lru_cache
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import select
from sqlalchemy.orm import Session
from shop import models, services
from shop.database import get_session
from shop.security import current_user, require_admin

app = FastAPI()
""".splitlines()
    services = ["from sqlalchemy import select", "from shop import models", ""]
    script = ["from sqlalchemy import select", "from shop import models", ""]
    notes = {"index": ", index=True", "unique": ", unique=True", "": ""}
    for case in cases:
        noun, model = case.noun, f"models.{case.model}"
        models += ["", f"class {case.model}(Base):", f'    __tablename__ = "{noun}s"']
        if named := indexes(case):
            said = ", ".join(f'"{one}"' for one in named)
            models += [f'    __table_args__ = (Index("ix_{noun}", {said}),)']
        models += ["    id: Mapped[int] = mapped_column(primary_key=True)"]
        noted = notes[note(case)]
        models += [f"    {case.first}: Mapped[str] = mapped_column(String(40){noted})"]
        models += [f"    {case.second}: Mapped[str] = mapped_column(String(40))"]
        models += ["    is_open: Mapped[bool] = mapped_column(Boolean)"]
        if case.kind == "own":
            models += ['    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"))']
        models += ['    depot_id: Mapped[int] = mapped_column(ForeignKey("depots.id"))', ""]
        by = ", ".join(f"{model}.{one} == value" for one in case.asked)
        by = f"{model}.{case.first}.ilike(f'%{{value}}%')" if case.kind == "part" else by
        asks = (f"session.scalars(select({model}).where({by})).all()",
                f"session.query({model}).filter({by}).count()",
                f"session.execute(select({model}).where({by})).scalar()")[case.form]  # fmt: skip
        if case.kind == "by_hand":
            script += ["", "def tidy(session, value):", f"    print({asks})"]
            continue
        takes = ["session: Session = Depends(get_session)"]
        if is_of_caches(case):
            which = "models.User" if case.kind == "users" else model
            asks = f"session.scalars(select({which})).all()"
            if case.kind == "own":
                asks = f"session.scalars(select({which}).where({which}.owner_id == user.id)).all()"
                takes += ["user: models.User = Depends(current_user)"]
            takes += ["admin: models.User = Depends(require_admin)"] * (case.kind == "needs_right")
        else:
            takes = ["value: str", *takes]
        end = "" if is_of_caches(case) else "/{value}"
        main += ["", "", f'@app.get("/{noun}{end}")', f"def read_{noun}({', '.join(takes)}):"]
        if case.kind == "writes":
            main += [f"    session.add({model}({case.first}='seen'))", "    session.commit()"]
        if case.kind == "kept":
            main += [f"    return cached_{noun}(session)"]
            main += ["", "", "@lru_cache", f"def cached_{noun}(session):"]
        elif case.deep and not is_of_caches(case):
            services += ["", f"def find_{noun}(session, value):", f"    return {asks}", ""]
            asks = f"services.find_{noun}(session, value)"
        main += [f"    return {asks}"]
        writer = {"by_anybody": "", "by_signed_in": ", user: models.User = Depends(current_user)",
                  "by_right": ", admin: models.User = Depends(require_admin)"}  # fmt: skip
        if case.kind in writer:
            given = f"name: str, session: Session = Depends(get_session){writer[case.kind]}"
            main += ["", "", f'@app.post("/{noun}")', f"def change_{noun}({given}):"]
            main += [f"    session.add({model}({case.first}=name))", "    session.commit()"]
    security = """from fastapi import Depends, HTTPException
from fastapi.security import OAuth2PasswordBearer
from shop import models
from shop.database import get_session

scheme = OAuth2PasswordBearer(tokenUrl="token")


def current_user(token: str = Depends(scheme), session=Depends(get_session)):
    user = session.get(models.User, token)
    if user is None:
        raise HTTPException(status_code=401)
    return user


def require_admin(user: models.User = Depends(current_user)):
    if user.name != "admin":
        raise HTTPException(status_code=403)
    return user
"""
    return {
        "shop/__init__.py": "",
        "shop/database.py": "def get_session():\n    yield None\n",
        "shop/security.py": security,
        "shop/models.py": "\n".join(models),
        "shop/main.py": "\n".join([*main, ""]),
        "shop/services.py": "\n".join(services),
        "scripts/tidy.py": "\n".join([*script, ""]),
    }
