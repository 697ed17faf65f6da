"""The OpenADR DER profile v1.0.0: between a Dutch grid operator and a service provider, which the village is.

The best text of it that can be had is the grid operators' own validator, openadr3-client-nlflex-compliance,
which judges in the tests everything that is sent and accepted here.
"""
