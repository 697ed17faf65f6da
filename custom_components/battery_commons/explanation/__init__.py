"""What a battery does and why, in one sentence that its resident understands."""

from .sentence import explain, explain_next, explain_slot

__all__ = ["explain", "explain_next", "explain_slot"]
