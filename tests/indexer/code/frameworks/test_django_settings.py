"""Django: settings in the paths of patterns."""

from __future__ import annotations

import pytest

URLS = """from django.conf import settings
from django.urls import include, path, re_path
from shop import views
inner = [path("show/", views.show)]
urlpatterns = [
    path(f"api/{settings.API_VERSION}/show/", views.show),
    re_path(rf"^old/{settings.API_VERSION}/show/$", views.show),
    path(f"in/{settings.API_VERSION}/", include(inner)),
]
"""


@pytest.mark.parametrize(
    ("settings", "version"),
    [
        ('API_VERSION = "v1.0"', "v1.0"),
        (
            'class Base(Configuration):\n    ROOT_URLCONF = "shop.urls"\n    API_VERSION = "v2"',
            "v2",
        ),
        ('API_VERSION = os.environ["API_VERSION"]', "{API_VERSION}"),
        ('API_VERSION = values.Value("v1")', "{API_VERSION}"),
        ('API_VERSION = "v1"\nif DEBUG:\n    API_VERSION = "v2"', "{API_VERSION}"),
        ('OTHER = "v1"', "{API_VERSION}"),
    ],
)
def test_a_setting_in_a_path_is_the_one_text_that_settings_say(read, settings, version):
    code = read({
        "config/settings.py": f'ROOT_URLCONF = "shop.urls"\n{settings}\n',
        "shop/urls.py": URLS,
        "shop/views.py": "def show(request):\n    return render(request)\n",
    })  # fmt: skip

    assert {one.path for one in code.routes} == {
        f"/api/{version}/show/",
        f"/old/{version}/show/",
        f"/in/{version}/show/",
    }


def test_a_text_elsewhere_that_is_called_like_a_setting_is_none(read):
    code = read({
        "config/settings.py": 'ROOT_URLCONF = "shop.urls"\n',
        "shop/urls.py": URLS,
        "shop/other.py": 'from django.urls import path\nAPI_VERSION = "v9"\n',
        "shop/views.py": "def show(request):\n    return render(request)\n",
    })  # fmt: skip

    assert "/api/{API_VERSION}/show/" in {one.path for one in code.routes}
