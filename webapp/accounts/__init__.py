"""Accounts: first admin, sign-in, one-time links."""
