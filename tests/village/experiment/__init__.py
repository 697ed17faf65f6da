"""Experiments with control models: laid out, measured, compared."""
