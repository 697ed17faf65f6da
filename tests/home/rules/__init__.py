"""The rules that hassfest and HACS check for a custom integration, and that cannot be run here.

Neither tool is part of the `homeassistant` package: these tests check the same rules, with core's own files
as the reference where there are any.
"""
