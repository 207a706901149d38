"""Customers and their invoices."""

from django.db import models


class Customer(models.Model):
    """Who pays."""

    email = models.EmailField()
    city = models.CharField(max_length=40)


class Invoice(models.Model):
    """What is paid."""

    number = models.CharField(max_length=20)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
