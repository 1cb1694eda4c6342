"""Measures: rewards, constraints, supervision of merchants, support lists."""
