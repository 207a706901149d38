"""Routes of Django, through includes and routers."""

from __future__ import annotations

from memory.code.inventory import inventory

FILES = {
    "site/urls.py": "from django.urls import include, path\n"
    "urlpatterns = [path('api/', include('orders.urls')), path('x/', include('gone.urls'))]\n",
    "orders/__init__.py": "",
    "orders/urls.py": "from django.urls import include, path, re_path\n"
    "from django.contrib.auth.decorators import login_required\n"
    "from rest_framework.routers import DefaultRouter\n"
    "from . import views\nfrom .views import Detail\n"
    "router = DefaultRouter()\nrouter.register('invoices', views.InvoiceViewSet)\n"
    "urlpatterns = [\n"
    "    path('orders/<int:pk>/', Detail.as_view(), name='detail'),\n"
    "    re_path(r'^search/(?P<word>[\\w-]+)/$', login_required(views.search)),\n"
    "    path('', include(router.urls)),\n"
    "]\n",
    "orders/views.py": "from django.contrib.auth.mixins import LoginRequiredMixin\n"
    "from rest_framework.viewsets import ReadOnlyModelViewSet\nfrom django.views import View\n"
    "class Detail(LoginRequiredMixin, View):\n"
    "    def get(self, request, pk): ...\n"
    "    def post(self, request, pk): ...\n"
    "def search(request, word): ...\n"
    "class InvoiceViewSet(ReadOnlyModelViewSet): ...\n",
}


def told(found) -> set[tuple[str, str, str, str]]:
    return {
        (row["method"], row["path"], row["handler"], row["auth"]["answer"]) for row in found.rows
    }


def test_routes_are_found_through_includes_and_routers(read):
    found = inventory(read(FILES), "routes")

    assert told(found) == {
        ("GET", "/api/orders/{pk}/", "orders.views.Detail", "yes"),
        ("POST", "/api/orders/{pk}/", "orders.views.Detail", "yes"),
        ("ANY", "/api/search/{word}/", "orders.views.search", "yes"),
        ("GET", "/api/invoices/", "orders.views.InvoiceViewSet.list", "unknown"),
        ("GET", "/api/invoices/{pk}/", "orders.views.InvoiceViewSet.retrieve", "unknown"),
    }
    assert [one.what for one in found.doubts.unresolved] == ["route"]
