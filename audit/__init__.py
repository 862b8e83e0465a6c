"""Decides: which key opens which credential, how sure that is, and who must act."""
