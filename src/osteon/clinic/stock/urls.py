"""Addresses of the stock."""

from django.urls import path

from osteon.clinic.stock import lot_views, views

urlpatterns = [
    path("stock/", views.stock, name="stock"),
    path("stock/receive/", views.receive_units, name="stock-receive"),
    path("stock/products/", views.products, name="stock-products"),
    path("stock/temperatures/", views.temperatures, name="stock-temperatures"),
    path("stock/recall/", views.recall_search, name="stock-recall"),
    path("stock/lots/<int:lot_id>/", lot_views.lot, name="stock-lot"),
]
