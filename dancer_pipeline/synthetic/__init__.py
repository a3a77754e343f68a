"""The synthetic performer: rendered figures whose every joint is known.

Imports nothing of the product, so that it can be used to judge it.
"""
