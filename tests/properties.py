"""How properties are tried, by every suite: for what they claim, and not against the clock."""

from hypothesis import HealthCheck, settings


def try_untimed() -> None:
    """Let a busy machine take its time to draw an example, and over one; script/bench measures speed."""
    settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("untimed")
