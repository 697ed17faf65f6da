"""The Dutch profile of OpenADR."""
