"""Whatever may be: strategies that several tests draw from."""

from hypothesis import strategies as st

from custom_components.battery_commons.battery.settings import Preference, Settings

any_settings = st.builds(
    Settings,
    paused=st.booleans(),
    reserve=st.floats(0, 1),
    preference=st.sampled_from(Preference),
    max_power_w=st.none() | st.floats(0, 10_000),
    shadow=st.booleans(),
)
